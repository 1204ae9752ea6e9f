"""Register in two minutes, and change one's own record, without an account.

Nothing that is typed stands in an address. A link that was forwarded may name a country (`c`) and the warning that it came with (`o`).
"""

import re
import time
from dataclasses import dataclass
from typing import Annotated, Any, Final

from fastapi import APIRouter, Depends, Request, Response

from contracts.places import COUNTRIES
from contracts.text import Text
from kit.auth import public
from services.portal.access import Anybody
from services.portal.clients import AwayError, RefusedError, Services, ServicesDep
from services.portal.forms import Form, address_of, answered_with, asked_openly, refused
from services.portal.language import said
from services.portal.nationals import clients
from services.portal.nationals.rules import FIELDS, REACHES, RELATIVE, asked_as, employer_of, person_of, place_of, relatives_of
from services.portal.notices.clients import push_key
from services.portal.page import language_of, often, page

router = APIRouter(dependencies=[public()], include_in_schema=False)

CODE: Final = re.compile(r"[A-Za-z0-9-]{1,40}")
ENTRY: Final = ("reference", "secret", "number")
# Of all pages only these may ask for a position, and only when its button is pressed.
POSITION: Final = {"Permissions-Policy": "camera=(), microphone=(), geolocation=(self)", "Cache-Control": "no-store"}
NAME: Final = Text("Write a name.", "নাম লিখুন।")
PHONE: Final = Text("Write a number, or tick that you have none.", "নম্বর লিখুন, অথবা নিজের ফোন না থাকলে টিক দিন।")
CHOOSE: Final = Text("Choose one.", "একটি বেছে নিন।")
OpenForm = Annotated[Form, Depends(asked_openly)]


@router.get("/register")
async def new_registration(request: Request, _: Anybody, c: str = "", o: str = "") -> Response:
    """`c`, `o`: country and code of a link that was forwarded."""
    country = c.upper() if c.upper() in COUNTRIES else ""
    values = {"country": [country] if country else [], "outreach": [o] if CODE.fullmatch(o) else []}
    return _register_page(request, Form(values))


@router.post("/register")
async def register(request: Request, form: OpenForm, _: Anybody, services: ServicesDep) -> Response:
    language = language_of(request)
    if missing := _missing(form):
        words = {name: said.in_language(language) for name, said in missing.items()}
        return _register_page(request, Form(form.values, errors=words, key=form.key), 422)
    began = form.value("began")
    more = {
        "language": language,
        "from_outreach": bool(CODE.fullmatch(form.value("outreach"))),
        "website": form.value("website"),
        "filled_in_s": max(int(time.time()) - int(began), 0) if re.fullmatch("[0-9]{1,11}", began) else None,
    }
    body = person_of(_typed(form), form.chosen("flags")) | more
    try:
        receipt = await clients.register(services, body, key=form.key)
    except (RefusedError, AwayError) as error:
        return _register_page(request, answered(form, error, language), error.code)
    address = f"{request.state.settings.public_url}/register?c={body['country']}"
    shown = {"receipt": receipt, "address": address, "country": body["country"], "push_key": await push_key(services)}
    return _hidden(page(request, "nationals/registered.html", **shown))


def _missing(form: Form) -> dict[str, Text]:
    """All at once: a second page of faults would be the last that somebody with a bad line sees."""
    has_phone = bool(form.value("phone") or form.value("no_contact"))
    needed = {
        "name": (bool(form.value("name")), NAME),
        "country": (bool(form.value("country")), CHOOSE),
        "phone": (has_phone, PHONE),
        "reach": (form.value("reach") in REACHES, CHOOSE),
    }
    return {name: words for name, (is_there, words) in needed.items() if not is_there}


def answered(form: Form, error: RefusedError | AwayError, language: str) -> Form:
    """As the form asked it: the register points into its own lists."""
    if isinstance(error, AwayError) or not error.errors:
        return answered_with(form, error, FIELDS, language)
    typed = _typed(form)
    errors = [{**one, "pointer": f"/{asked_as(one.get('pointer', ''), typed)}"} for one in error.errors]
    return refused(form, errors, FIELDS, ())


def _register_page(request: Request, form: Form, status: int = 200) -> Response:
    began = form.value("began") or int(time.time())
    answer = page(request, "nationals/register.html", status=status, form=form, began=began, often=often(request))
    answer.headers.update(POSITION)
    return answer


