"""The office's page of one agency, and a short form for each thing that it writes down."""

from typing import Any, Final
from urllib.parse import quote

from fastapi import APIRouter, Request, Response
from fastapi.responses import RedirectResponse

from kit.auth import public
from kit.errors import ForbiddenError, NotFoundError
from services.portal.access import IMPORT, FactNoter, OfficeReader
from services.portal.act_forms import act_page, body, day_of_today, names_of
from services.portal.acts import Act
from services.portal.clients import AwayError, RefusedError, Services, ServicesDep
from services.portal.forms import Form, Posted, answered_with
from services.portal.licences import acts, clients
from services.portal.page import language_of, page
from services.portal.session.service import Visitor

router = APIRouter(prefix="/agencies/{licence}/office", dependencies=[public()], include_in_schema=False)
# Of these the day is seldom today's: a term ends years ahead.
AHEAD: Final = ("true_until",)


@router.get("")
async def read_office(request: Request, licence: str, visitor: OfficeReader, services: ServicesDep, cursor: str = "") -> Response:
    language = language_of(request)
    offered = {
        name: [(act, one.title.in_language(language)) for act, one in known.items() if act != "withdrawn"]
        for name, known in (("steps", acts.STEPS), ("parts", acts.PARTS), ("noted", acts.FACTS))
    }
    shown: dict[str, Any] = await clients.read(services, licence, cursor) | offered | {"may_write": visitor.caller.has(*IMPORT)}
    return page(request, "licences/office.html", **shown)


@router.get("/{act}")
async def write(request: Request, licence: str, act: str, visitor: FactNoter, of: str = "") -> Response:
    known = _known(act, visitor)
    today = {name: value for name, value in day_of_today(known).items() if not name.startswith(AHEAD)}
    return act_page(request, known, Form({"of": [of], **today}), {}, _own(licence, act), back=_back(licence, visitor))


@router.post("/{act}")
async def written(request: Request, licence: str, act: str, form: Posted, visitor: FactNoter, services: ServicesDep) -> Response:
    known = _known(act, visitor)
    try:
        await _send(services, licence, act, form)
    except (RefusedError, AwayError) as error:
        again = answered_with(form, error, names_of(known), language_of(request))
        return act_page(request, known, again, {}, _own(licence, act), back=_back(licence, visitor), status=error.code)
    return RedirectResponse(_back(licence, visitor), 303)


async def _send(services: Services, licence: str, act: str, form: Form) -> None:
    known, of = acts.ALL[act], form.value("of")
    if act in {"strike", "restore"}:
        await clients.write_of_fact(services, of, known.path, body(known, form), key=form.key)
        return
    steps = await clients.history(services, licence) if act == "withdrawn" else []
    said = body(known, form) | acts.constant(act, of, steps)
    await clients.write(services, licence, known.path.format(of=quote(of, safe="")), said, key=form.key)


def _known(act: str, visitor: Visitor) -> Act:
    if act not in acts.ALL:
        raise NotFoundError
    if act in acts.OF_THE_OFFICE and not visitor.caller.has(*IMPORT):
        raise ForbiddenError
    return acts.ALL[act]


def _own(licence: str, act: str) -> str:
    return f"/agencies/{quote(licence, safe='')}/office/{quote(act, safe='')}"


def _back(licence: str, visitor: Visitor) -> str:
    """A wing or a district office notes what it found, and reads no other evidence."""
    place = f"/agencies/{quote(licence, safe='')}"
    return f"{place}/office" if visitor.caller.has(*IMPORT) else place
