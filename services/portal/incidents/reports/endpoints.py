"""Situation reports: each figure with its source and its own time, the earlier ones beside them; and the whole log."""

import asyncio
from datetime import UTC, datetime
from typing import Any, Final
from uuid import UUID

from fastapi import APIRouter, Request, Response
from fastapi.responses import RedirectResponse

from contracts.money import CURRENCIES
from kit.auth import public
from kit.text import digits
from services.portal.access import IncidentLeader
from services.portal.clients import AwayError, RefusedError, Services, ServicesDep
from services.portal.forms import Form, Posted, answered_with, dhaka_time
from services.portal.incidents import clients
from services.portal.incidents.endpoints import choices
from services.portal.page import language_of, page
from services.portal.people.access import people_of
from services.portal.redress.rules import smallest_units

router = APIRouter(prefix="/incidents", dependencies=[public()], include_in_schema=False)

ROWS: Final = 8
PARTS: Final = ("what", "number", "currency", "source", "as_of", "may_tell")
FIELDS: Final = ("summary", *(f"counts.{row}.{part}" for row in range(ROWS) for part in PARTS))


@router.get("/{identity}/reports")
async def list_reports(request: Request, identity: UUID, _: IncidentLeader, services: ServicesDep, after: str = "") -> Response:
    return await _page(request, services, identity, Form(), after=after)


@router.post("/{identity}/reports")
async def report(request: Request, identity: UUID, form: Posted, _: IncidentLeader, services: ServicesDep) -> Response:
    rows = _filled(form)
    body = {"summary": form.value("summary"), "counts": [_count(form, row) for row in rows]}
    try:
        await clients.post(services, f"incidents/{identity}/reports", body, key=form.key)
    except (RefusedError, AwayError) as error:
        again = answered_with(form, _in_place(error, rows), FIELDS, language_of(request))
        return await _page(request, services, identity, again, status=error.code)
    return RedirectResponse(f"/incidents/{identity}/reports", 303)


def _filled(form: Form) -> list[int]:
    return [row for row in range(ROWS) if any(form.value(f"counts.{row}.{part}") for part in PARTS)]


def _count(form: Form, row: int) -> dict[str, Any]:
    """Money is written as people write it; the service takes its smallest units. Without a time it is of now."""
    said = {part: form.value(f"counts.{row}.{part}") for part in PARTS}
    currency = said["currency"].upper()
    units = smallest_units(said["number"], CURRENCIES.get(currency, 2)) if currency else None
    return {
        "what": said["what"],
        "number": units if units is not None else digits(said["number"]),
        "source": said["source"],
        "as_of": dhaka_time(said["as_of"]) if said["as_of"] else datetime.now(UTC).isoformat(),
        "may_tell": said["may_tell"] == "yes",
    } | ({"currency": currency} if currency else {})


def _in_place(error: RefusedError | AwayError, rows: list[int]) -> RefusedError | AwayError:
    """A fault of the n-th figure that was sent stands at the row of the form in which it was written."""
    if isinstance(error, RefusedError):
        error.errors = [{**one, "pointer": _placed(one.get("pointer", ""), rows)} for one in error.errors]
    return error


def _placed(pointer: str, rows: list[int]) -> str:
    first, *rest = pointer.strip("/").split("/")
    if first != "counts" or not rest or not rest[0].isdecimal() or int(rest[0]) >= len(rows):
        return pointer
    # What is wrong with a figure as a whole is its currency.
    return f"/counts/{rows[int(rest[0])]}/{rest[1] if rest[1:] else 'currency'}"


async def _page(request: Request, services: Services, identity: UUID, form: Form, *, after: str = "", status: int = 200) -> Response:
    at = f"incidents/{identity}"
    more = {"cursor": after} if after else {}
    incident, lists, reports = await asyncio.gather(
        clients.get(services, at), clients.get(services, "incidents/lists"), clients.get(services, f"{at}/reports", limit="20", **more)
    )
    filled = _filled(form)
    shown: dict[str, Any] = {
        "incident": incident,
        "reports": reports["items"],
        "next": reports["next"].partition("cursor=")[2].partition("&")[0] if reports["next"] else "",
        "counted": choices(lists["counts"], language_of(request)),
        "rows": min(max(filled, default=-1) + 3, ROWS),
    }
    return page(request, "incidents/reports.html", status=status, form=form, **shown)


@router.get("/{identity}/log")
async def read_log(request: Request, identity: UUID, _: IncidentLeader, services: ServicesDep) -> Response:
    incident, log = await asyncio.gather(clients.get(services, f"incidents/{identity}"), clients.get(services, f"incidents/{identity}/log"))
    names = await people_of(request).names_of([one["by"] for one in log["items"]])
    return page(request, "incidents/log.html", incident=incident, log=log, names=names)
