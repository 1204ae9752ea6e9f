"""Pages of how a program signs in: a secret that is shown once, or its own public keys; replaced, changed, ended."""

import json
from dataclasses import replace
from typing import Annotated, Any, Final
from urllib.parse import quote

from fastapi import APIRouter, Path, Request, Response
from fastapi.responses import RedirectResponse

from contracts.text import Text
from kit.auth import public
from kit.errors import NotFoundError
from services.portal.access import PartnerApplicant
from services.portal.act_forms import act_page, names_of
from services.portal.acts import Act, Ask
from services.portal.clients import AwayError, RefusedError, Services, ServicesDep
from services.portal.forms import Form, Posted, answered_with
from services.portal.page import language_of, page
from services.portal.partners import clients
from services.portal.partners.endpoints import Code

router = APIRouter(dependencies=[public()], include_in_schema=False)
Name = Annotated[str, Path(pattern=r"^[a-z][a-z0-9-]{1,39}$")]
Number = Annotated[int, Path(ge=1, le=1_000_000)]
_KEYS: Final = Ask(
    "keys",
    "area",
    Text("Public keys (JSON Web Key Set)", "পাবলিক কী (JSON Web Key Set)"),
    Text(
        "At most three, each with a kid; RSA from 2048 bits, or P-256 or P-384. Never a private key.",
        "সর্বোচ্চ তিনটি, প্রতিটিতে kid থাকবে; RSA অন্তত 2048 বিট, অথবা P-256 বা P-384। ব্যক্তিগত (প্রাইভেট) কী কখনো নয়।",
    ),
    needed=False,
)
MAKE: Final = Act(
    "credentials",
    Text("How does the program sign in?", "প্রোগ্রামটি কীভাবে সাইন ইন করবে?"),
    (
        Ask(
            "way",
            "choice",
            Text("With what?", "কী দিয়ে?"),
            choices=(
                ("secret", Text("With a secret, which is shown once after this form", "গোপন কী দিয়ে; সেটি এই ফর্মের পরে একবারই দেখানো হবে")),
                (
                    "keys",
                    Text("With keys of its own: we are given the public halves", "নিজস্ব কী-জোড়া দিয়ে; আমাদের শুধু পাবলিক অংশ দিতে হবে"),
                ),
            ),
        ),
        _KEYS,
        Ask(
            "former",
            "choice",
            Text("What becomes of those of before?", "আগেরগুলোর কী হবে?"),
            choices=(
                ("day", Text("They are good for a day more", "আরও এক দিন চলবে")),
                ("at_once", Text("They leaked: they end at once", "ফাঁস হয়েছে: সঙ্গে সঙ্গে বন্ধ হবে")),
            ),
            needed=False,
        ),
    ),
    button=Text("Make it", "তৈরি করুন"),
)
# The first one replaces none.
FIRST: Final = replace(MAKE, asks=MAKE.asks[:-1])
CHANGE: Final = Act(
    "keys",
    Text("Change the keys", "কী পরিবর্তন করুন"),
    (_KEYS,),
    hint=Text(
        "Give all that are good from now on: the old and the new while your program changes over, then the new alone.",
        "এখন থেকে যেগুলো চলবে তার সবগুলো দিন: বদলানোর সময় পুরোনো ও নতুন দুটিই, পরে শুধু নতুনটি।",
    ),
)
NO_KEYS: Final = Text("This is no JSON Web Key Set.", "এটি JSON Web Key Set নয়।")


def _place(code: str, name: str, *steps: str) -> str:
    return "/".join(("/partners", quote(code, safe=""), "clients", quote(name, safe=""), "credentials", *steps))


def _back(code: str) -> str:
    return f"/partners/{quote(code, safe='')}#clients"


def keys_of(typed: str) -> list[Any]:
    """A set, a list, or a single key. Raises `ValueError`."""
    try:
        said = json.loads(typed)
    except RecursionError as error:
        raise ValueError("too deep") from error
    if isinstance(said, dict):
        said = said.get("keys", [said])
    if not isinstance(said, list) or not all(isinstance(one, dict) for one in said):
        raise ValueError("no keys")
    return said


