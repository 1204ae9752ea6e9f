"""Pages of the catalogue of bodies that help: find one, add one, correct one, close one."""

from typing import Any, Final
from urllib.parse import quote, urlsplit

from fastapi import APIRouter, Request, Response
from fastapi.responses import RedirectResponse

from contracts.text import Text
from kit.auth import public
from services.portal.access import CaseOfficer
from services.portal.act_forms import act_page, body, day_of_today, names_of
from services.portal.acts import Act, Ask
from services.portal.casework import clients
from services.portal.casework.forms import day_fields
from services.portal.clients import AwayError, RefusedError, Services, ServicesDep
from services.portal.forms import Form, Posted, answered_with, blank_or_parked
from services.portal.page import language_of, page

router = APIRouter(dependencies=[public()], include_in_schema=False)
NARROWINGS: Final = ("name", "district", "help")
_PATH: Final = "/v1/returnees/providers"
_COUNT: Final = ("places", "members", "women")
_ASKS: Final = (
    Ask("kind", "choice", Text("What kind of body?", "কী ধরনের প্রতিষ্ঠান?"), choices="provider_kinds"),
    Ask("name_bn", "line", Text("Name in Bangla", "বাংলায় নাম")),
    Ask("name_en", "line", Text("Name in English", "ইংরেজিতে নাম")),
    Ask("helps", "many", Text("Which help does it give?", "কী কী সহায়তা দেয়?"), choices="helps"),
    Ask(
        "district",
        "choice",
        Text("District", "জেলা"),
        Text("Leave it empty if it serves the whole country.", "সারা দেশে সেবা দিলে খালি রাখুন।"),
        choices="districts",
        needed=False,
    ),
    Ask(
        "org",
        "line",
        Text("Its code, if its people have accounts here", "এখানে অ্যাকাউন্ট থাকলে প্রতিষ্ঠানের কোড"),
        Text(
            "For example ngo-one. Without it you print a letter and write the answer down.",
            "যেমন ngo-one। না থাকলে চিঠি ছাপিয়ে দিন এবং উত্তরটি নিজে লিখে রাখুন।",
        ),
        needed=False,
    ),
    Ask("places", "number", Text("How many places?", "কতজনকে সেবা দিতে পারে?"), needed=False),
    Ask("members", "number", Text("Members of a union's organisation", "ইউনিয়নের সংগঠনের সদস্য সংখ্যা"), needed=False),
    Ask("women", "number", Text("Of them women", "তাঁদের মধ্যে নারী"), needed=False),
    Ask("open_from", "day", Text("Since when does it help?", "কবে থেকে সেবা দেয়?")),
    Ask("source", "line", Text("How do you know?", "তথ্যের উৎস"), Text("A letter, an agreement, a call.", "চিঠি, চুক্তি বা ফোনকল।")),
)
ADD: Final = Act(_PATH, Text("Add a body that helps", "সহায়তাকারী প্রতিষ্ঠান যোগ করুন"), _ASKS)
CHANGE: Final = Act(_PATH, Text("Correct what is known of a body", "প্রতিষ্ঠানের তথ্য সংশোধন করুন"), _ASKS, method="PUT")
CLOSE: Final = Act(
    _PATH,
    Text("A body no longer helps", "প্রতিষ্ঠান আর সেবা দেয় না"),
    (Ask("closed_from", "day", Text("From which day on?", "কোন তারিখ থেকে?")),),
    hint=Text(
        "Nobody is sent there from that day on. What it holds already, it still answers.",
        "ওই তারিখ থেকে সেখানে আর কাউকে পাঠানো হবে না। আগে পাঠানো রেফারেলের উত্তর প্রতিষ্ঠানটি দিতে পারবে।",
    ),
    method="PUT",
    button=Text("Close it", "বন্ধ করুন"),
)


