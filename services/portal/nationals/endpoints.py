"""Pages of the register for desks: register somebody, find them exactly and for a purpose, say where they are, decide about doubles."""

from typing import Any, Final
from urllib.parse import quote

from fastapi import APIRouter, Request, Response
from fastapi.responses import RedirectResponse

from kit.auth import public
from services.portal.access import NationalDesk, NationalOfficer
from services.portal.clients import AwayError, RefusedError, Services, ServicesDep
from services.portal.forms import Form, Posted, answered_with, iso_date
from services.portal.nationals import clients
from services.portal.nationals.open.endpoints import answered
from services.portal.nationals.rules import FIELDS, HOUSEHOLD, KIN, changes_of, person_of, place_of, values_of
from services.portal.nationals.sections import SECTIONS
from services.portal.page import language_of, often, page
from services.portal.sections import load_sections
from services.portal.session.service import Visitor

router = APIRouter(dependencies=[public()], include_in_schema=False)

ASKED: Final = ("purpose", "phone", "document.number", "document.kind", "reference")
CORRECTION: Final = "correction"
PLACE: Final = ("country", "place_words", "place_kind", "lat", "lon", "accuracy", "observed_on")
# As the register calls them.
PLACE_AS: Final = ("observed_at", "accuracy_m", "words", "kind")
DECISIONS: Final = {"matches": ("same", "different", "not_sure"), "updates": ("taken", "left")}


@router.get("/nationals")
async def search_form(request: Request, _: NationalDesk, services: ServicesDep) -> Response:
    return await _search_page(request, services, Form(), None)


@router.post("/nationals")
async def search(request: Request, form: Posted, _: NationalDesk, services: ServicesDep) -> Response:
    asked: dict[str, Any] = {name: form.value(name) for name in ("purpose", "phone", "reference") if form.value(name)}
    if form.value("document.number"):
        asked["document"] = {"kind": form.value("document.kind") or "passport", "number": form.value("document.number")}
    try:
        found = await clients.search(services, asked)
    except (RefusedError, AwayError) as error:
        again = answered_with(form, error, ASKED, language_of(request))
        return await _search_page(request, services, again, None, error.code)
    return await _search_page(request, services, form, found)


async def _search_page(request: Request, services: Services, form: Form, found: list[dict[str, Any]] | None, status: int = 200) -> Response:
    lists = await clients.lists(services, language_of(request))
    return page(request, "nationals/search.html", status=status, form=form, found=found, lists=lists)


@router.get("/nationals/new")
async def new(request: Request, _: NationalDesk, services: ServicesDep) -> Response:
    return await _new_page(request, services, Form())


@router.post("/nationals/new")
async def register(request: Request, form: Posted, _: NationalDesk, services: ServicesDep) -> Response:
    body = person_of({name: form.value(name) for name in FIELDS}, form.chosen("flags")) | {"language": form.value("language") or "bn"}
    try:
        receipt = await clients.register(services, body, key=form.key)
    except (RefusedError, AwayError) as error:
        return await _new_page(request, services, answered(form, error, language_of(request)), error.code)
    answer = page(request, "nationals/receipt.html", receipt=receipt)
    answer.headers["Cache-Control"] = "no-store"
    return answer


async def _new_page(request: Request, services: Services, form: Form, status: int = 200) -> Response:
    lists = await clients.lists(services, language_of(request))
    return page(request, "nationals/new.html", status=status, form=form, lists=lists, often=often(request), rows=_rows_of(form))


def _rows_of(form: Form) -> dict[str, int]:
    """How many rows of relatives a form shows: those that are filled in, and one that is empty."""
    filled = {
        group: [int(name.split(".")[1]) + 1 for name in form.values if name.startswith(f"{group}.")] for group in ("kin", "household")
    }
    most = {"kin": KIN, "household": HOUSEHOLD}
    return {group: min(max(numbers, default=0) + 1, most[group]) for group, numbers in filled.items()}


@router.get("/nationals/duplicates")
async def list_matches(request: Request, _: NationalOfficer, services: ServicesDep, cursor: str = "") -> Response:
    items, following = await clients.listed(services, "matches", cursor)
    return page(request, "nationals/duplicates.html", items=items, next=following, form=Form())


@router.get("/nationals/updates")
async def list_updates(request: Request, _: NationalOfficer, services: ServicesDep, cursor: str = "") -> Response:
    items, following = await clients.listed(services, "updates", cursor)
    lists = await clients.lists(services, language_of(request))
    return page(request, "nationals/updates.html", items=items, next=following, form=Form(), kinds=dict(lists["documents"]))