@router.get("/register/mine")
async def entry(request: Request, _: Anybody) -> Response:
    return _hidden(page(request, "nationals/entry.html", form=Form()))


@router.post("/register/mine")
async def enter(request: Request, form: OpenForm, _: Anybody, services: ServicesDep) -> Response:
    try:
        mine = await clients.own(services, _entry(form), address_of(request))
    except (RefusedError, AwayError) as error:
        return _entry_page(request, form, error)
    return await _own_page(request, services, form, mine)


@router.post("/register/mine/changes")
async def change(request: Request, form: OpenForm, _: Anybody, services: ServicesDep) -> Response:
    said = _said(form)
    if isinstance(said, _Missing):
        return await _said_nothing(request, services, form, said)
    body = _entry(form) | said
    try:
        mine = await clients.own(services, body, address_of(request), changes=True)
    except (RefusedError, AwayError) as error:
        if isinstance(error, RefusedError) and not error.errors:
            return _entry_page(request, form, error)
        again = answered(form, error, language_of(request))
        mine = await clients.own(services, _entry(form), address_of(request))
        return await _own_page(request, services, again, mine, status=error.code)
    return await _own_page(request, services, form, mine, done=True)


@dataclass(frozen=True, slots=True)
class _Missing:
    """A question that was not answered, and what to say beside it."""

    question: str
    words: Text


def _said(form: Form) -> dict[str, Any] | _Missing:
    """What the form that was sent changes: the page has one for each thing."""
    what = form.value("what")
    if what == "reach":
        reach = REACHES.get(form.value("reach"))
        return {"safe_contact": {"wording": "plain", **reach}} if reach else _Missing("reach", CHOOSE)
    if what == "employer":
        employer = employer_of(_typed(form))
        return {what: employer} if employer else _Missing("employer.name", NAME)
    if what in RELATIVE:
        relatives = relatives_of(_typed(form), what)
        return {what: relatives} if relatives else _Missing(f"{what}.0.name", NAME)
    if what == "moved":
        return _moved(form)
    contact = {"address": form.value("phone"), "country": form.value("country_now") or None}
    known: dict[str, dict[str, Any]] = {"phone": {"contacts": [contact]}, "push_off": {"push_off": "all"}, "home": {"came_home": True}}
    return known.get(what, {}) if what != "forget" else {"forget": form.value("sure") == "yes"}


async def _said_nothing(request: Request, services: Services, form: Form, missing: _Missing) -> Response:
    again = Form(form.values, errors={missing.question: missing.words.in_language(language_of(request))})
    return await _own_page(request, services, again, await clients.own(services, _entry(form), address_of(request)), status=422)


def _typed(form: Form) -> dict[str, str]:
    return {name: form.value(name) for name in FIELDS}


def _moved(form: Form) -> dict[str, Any]:
    values = _typed(form)
    country = values["country"]
    return {
        "country": country or None,
        "place": place_of(values, country) or {"country": country, "kind": values["place_kind"] or "declared"},
    }


def _entry(form: Form) -> dict[str, Any]:
    """`number` is asked only where the register wants to know more: the form of changes has a new `phone` of its own."""
    more = {"phone": form.value("number")} if form.value("number") else {}
    return {name: form.value(name) for name in ("reference", "secret")} | more


def _entry_page(request: Request, form: Form, error: RefusedError | AwayError) -> Response:
    words = said(error.title, language_of(request)) if isinstance(error, AwayError) else str(error)
    again = Form({name: form.values.get(name, []) for name in ENTRY}, general=(words,))
    return _hidden(page(request, "nationals/entry.html", status=error.code, form=again))


async def _own_page(
    request: Request, services: Services, form: Form, mine: dict[str, Any], *, status: int = 200, done: bool = False
) -> Response:
    kept = {name: form.value(name) for name in ENTRY}
    lists = await clients.lists(services, language_of(request))
    shown = {
        "mine": mine,
        "entry": kept,
        "relations": lists["relations"],
        "form": Form() if done else form,
        "done": done,
        "often": often(request),
    }
    shown["push_key"] = await push_key(services)
    answer = page(request, "nationals/own.html", status=status, **shown)
    answer.headers.update(POSITION)
    return answer


def _hidden(answer: Response) -> Response:
    answer.headers["Cache-Control"] = "no-store"
    return answer
