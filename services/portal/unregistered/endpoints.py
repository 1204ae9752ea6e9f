"""Pages of those who recruit without registration. A name or a number travels in a body; people stand in addresses by reference alone."""

from typing import Any, Final
from urllib.parse import quote

from fastapi import APIRouter, Request, Response
from fastapi.responses import RedirectResponse

from kit.auth import public
from kit.errors import NotFoundError
from services.portal.access import UNREGISTERED, MentionNoter, UnregisteredJoiner, UnregisteredReader
from services.portal.act_forms import act_page, body, day_of_today, names_of
from services.portal.acts import Act
from services.portal.clients import AwayError, RefusedError, Services, ServicesDep
from services.portal.forms import Form, Posted, answered_with
from services.portal.page import language_of, page
from services.portal.unregistered import acts, clients

router = APIRouter(prefix="/unregistered", dependencies=[public()], include_in_schema=False)
ASKED: Final = ("name", "phone")
PERSON: Final = ("with", "reason")


@router.get("")
async def overview(request: Request, _: UnregisteredReader, services: ServicesDep, cursor: str = "") -> Response:
    return page(request, "unregistered/list.html", **await clients.overview(services, cursor), form=Form(), found=None)


@router.post("")
async def search(request: Request, form: Posted, _: UnregisteredReader, services: ServicesDep) -> Response:
    asked = {name: form.value(name) for name in ASKED if form.value(name)}
    found, status = None, 200
    try:
        found = await clients.search(services, asked)
    except (RefusedError, AwayError) as error:
        form, status = answered_with(form, error, ASKED, language_of(request)), error.code
    shown: dict[str, Any] = await clients.overview(services, "") | {"form": form, "found": found}
    return page(request, "unregistered/list.html", status=status, **shown)


@router.get("/new")
async def new_mention(request: Request, _: MentionNoter) -> Response:
    return act_page(request, acts.MENTION, Form(day_of_today(acts.MENTION)), {}, "/unregistered/new", back="/")


@router.post("/new")
async def note_mention(request: Request, form: Posted, visitor: MentionNoter, services: ServicesDep) -> Response:
    try:
        made = await clients.write(services, acts.MENTION.path, body(acts.MENTION, form), key=form.key)
    except (RefusedError, AwayError) as error:
        again = answered_with(form, error, names_of(acts.MENTION), language_of(request))
        return act_page(request, acts.MENTION, again, {}, "/unregistered/new", back="/", status=error.code)
    if visitor.caller.has(*UNREGISTERED):
        return RedirectResponse(f"/unregistered/mentions/{made['id']}", 303)
    return page(request, "unregistered/noted.html", alike=len(made["proposals"]))


@router.get("/mentions/{identity}")
async def read_mention(request: Request, identity: str, _: UnregisteredReader, services: ServicesDep) -> Response:
    return await _mention_page(request, services, identity, Form())


@router.post("/mentions/{identity}")
async def open_person(request: Request, identity: str, form: Posted, _: UnregisteredJoiner, services: ServicesDep) -> Response:
    said = {"sightings": [identity, *form.chosen("with")], "reason": form.value("reason")}
    try:
        made = await clients.write(services, "", said, key=form.key)
    except (RefusedError, AwayError) as error:
        again = answered_with(form, error, PERSON, language_of(request))
        return await _mention_page(request, services, identity, again, error.code)
    return RedirectResponse(_of(made["reference"]), 303)


async def _mention_page(request: Request, services: Services, identity: str, form: Form, status: int = 200) -> Response:
    shown = {"mention": await clients.mention(services, identity), "form": form}
    return page(request, "unregistered/mention.html", status=status, **shown)


@router.get("/{reference}")
async def read_person(request: Request, reference: str, _: UnregisteredReader, services: ServicesDep) -> Response:
    return page(request, "unregistered/one.html", person=await clients.person(services, reference))


@router.get("/{reference}/{act}")
async def write(request: Request, reference: str, act: str, _: UnregisteredJoiner, of: str = "") -> Response:
    known = _known(act)
    return act_page(request, known, Form({"of": [of], **day_of_today(known)}), {}, f"{_of(reference)}/{act}", back=_of(reference))


@router.post("/{reference}/{act}")
async def written(request: Request, reference: str, act: str, form: Posted, _: UnregisteredJoiner, services: ServicesDep) -> Response:
    known = _known(act)
    about = {} if act == "step" else {"sighting": form.value("of")}
    try:
        await clients.write(services, f"{quote(reference, safe='')}/{known.path}", body(known, form) | about, key=form.key)
    except (RefusedError, AwayError) as error:
        again = answered_with(form, error, names_of(known), language_of(request))
        return act_page(request, known, again, {}, f"{_of(reference)}/{act}", back=_of(reference), status=error.code)
    return RedirectResponse(_of(reference), 303)


def _known(act: str) -> Act:
    if act not in acts.OF_A_PERSON:
        raise NotFoundError
    return acts.OF_A_PERSON[act]


def _of(reference: str) -> str:
    return f"/unregistered/{quote(reference, safe='')}"
