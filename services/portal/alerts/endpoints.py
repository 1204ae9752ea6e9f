"""Pages of the duty officer: live warnings, newest first, and the word that one has seen them."""

import asyncio
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Annotated, Any, Final, Literal
from urllib.parse import urlencode
from uuid import UUID

from fastapi import APIRouter, Header, Query, Request, Response
from fastapi.responses import RedirectResponse

from kit.auth import public
from kit.text import digits
from services.portal.access import AlertWriter, Keeping, TextReader, Watcher
from services.portal.alerts import clients
from services.portal.clients import AwayError, RefusedError, Services, ServicesDep
from services.portal.forms import Form, Posted, answered_with, blank_or_parked, body_of
from services.portal.language import country_choices
from services.portal.page import language_of, page
from services.portal.people.access import people_of
from services.portal.streams import passed_on

router = APIRouter(dependencies=[public()], include_in_schema=False)

WAITING: Final = "raised"
TEXTS: Final = (
    *("country", "event", "headline", "headline_bn", "description", "description_bn", "instruction", "instruction_bn"),
    *("response", "severity", "urgency", "certainty", "area"),
)
CIRCLE: Final = ("latitude", "longitude", "km")
ANSWERED: Final = ("status", "reporter", "note")
FIELDS: Final = (*TEXTS, *CIRCLE, "circle", "is_drill")
ENDING: Final = ("why", "reason_bn", "reason")


@router.get("/alerts")
async def list_alerts(request: Request, _: Watcher, services: ServicesDep, cursor: str = "", past: bool = False) -> Response:  # noqa: FBT001, FBT002 - a query
    items, following = await clients.newest(services, cursor, past=past)
    shown = {
        "items": items,
        "next": following,
        "past": past,
        "is_first": not cursor and not past,
        "waiting": sum(one["status"] == WAITING for one in items),
        "now": datetime.now(UTC),
        "form": Form(),
        "names": await _seen_by(request, items),
    }
    return page(request, "alerts/list.html", **shown)


@router.get("/alerts/stream")
async def stream(
    visitor: Watcher, services: ServicesDep, keeper: Keeping, last_event_id: Annotated[str, Header(max_length=40)] = ""
) -> Response:
    """Passed on as it comes, until the session ends. An open watch counts as use: a duty officer at night looks and does not click."""
    return await passed_on(clients.changes(services, last_event_id), keeper, visitor.id_hash)


@router.get("/alerts/new")
async def new_alert(request: Request, visitor: AlertWriter, country: str = "") -> Response:
    form = await blank_or_parked(request, visitor)
    return _writing(request, form if form.was_parked or not country else Form({"country": [country]}))


@router.post("/alerts/new")
async def write_alert(request: Request, form: Posted, _: AlertWriter, services: ServicesDep) -> Response:
    try:
        identity = await clients.write(services, written(form), key=form.key)
    except (RefusedError, AwayError) as error:
        return _writing(request, answered_with(form, error, FIELDS, language_of(request)), error.code)
    return RedirectResponse(f"/alerts/{identity}", 303)


def _writing(request: Request, form: Form, status: int = 200) -> Response:
    return page(request, "alerts/new.html", status=status, form=form, countries=country_choices(language_of(request)))


@router.get("/alerts/{identity}")
async def read_alert(request: Request, identity: UUID, _: Watcher, services: ServicesDep) -> Response:
    return await _one(request, services, identity, Form())


@router.get("/alerts/{identity}/duty")
async def read_duty(request: Request, identity: UUID, _: Watcher, services: ServicesDep) -> Response:
    """What a wing works from in the night: drawn whole, and drawn again when the stream tells of a change."""
    duty, alert, drawing = await asyncio.gather(
        clients.duty(services, identity), clients.read(services, identity), clients.drawing(services, identity)
    )
    shown = {"duty": duty, "alert": alert, "drawing": drawing, "names": await _seen_by(request, [alert])}
    return page(request, "alerts/duty.html", **shown, form=Form(), now=datetime.now(UTC))


async def _seen_by(request: Request, alerts: Sequence[Mapping[str, Any]]) -> Mapping[str, str]:
    """Name and office of whoever took note, by account: of the reader's missions together, and of each."""
    accounts = [one["acknowledged_by"] for alert in alerts for one in (alert, *alert["missions"])]
    return await people_of(request).names_of(accounts)


@router.get("/alerts/{identity}/after-action")
async def read_after_action(request: Request, identity: UUID, _: Watcher, services: ServicesDep) -> Response:
    return page(request, "alerts/after.html", told=await clients.after_action(services, identity))