@router.post("/nationals/duplicates/{identity}")
async def decide_match(identity: str, form: Posted, _: NationalOfficer, services: ServicesDep) -> Response:
    body = {"decision": form.value("decision"), "because": form.value("because")}
    await clients.decide(services, "matches", identity, body)
    return RedirectResponse("/nationals/duplicates", 303)


@router.post("/nationals/updates/{identity}")
async def decide_update(identity: str, form: Posted, _: NationalOfficer, services: ServicesDep) -> Response:
    await clients.decide(services, "updates", identity, {"decision": form.value("decision")})
    return RedirectResponse("/nationals/updates", 303)


@router.get("/nationals/{reference}")
async def read(
    request: Request, reference: str, visitor: NationalDesk, services: ServicesDep, purpose: str = "", done: str = ""
) -> Response:
    """What for is asked before anything is shown: it is noted with the read."""
    return await _person_page(request, visitor, services, reference, purpose, Form(), done=done)


async def _person_page(
    request: Request, visitor: Visitor, services: Services, reference: str, purpose: str, form: Form, *, status: int = 200, done: str = ""
) -> Response:
    lists = await clients.lists(services, language_of(request))
    if purpose not in dict(lists["purposes"]):
        return page(request, "nationals/purpose.html", reference=reference, purposes=lists["purposes"])
    person = await clients.read(services, reference, purpose)
    shown = {"person": person, "lists": lists, "purpose": purpose, "form": form, "often": often(request), "done": done}
    sections = await load_sections(services, visitor.caller, person, SECTIONS)
    return page(request, "nationals/person.html", status=status, sections=sections, **shown)


@router.get("/nationals/{reference}/correct")
async def correct_form(request: Request, reference: str, _: NationalDesk, services: ServicesDep) -> Response:
    person = await clients.read(services, reference, CORRECTION)
    return await _correct_page(request, services, person, Form(values_of(person)))


@router.post("/nationals/{reference}/correct")
async def correct(request: Request, reference: str, form: Posted, _: NationalDesk, services: ServicesDep) -> Response:
    person = await clients.read(services, reference, CORRECTION)
    said = changes_of({name: form.value(name) for name in FIELDS}, form.chosen("flags"), person)
    try:
        await clients.change(services, reference, said, key=form.key, version=form.value("version"))
    except (RefusedError, AwayError) as error:
        return await _correct_page(request, services, person, answered(form, error, language_of(request)), error.code)
    return RedirectResponse(f"/nationals/{quote(reference, safe='')}?purpose={CORRECTION}&done=record", 303)


async def _correct_page(request: Request, services: Services, person: dict[str, Any], form: Form, status: int = 200) -> Response:
    lists = await clients.lists(services, language_of(request))
    return page(request, "nationals/correct.html", status=status, form=form, person=person, lists=lists, rows=_rows_of(form))


@router.post("/nationals/{reference}/card")
async def compare_card(request: Request, reference: str, form: Posted, visitor: NationalOfficer, services: ServicesDep) -> Response:
    """Of the number of the identity card: whoever holds the cards is asked, and nobody is refused for the answer."""
    purpose = form.value("purpose")
    try:
        await clients.compare_card(services, reference)
    except (RefusedError, AwayError) as error:
        again = answered_with(form, error, (), language_of(request))
        return await _person_page(request, visitor, services, reference, purpose, again, status=error.code)
    return RedirectResponse(f"/nationals/{quote(reference, safe='')}?purpose={quote(purpose)}&done=card", 303)


@router.post("/nationals/{reference}/places")
async def add_place(request: Request, reference: str, form: Posted, visitor: NationalOfficer, services: ServicesDep) -> Response:
    values, purpose = {name: form.value(name) for name in FIELDS}, form.value("purpose")
    body = place_of(values, values["country"]) or {"kind": values["place_kind"] or "declared", "country": values["country"]}
    if seen := iso_date(form, "observed_on"):
        body["observed_at"] = _noon_of(seen)
    try:
        await clients.add_place(services, reference, body)
    except (RefusedError, AwayError) as error:
        again = answered_with(form, error, (*PLACE, *PLACE_AS), language_of(request))
        return await _person_page(request, visitor, services, reference, purpose, again, status=error.code)
    return RedirectResponse(f"/nationals/{quote(reference, safe='')}?purpose={quote(purpose)}&done=place#places", 303)


def _noon_of(day: str) -> str:
    """A day on which somebody was there, as one moment of it in Dhaka; what is no day goes on as it is, to be refused."""
    return f"{day}T12:00:00+06:00"


@router.post("/nationals/{reference}/secret")
async def give_secret(request: Request, reference: str, _: Posted, __: NationalDesk, services: ServicesDep) -> Response:
    answer = page(request, "nationals/secret.html", receipt=await clients.give_secret(services, reference))
    answer.headers["Cache-Control"] = "no-store"
    return answer
