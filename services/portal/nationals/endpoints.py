"""Pages of the register for desks: register somebody, find them exactly and for a purpose, say where they are, decide about doubles."""

from typing import Any, Final
from urllib.parse import quote

from fastapi import APIRouter, Request, Response
from fastapi.responses import RedirectResponse

from kit.auth import public
from services.portal.access import NationalDesk, NationalOfficer
from services.portal.clients import AwayError, RefusedError, Services, ServicesDep
from services.portal.forms import Form, Posted, answered_with
from services.portal.nationals import clients
from services.portal.nationals.open.endpoints import answered
from services.portal.nationals.rules import FIELDS, person_of, place_of
from services.portal.nationals.sections import SECTIONS
from services.portal.page import language_of, often, page
from services.portal.sections import load_sections
from services.portal.session.service import Visitor

router = APIRouter(dependencies=[public()], include_in_schema=False)

ASKED: Final = ("purpose", "phone", "document.number", "document.kind", "reference")
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
    return page(request, "nationals/new.html", status=status, form=form, lists=lists, often=often(request))


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


@router.post("/nationals/{reference}/places")
async def add_place(request: Request, reference: str, form: Posted, visitor: NationalOfficer, services: ServicesDep) -> Response:
    values, purpose = {name: form.value(name) for name in FIELDS}, form.value("purpose")
    body = place_of(values, values["country"]) or {"kind": values["place_kind"] or "declared", "country": values["country"]}
    try:
        await clients.add_place(services, reference, body)
    except (RefusedError, AwayError) as error:
        again = answered_with(form, error, ("country", "place_words", "place_kind"), language_of(request))
        return await _person_page(request, visitor, services, reference, purpose, again, status=error.code)
    return RedirectResponse(f"/nationals/{quote(reference, safe='')}?purpose={quote(purpose)}&done=place#places", 303)


@router.post("/nationals/{reference}/secret")
async def give_secret(request: Request, reference: str, _: Posted, __: NationalDesk, services: ServicesDep) -> Response:
    answer = page(request, "nationals/secret.html", receipt=await clients.give_secret(services, reference))
    answer.headers["Cache-Control"] = "no-store"
    return answer
