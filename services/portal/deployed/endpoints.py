"""What agencies say of the workers they sent: each on a page of its own, and the wing sees who has answered and who has not."""

import re
from typing import Any, Final, Literal
from urllib.parse import urlsplit
from uuid import UUID

from fastapi import APIRouter, Request, Response
from fastapi.responses import RedirectResponse

from contracts.text import Text
from kit.auth import public
from services.portal.access import Answerer, IncidentLeader
from services.portal.clients import AwayError, RefusedError, Services, ServicesDep
from services.portal.deployed import rules
from services.portal.forms import Form, Posted, answered_with, body_of, refused
from services.portal.incidents import clients
from services.portal.language import numerals
from services.portal.page import language_of, page

router = APIRouter(dependencies=[public()], include_in_schema=False)

Act = Literal["none", "add", "states", "list"]
MOST_LISTED: Final = 100
_ROW: Final = re.compile(r"/workers/(\d+)/(\w+)")
_LINE: Final = Text("Line %s: say how this worker is at its end, by number or word.", "লাইন %s: শেষ ঘরে কর্মীর অবস্থা নম্বরে বা কথায় লিখুন।")
_WORKER: Final = Text("Worker %s: %s", "কর্মী %s: %s")


@router.get("/deployed")
async def list_own(request: Request, _: Answerer, services: ServicesDep, cursor: str = "") -> Response:
    found = await clients.get(services, "deployed", **({"cursor": cursor} if cursor else {}), limit="25")
    return page(request, "deployed/list.html", items=found["items"], next=urlsplit(found["next"] or "").query)


@router.get("/deployed/{asked}")
async def read_own(request: Request, asked: UUID, _: Answerer, services: ServicesDep, done: str = "") -> Response:
    return _own_page(request, await clients.get(services, f"deployed/{asked}"), Form(), done=bool(done))


def _own_page(request: Request, one: dict[str, Any], form: Form, *, done: bool = False, status: int = 200) -> Response:
    return page(request, "deployed/one.html", status=status, one=one, form=form, done=done, most=MOST_LISTED)


@router.post("/deployed/{asked}/{act}")
async def answer(request: Request, asked: UUID, act: Act, form: Posted, _: Answerer, services: ServicesDep) -> Response:
    """Whatever was pressed, the whole list as it then stands is sent, with the answer that the sender saw."""
    one = await clients.get(services, f"deployed/{asked}")
    language = language_of(request)
    workers, unread = _workers(one, act, form)
    if unread:
        lines = numerals(", ".join(map(str, unread)), language)
        return _own_page(request, one, Form(form.values, general=(_LINE.in_language(language) % lines,)), status=422)
    said = {"workers": workers, "none": not workers and act in {"none", "states"}, "seen": form.value("seen") or None}
    try:
        await clients.post(services, f"deployed/{asked}", said, key=form.key)
    except (RefusedError, AwayError) as error:
        return _own_page(request, one, _mended(form, error, act, len(workers), language), status=error.code)
    return RedirectResponse(f"/deployed/{asked}?done=yes", 303)


def _workers(one: dict[str, Any], act: Act, form: Form) -> tuple[list[dict[str, str]], list[int]]:
    if act == "list":
        return rules.whole_list(form.value("list"), one["states"])
    if act == "add":
        new = body_of({name: form.value(name) for name in rules.WORKER})
        return [*map(rules.as_sent, one["people"]), new], []
    if act == "states":
        return rules.with_states(one["people"], {person["id"]: form.value(f"state.{person['id']}") for person in one["people"]}), []
    return [], []


def _mended(form: Form, error: RefusedError | AwayError, act: Act, count: int, language: str) -> Form:
    """A fault of the worker who is added stands at its field; one of a list names the worker."""
    if isinstance(error, AwayError) or not error.errors:
        return answered_with(form, error, (), language)
    if act == "add":
        own = f"/workers/{count - 1}"
        return refused(form, [{**one, "pointer": one.get("pointer", "").removeprefix(own)} for one in error.errors], rules.WORKER)
    return Form(form.values, general=tuple(_named(one.get("pointer", ""), one.get("detail", ""), language) for one in error.errors))


def _named(pointer: str, detail: str, language: str) -> str:
    found = _ROW.match(pointer)
    return (
        detail
        if found is None
        else _WORKER.in_language(language) % (numerals(int(found[1]) + 1, "bn" if language == "bn" else "en"), detail)
    )


@router.get("/incidents/{incident}/deployed")
async def list_asked(request: Request, incident: UUID, _: IncidentLeader, services: ServicesDep) -> Response:
    return await _asked_page(request, services, incident, Form())


@router.post("/incidents/{incident}/deployed")
async def ask(request: Request, incident: UUID, form: Posted, _: IncidentLeader, services: ServicesDep) -> Response:
    licences = [one for one in re.split(r"[\s,;]+", form.value("licences")) if one]
    try:
        await clients.post(services, f"incidents/{incident}/deployed", {"licences": licences}, key=form.key)
    except (RefusedError, AwayError) as error:
        again = answered_with(form, error, ("licences",), language_of(request))
        return await _asked_page(request, services, incident, again, error.code)
    return RedirectResponse(f"/incidents/{incident}/deployed", 303)


async def _asked_page(request: Request, services: Services, incident: UUID, form: Form, status: int = 200) -> Response:
    shown = await clients.get(services, f"incidents/{incident}")
    found = await clients.get(services, f"incidents/{incident}/deployed")
    return page(request, "deployed/asked.html", status=status, incident=shown, items=found["items"], silent=found["silent"], form=form)


@router.get("/incidents/deployed/{asked}")
async def read_answer(request: Request, asked: UUID, _: IncidentLeader, services: ServicesDep) -> Response:
    return page(request, "deployed/answer.html", one=await clients.get(services, f"deployed/{asked}"))
