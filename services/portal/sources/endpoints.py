"""Pages of where warnings come from: which country is watched by what, what is silent, and what could not be read."""

from typing import Annotated, Any, Final
from uuid import UUID

from fastapi import APIRouter, Path, Request, Response
from fastapi.responses import RedirectResponse

from kit.auth import public
from services.portal.access import QuarantineHandler, QuarantineReader, SourceLogReader, Watcher
from services.portal.clients import AwayError, RefusedError, Services, ServicesDep
from services.portal.forms import Form, Posted, answered_with
from services.portal.language import country_choices
from services.portal.page import language_of, page
from services.portal.sources import clients

router = APIRouter(dependencies=[public()], include_in_schema=False)

FIELDS: Final = ("reason", "countries")
# The worst first: it is what an officer has to do something about.
ORDER: Final = ("silent", "no-official-feed", "not-connected", "not-yet", "read")
Code = Annotated[str, Path(pattern=r"^[a-z0-9-]{2,40}$")]


@router.get("/sources")
async def overview(request: Request, visitor: Watcher, services: ServicesDep) -> Response:
    found = await clients.overview(services)
    groups = [(state, [one for one in found["countries"] if one["state"] == state]) for state in ORDER]
    may_see_log = visitor.caller.has("supervisor", "analyst", "auditor", "admin")
    return page(request, "sources/overview.html", found=found, groups=groups, may_see_log=may_see_log)


@router.get("/sources/unread")
async def list_quarantined(request: Request, _: QuarantineReader, services: ServicesDep, cursor: str = "") -> Response:
    items, following = await clients.quarantined(services, cursor)
    return page(request, "sources/unread.html", items=items, next=following, is_first=not cursor)


@router.get("/sources/unread/{identity}")
async def read_message(request: Request, identity: UUID, _: QuarantineReader, services: ServicesDep) -> Response:
    return await _message_page(request, services, identity, Form())


@router.post("/sources/unread/{identity}/closing")
async def close(request: Request, identity: UUID, form: Posted, _: QuarantineHandler, services: ServicesDep) -> Response:
    try:
        await clients.close(services, identity, form.value("reason"), key=form.key, version=form.value("version"))
    except (RefusedError, AwayError) as error:
        return await _message_page(request, services, identity, answered_with(form, error, FIELDS, language_of(request)), error.code)
    return RedirectResponse("/sources/unread", 303)


@router.post("/sources/unread/{identity}/reading")
async def read_again(request: Request, identity: UUID, form: Posted, _: QuarantineHandler, services: ServicesDep) -> Response:
    chosen = [one for one in form.chosen("countries") if one]
    try:
        alert = await clients.read_again(services, identity, chosen, key=form.key, version=form.value("version"))
    except (RefusedError, AwayError) as error:
        return await _message_page(request, services, identity, answered_with(form, error, FIELDS, language_of(request)), error.code)
    return RedirectResponse(f"/alerts/{alert['id']}", 303)


@router.get("/sources/{code}")
async def list_fetches(request: Request, code: Code, _: SourceLogReader, services: ServicesDep, cursor: str = "") -> Response:
    found = await clients.overview(services)
    known = [*found["everywhere"], *(source for one in found["countries"] for source in one["sources"])]
    source: dict[str, Any] | None = next((one for one in known if one["code"] == code), None)
    items, following = await clients.fetches(services, code, cursor)
    return page(request, "sources/fetches.html", source=source, code=code, items=items, next=following)


async def _message_page(request: Request, services: Services, identity: UUID, form: Form, status: int = 200) -> Response:
    message = await clients.message(services, identity)
    countries = country_choices(language_of(request))
    return page(request, "sources/message.html", status=status, message=message, form=form, countries=countries)