@router.get("/partners/{code}/clients/{name}/credentials/new")
async def new_credential(request: Request, code: Code, name: Name, _: PartnerApplicant, services: ServicesDep) -> Response:
    program = await _program(services, code, name)
    form = Form({"way": ["secret"], "former": ["day"], "version": [str(program["version"])]})
    has_some = any(one["client_id"] == program["client_id"] for one in await clients.credentials(services, code))
    return _form_page(request, MAKE if has_some else FIRST, form, code, _place(code, name, "new"))


@router.post("/partners/{code}/clients/{name}/credentials/new")
async def make(request: Request, code: Code, name: Name, form: Posted, _: PartnerApplicant, services: ServicesDep) -> Response:
    own = _place(code, name, "new")
    body: dict[str, Any] = {"way": form.value("way"), "at_once": form.value("former") == "at_once"}
    try:
        if body["way"] == "keys":
            body["keys"] = keys_of(form.value("keys"))
        path = clients.organisation_path(code, "clients", name, "credentials")
        made = await clients.write(services, path, body, key=form.key, version=form.value("version"))
    except ValueError:
        return _form_page(request, MAKE, _faulty(request, form), code, own, 422)
    except (RefusedError, AwayError) as error:
        return _form_page(request, MAKE, _refused(request, form, error, MAKE), code, own, error.code)
    return page(request, "partners/credential.html", code=code, made=made)


@router.get("/partners/{code}/clients/{name}/credentials/{number}/keys")
async def keys_form(request: Request, code: Code, name: Name, number: Number, _: PartnerApplicant, services: ServicesDep) -> Response:
    program = await _program(services, code, name)
    found = [
        one for one in await clients.credentials(services, code) if (one["client_id"], one["number"]) == (program["client_id"], number)
    ]
    if not found:
        raise NotFoundError
    return _form_page(request, CHANGE, Form({"version": [str(found[0]["version"])]}), code, _place(code, name, str(number), "keys"))


@router.post("/partners/{code}/clients/{name}/credentials/{number}/keys")
async def change_keys(
    request: Request, code: Code, name: Name, number: Number, form: Posted, _: PartnerApplicant, services: ServicesDep
) -> Response:
    own = _place(code, name, str(number), "keys")
    try:
        said = {"keys": keys_of(form.value("keys"))}
        await clients.change_credential(services, code, name, number, said, form.value("version"))
    except ValueError:
        return _form_page(request, CHANGE, _faulty(request, form), code, own, 422)
    except (RefusedError, AwayError) as error:
        return _form_page(request, CHANGE, _refused(request, form, error, CHANGE), code, own, error.code)
    return RedirectResponse(_back(code), 303)


@router.post("/partners/{code}/clients/{name}/credentials/{number}")
async def end(code: Code, name: Name, number: Number, form: Posted, _: PartnerApplicant, services: ServicesDep) -> Response:
    await clients.change_credential(services, code, name, number, {"state": "ended"}, form.value("version"))
    return RedirectResponse(_back(code), 303)


async def _program(services: Services, code: str, name: str) -> dict[str, Any]:
    programs = await clients.items(services, clients.organisation_path(code, "clients"))
    found = next((one for one in programs if one["name"] == name), None)
    if found is None:
        raise NotFoundError
    return found


def _faulty(request: Request, form: Form) -> Form:
    return Form(form.values, {"keys": NO_KEYS.in_language(language_of(request))})


def _refused(request: Request, form: Form, error: RefusedError | AwayError, act: Act) -> Form:
    """A private key is not sent back to the page that it came from."""
    if isinstance(error, RefusedError) and error.kind.endswith("private-key"):
        form = Form({**form.values, "keys": [""]}, key=form.key)
    return answered_with(form, error, names_of(act), language_of(request))


def _form_page(request: Request, act: Act, form: Form, code: str, own: str, status: int = 200) -> Response:
    return act_page(request, act, form, {}, own, back=_back(code), status=status)