@router.get("/providers")
async def list_providers(request: Request, _: CaseOfficer, services: ServicesDep, cursor: str = "", closed: str = "") -> Response:
    asked = {name: request.query_params.get(name, "").strip()[:100] for name in NARROWINGS}
    narrowed = {name: value for name, value in asked.items() if value} | ({"closed": "true"} if closed else {})
    found = await services.get(clients.NAME, _PATH, **narrowed, **({"cursor": cursor} if cursor else {}), limit="25")
    lists = await clients.lists(services, language_of(request))
    following = urlsplit(found["next"] or "").query
    form = Form({name: [value] for name, value in (asked | {"closed": closed}).items() if value})
    shown = {"items": found["items"], "next": following, "form": form, "lists": lists, "kinds": dict(lists["provider_kinds"])}
    return page(request, "providers/list.html", **shown)


@router.get("/providers/new")
async def new_provider(request: Request, visitor: CaseOfficer, services: ServicesDep) -> Response:
    parked = await blank_or_parked(request, visitor)
    form = parked if parked.values else Form(day_of_today(ADD))
    return await _form_page(request, services, ADD, form, "/providers/new")


@router.post("/providers/new")
async def add_provider(request: Request, form: Posted, _: CaseOfficer, services: ServicesDep) -> Response:
    try:
        await clients.write(services, "POST", _PATH, body(ADD, form), key=form.key)
    except (RefusedError, AwayError) as error:
        again = answered_with(form, error, names_of(ADD), language_of(request))
        return await _form_page(request, services, ADD, again, "/providers/new", error.code)
    return RedirectResponse("/providers", 303)


@router.get("/providers/{provider}")
async def change_page(request: Request, provider: str, _: CaseOfficer, services: ServicesDep) -> Response:
    known = await _read(services, provider)
    typed = {name: [str(known[name])] for name in ("kind", "org", "district", "source", "version", *_COUNT) if known[name] is not None}
    typed |= {"name_en": [known["name"]["en"]], "name_bn": [known["name"]["bn"]], "helps": [one["code"] for one in known["helps"]]}
    form = Form({**typed, **day_fields("open_from", known["open_from"])})
    return await _form_page(request, services, CHANGE, form, _own(provider))


@router.post("/providers/{provider}")
async def change(request: Request, provider: str, form: Posted, _: CaseOfficer, services: ServicesDep) -> Response:
    known = await _read(services, provider)
    kept = {"closed_from": known["closed_from"]} if known["closed_from"] else {}
    return await _put(request, services, provider, (CHANGE, form, body(CHANGE, form) | kept, _own(provider)))


@router.get("/providers/{provider}/close")
async def close_page(request: Request, provider: str, _: CaseOfficer, services: ServicesDep) -> Response:
    known = await _read(services, provider)
    form = Form({"version": [str(known["version"])], **day_of_today(CLOSE)})
    return await _form_page(request, services, CLOSE, form, f"{_own(provider)}/close")


@router.post("/providers/{provider}/close")
async def close(request: Request, provider: str, form: Posted, _: CaseOfficer, services: ServicesDep) -> Response:
    known = await _read(services, provider)
    same = {name: known[name] for name in ("kind", "org", "district", "open_from", "source", *_COUNT) if known[name] is not None}
    same |= {"name_en": known["name"]["en"], "name_bn": known["name"]["bn"], "helps": [one["code"] for one in known["helps"]]}
    return await _put(request, services, provider, (CLOSE, form, same | body(CLOSE, form), f"{_own(provider)}/close"))


async def _put(request: Request, services: Services, provider: str, sent: tuple[Act, Form, dict[str, Any], str]) -> Response:
    act, form, said_of, place = sent
    try:
        path = f"{_PATH}/{quote(provider, safe='')}"
        await clients.write(services, "PUT", path, said_of, key=form.key, version=form.value("version"))
    except (RefusedError, AwayError) as error:
        again = answered_with(form, error, names_of(act), language_of(request))
        return await _form_page(request, services, act, again, place, error.code)
    return RedirectResponse("/providers", 303)


async def _form_page(request: Request, services: Services, act: Act, form: Form, place: str, status: int = 200) -> Response:
    lists = await clients.lists(services, language_of(request))
    return act_page(request, act, form, lists, place, back="/providers", status=status)


async def _read(services: Services, provider: str) -> dict[str, Any]:
    found: dict[str, Any] = await services.get(clients.NAME, f"{_PATH}/{quote(provider, safe='')}")
    return found


def _own(provider: str) -> str:
    return f"/providers/{quote(provider, safe='')}"