@router.get("/alerts/{identity}/duty/stream")
async def stream_duty(
    identity: UUID,
    visitor: Watcher,
    services: ServicesDep,
    keeper: Keeping,
    after: Annotated[str, Query(max_length=40)] = "",
    last_event_id: Annotated[str, Header(max_length=40)] = "",
) -> Response:
    return await passed_on(clients.duty_changes(services, identity, after, last_event_id), keeper, visitor.id_hash)


@router.get("/alerts/{identity}/people")
async def list_people(
    request: Request, identity: UUID, _: TextReader, services: ServicesDep, status: str = "", flag: str = "", cursor: str = ""
) -> Response:
    return await _people(request, services, identity, Form(), narrowed={"status": status, "flag": flag, "cursor": cursor})


@router.post("/alerts/{identity}/people/{person}")
async def note_answer(request: Request, identity: UUID, person: UUID, form: Posted, _: TextReader, services: ServicesDep) -> Response:
    """What an officer heard of somebody; from whom, they say."""
    reporter = form.value("reporter") or "officer"
    said = {"person": str(person), "status": form.value("status"), "reporter": reporter, "note": form.value("note")}
    narrowed = {name: form.value(f"asked_{name}") for name in ("status", "flag", "cursor")}
    try:
        await clients.note_answer(services, identity, said | {"made_contact": reporter == "officer"}, key=form.key)
    except (RefusedError, AwayError) as error:
        answered = answered_with(form, error, ANSWERED, language_of(request))
        return await _people(request, services, identity, answered, narrowed=narrowed, status=error.code)
    return RedirectResponse(f"/alerts/{identity}/people?{urlencode(body_of(narrowed))}", 303)


async def _people(
    request: Request, services: Services, identity: UUID, form: Form, *, narrowed: dict[str, str], status: int = 200
) -> Response:
    duty, found = await asyncio.gather(clients.duty(services, identity), clients.people(services, identity, **body_of(narrowed)))
    items, following = found or ([], "")
    names = await clients.names(services, duty["incidents"], [one["person"] for one in items], key=form.key) if items else {}
    shown = {"duty": duty, "alert": duty["alert"], "items": items, "next": following, "names": names, "narrowed": narrowed}
    return page(request, "alerts/persons.html", status=status, form=form, is_out=found is not None, **shown)


@router.post("/alerts/{identity}/decision/{act}")
async def decide(
    request: Request, identity: UUID, act: Literal["release", "withholding"], form: Posted, _: AlertWriter, services: ServicesDep
) -> Response:
    try:
        await clients.decide(services, identity, act, version=form.value("version"), key=form.key)
    except (RefusedError, AwayError) as error:
        return await _one(request, services, identity, answered_with(form, error, (), language_of(request)), error.code)
    return RedirectResponse(f"/alerts/{identity}#decision", 303)


@router.get("/alerts/{identity}/ending")
async def ask_for_ending(request: Request, identity: UUID, visitor: AlertWriter, services: ServicesDep) -> Response:
    return await _ending(request, services, identity, await blank_or_parked(request, visitor))


@router.post("/alerts/{identity}/ending")
async def end_alert(request: Request, identity: UUID, form: Posted, _: AlertWriter, services: ServicesDep) -> Response:
    try:
        await clients.end(services, identity, body_of({name: form.value(name) for name in ENDING}), key=form.key)
    except (RefusedError, AwayError) as error:
        return await _ending(request, services, identity, answered_with(form, error, ENDING, language_of(request)), error.code)
    return RedirectResponse(f"/alerts/{identity}", 303)


async def _ending(request: Request, services: Services, identity: UUID, form: Form, status: int = 200) -> Response:
    return page(request, "alerts/ending.html", status=status, alert=await clients.read(services, identity), form=form)


async def _one(request: Request, services: Services, identity: UUID, form: Form, status: int = 200) -> Response:
    alert = await clients.read(services, identity)
    exposure, decision, reach = await asyncio.gather(
        clients.exposure(services, identity), clients.decision(services, identity), clients.reach(services, identity)
    )
    shown = {"alert": alert, "exposure": exposure, "decision": decision, "reach": reach, "form": form}
    shown["names"] = await _seen_by(request, [alert])
    return page(request, "alerts/one.html", status=status, **shown)


def written(form: Form) -> dict[str, Any]:
    """An officer's own words as the service takes them; an area is a point and how far around it, or the whole country."""
    said = body_of({name: form.value(name) for name in TEXTS} | {"is_drill": True if form.value("is_drill") else None})
    point = {name: digits(form.value(name)) for name in CIRCLE}
    return said | ({"circle": point} if all(point.values()) else {})


@router.post("/alerts/{identity}/acknowledge")
async def acknowledge(identity: UUID, form: Posted, _: Watcher, services: ServicesDep) -> Response:
    await clients.acknowledge(services, identity, key=form.key)
    return RedirectResponse(f"/alerts/{identity}/duty" if form.value("from") == "duty" else f"/alerts#alert-{identity}", 303)
