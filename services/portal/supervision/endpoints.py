"""Pages of those who watch over queues: what is due, at risk, late, with nobody; seats; figures, also for the public."""

from typing import Any, Final, Literal

from fastapi import APIRouter, Request, Response
from fastapi.responses import RedirectResponse

from kit.auth import public
from services.portal.access import Anybody, Overseer, Seater
from services.portal.clients import ServicesDep
from services.portal.complaints.clients import categories
from services.portal.forms import Form, Posted
from services.portal.page import language_of, page
from services.portal.supervision import clients

router = APIRouter(dependencies=[public()], include_in_schema=False)

Queue = Literal["due", "at_risk", "breached", "unassigned", "escalated", "mine"]
DIMENSIONS: Final = ("category", "country", "sex", "age_band", "disability", "outcome")


@router.get("/supervision")
async def overview(
    request: Request, visitor: Overseer, services: ServicesDep, queue: Queue = "breached", office: str = "", cursor: str = ""
) -> Response:
    items, following = await clients.queue(services, queue, office, cursor)
    is_seater = visitor.caller.has("supervisor", "admin")
    shown: dict[str, Any] = {
        "queue": queue,
        "office": office,
        "items": items,
        "next": following,
        "is_first": not cursor,
        "names": dict(await categories(services, language_of(request))),
        "figures": await clients.figures(services) if not cursor else None,
        "check": await clients.newest_check(services) if is_seater and not cursor else None,
        "is_seater": is_seater,
        "form": Form(),
    }
    return page(request, "supervision/overview.html", **shown)


@router.post("/supervision/check")
async def start_check(form: Posted, _: Seater, services: ServicesDep) -> Response:
    await clients.start_check(services, key=form.key)
    return RedirectResponse("/supervision#check", 303)


@router.get("/supervision/seats")
async def list_seats(request: Request, _: Overseer, services: ServicesDep, office: str = "") -> Response:
    found = await clients.seats(services)
    offices = sorted({one["office"] for one in found})
    chosen = office or ("control-room" if "control-room" in offices else next(iter(offices), ""))
    seats = [one for one in found if one["office"] == chosen]
    return page(request, "supervision/seats.html", seats=seats, offices=offices, office=chosen, form=Form())


@router.post("/supervision/seats/{seat}")
async def fill_seat(seat: str, form: Posted, _: Seater, services: ServicesDep) -> Response:
    await clients.fill_seat(services, seat, form.value("holder").strip() or None)
    return RedirectResponse(f"/supervision/seats?office={seat.partition('.')[0]}", 303)


@router.post("/complaints/{reference}/contacts")
async def note_contact(reference: str, form: Posted, services: ServicesDep) -> Response:
    await clients.note_contact(services, reference, form.value("how"), form.value("note"), key=form.key)
    return RedirectResponse(f"/complaints/{reference}#deadlines", 303)


@router.get("/figures")
async def public_figures(request: Request, _: Anybody, services: ServicesDep, quarter: str = "") -> Response:
    found = await clients.public_figures(services, quarter)
    names = dict(await categories(services, language_of(request)))
    parts = {name: [one for one in found["cells"] if one["dimension"] == name] for name in DIMENSIONS}
    whole = next((one["complaints"] for one in found["cells"] if one["dimension"] == "all"), None)
    return page(request, "supervision/public.html", figures=found, parts=parts, whole=whole, names=names)
