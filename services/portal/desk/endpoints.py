"""The agent's desk: what rings, one page to log a call on, what is due; and the supervisor's board."""

import base64
from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any, Final
from uuid import UUID

import httpx
from fastapi import APIRouter, Request, Response
from fastapi.responses import JSONResponse, RedirectResponse

from kit.auth import public
from services.portal.access import Agent, Keeping, SupervisorOnly
from services.portal.agencies import clients as agencies
from services.portal.clients import AwayError, RefusedError, Services, ServicesDep
from services.portal.complaints.clients import categories as all_categories
from services.portal.complaints.clients import offices
from services.portal.complaints.endpoints import FIELDS, complaint_of
from services.portal.desk import clients, rules
from services.portal.forms import Form, Posted, answered_with, body_of
from services.portal.incidents.clients import briefings
from services.portal.page import language_of, often, page
from services.portal.session.service import Visitor
from services.portal.streams import passed_on

router = APIRouter(dependencies=[public()], include_in_schema=False)

ALL: Final = (*FIELDS, *rules.OWN)
_NOT_OF_THE_DRAFT: Final = frozenset({"version", "do"})


@router.get("/desk")
async def read_desk(request: Request, _: Agent, services: ServicesDep) -> Response:
    return page(request, "desk/desk.html", desk=await clients.desk(services), briefings=await briefings(services), form=Form())


@router.get("/desk/board")
async def read_board(request: Request, _: SupervisorOnly, services: ServicesDep) -> Response:
    return page(request, "desk/board.html", board=await clients.board(services), form=Form())


@router.get("/desk/stream")
async def stream(visitor: Agent, services: ServicesDep, keeper: Keeping) -> Response:
    """Passed on as it comes, until the session ends. An open desk counts as use: an agent at night waits and does not click."""
    return await passed_on(clients.changes(services), keeper, visitor.id_hash)


@router.post("/desk/shift")
async def begin_shift(request: Request, form: Posted, _: Agent, services: ServicesDep) -> Response:
    body: dict[str, Any] = {"hours": form.value("hours") or "8", "serves_women": form.value("serves_women") == "yes"}
    if form.value("extension"):
        body["extension"] = form.value("extension")
    try:
        await clients.begin_shift(services, body, key=form.key)
    except RefusedError as error:
        shown = answered_with(form, error, ("hours", "extension", "serves_women"), language_of(request))
        return page(request, "desk/desk.html", status=error.code, desk=await clients.desk(services), briefings=[], form=shown)
    return RedirectResponse("/desk", 303)


@router.get("/desk/shift/end")
async def before_end(request: Request, _: Agent, services: ServicesDep) -> Response:
    return page(request, "desk/end.html", desk=await clients.desk(services), form=Form(), ended=None)


@router.post("/desk/shift/end")
async def end_shift(request: Request, form: Posted, _: Agent, services: ServicesDep) -> Response:
    try:
        ended = await clients.end_shift(services, key=form.key)
    except RefusedError as error:
        shown = answered_with(form, error, (), language_of(request))
        return page(request, "desk/end.html", status=error.code, desk=await clients.desk(services), form=shown, ended=None)
    return page(request, "desk/end.html", desk=await clients.desk(services), form=Form(), ended=ended)


@router.post("/desk/handovers/{identity}/accept")
async def accept(identity: UUID, form: Posted, _: Agent, services: ServicesDep) -> Response:
    await clients.accept(services, identity, key=form.key)
    return RedirectResponse("/desk#handovers", 303)


@router.get("/desk/calls")
async def list_calls(request: Request, _: Agent, services: ServicesDep, cursor: str = "") -> Response:
    items, following = await clients.calls(services, cursor)
    return page(request, "desk/calls.html", items=items, next=following)


@router.post("/desk/calls")
async def add_by_hand(request: Request, form: Posted, _: Agent, services: ServicesDep) -> Response:
    try:
        identity = await clients.add_by_hand(services, form.value("number"), key=form.key)
    except RefusedError as error:
        shown = answered_with(form, error, ("number",), language_of(request))
        return page(request, "desk/desk.html", status=error.code, desk=await clients.desk(services), briefings=[], form=shown)
    return RedirectResponse(f"/desk/calls/{identity}", 303)


@router.post("/desk/calls/{identity}/take")
async def take(identity: UUID, form: Posted, _: Agent, services: ServicesDep) -> Response:
    await clients.take(services, identity, key=form.key)
    return RedirectResponse(f"/desk/calls/{identity}", 303)


@router.get("/desk/calls/{identity}")
async def read_call(request: Request, identity: UUID, visitor: Agent, services: ServicesDep, keeper: Keeping, done: str = "") -> Response:
    call = await clients.call(services, identity)
    if call["mine"] and call["disposition"] is None:
        parked = await keeper.take_parked(visitor.caller.subject, request.url.path)
        return await _log_page(request, visitor, services, call, _form_of(call, parked))
    return page(request, "desk/call.html", call=call, done=bool(done), form=Form())


def _form_of(call: Mapping[str, Any], parked: Mapping[str, list[str]] | None) -> Form:
    """What was typed so far; else what the exchange knows already."""
    if parked is not None:
        return Form({name: values for name, values in parked.items() if name not in _NOT_OF_THE_DRAFT}, was_parked=True)
    if call["draft"] is not None:
        return Form(call["draft"]["fields"])
    known = {"language": [call["language"]], "wants_woman": ["yes"] if call["wants_woman"] else []}
    if call["number"]:
        known["reporter.phone"] = [call["number"]]
    if call["country"]:
        known["country"] = [call["country"]]
    return Form(known)


async def _log_page(
    request: Request, visitor: Visitor, services: Services, call: Mapping[str, Any], form: Form, status: int = 200
) -> Response:
    lists = await clients.lists(services)
    found = await clients.articles(services, "")
    chosen = await clients.articles_to_read(services, form.chosen("articles"))
    version = call["draft"]["version"] if call["draft"] else 1
    shown = {
        "call": call,
        "briefings": await briefings(services),
        "form": form,
        "lists": lists,
        "categories": await all_categories(services, language_of(request)),
        "offices": await offices(services, language_of(request)),
        "often": often(request),
        "found": await clients.articles_to_read(services, [one["code"] for one in found if one["code"] not in form.chosen("articles")]),
        "chosen": chosen,
        "likely": await _likely(services, form),
        "named": await _named(services, form),
        "version": version,
        "journal_key": _journal_key(request, visitor, call["id"]),
    }
    return page(request, "desk/log.html", status=status, **shown)


def _journal_key(request: Request, visitor: Visitor, call: str) -> str:
    """Seals what this computer keeps of this call. It is given with the page to whoever holds the call, and stored nowhere."""
    return base64.b64encode(request.state.keyring.blind_index(f"{visitor.caller.subject} {call}", "desk-journal")).decode()


@router.post("/desk/drafts/{identity}")
async def save_draft(identity: UUID, form: Posted, _: Agent, services: ServicesDep) -> Response:
    """Each few words, by the page's script. Refusals come as they are: the script says what they mean."""
    try:
        saved = await clients.save_draft(services, identity, _draft_of(form), form.value("version") or "1")
    except RefusedError as error:
        return JSONResponse({"type": error.kind, "words": str(error)}, error.code, {"Cache-Control": "no-store"})
    return JSONResponse(saved, headers={"Cache-Control": "no-store"})


def _draft_of(form: Form) -> dict[str, list[str]]:
    return {name: list(values) for name, values in form.values.items() if name not in _NOT_OF_THE_DRAFT and any(values)}


@router.post("/desk/calls/{identity}")
async def log_call(request: Request, identity: UUID, form: Posted, visitor: Agent, services: ServicesDep) -> Response:
    """`do=save` keeps what is there, without scripts too; `do=finish` ends the call."""
    if form.value("do") == "save":
        await clients.save_draft(services, identity, _draft_of(form), form.value("version") or "1")
        return RedirectResponse(f"/desk/calls/{identity}", 303)
    body = rules.ending(form.values, complaint_of(form, visitor.caller), datetime.now(UTC))
    try:
        await clients.finish(services, identity, body, key=form.key)
    except (RefusedError, AwayError) as error:
        if isinstance(error, RefusedError):
            error.errors = [{**one, "pointer": one.get("pointer", "").removeprefix("/complaint")} for one in error.errors]
        shown = answered_with(form, error, ALL, language_of(request))
        call = await clients.call(services, identity)
        kept = replace(shown, values={name: values for name, values in form.values.items() if name not in _NOT_OF_THE_DRAFT})
        return await _log_page(request, visitor, services, call, kept, error.code)
    return RedirectResponse(f"/desk/calls/{identity}?done=1", 303)


@router.post("/desk/likely")
async def find_likely(request: Request, form: Posted, _: Agent, services: ServicesDep) -> Response:
    """Beside the form, while it is filled in."""
    return page(request, "desk/likely.html", likely=await _likely(services, form), named=await _named(services, form))


async def _likely(services: Services, form: Form) -> list[clients.Json]:
    """Nothing while too little is known, or where the search gives no answer: the call goes on without it."""
    names = {name: value for name, field in rules.COMPARED.items() if (value := form.value(field))}
    if not {"category", "country"} <= set(names) or len(names) == len({"category", "country"}):
        return []
    try:
        return await clients.likely(services, names)
    except (RefusedError, AwayError):
        return []


async def _named(services: Services, form: Form) -> list[clients.Json]:
    """A caller who does not know the licence is helped to find the agency; its class and warning stand beside the form at once."""
    try:
        return await agencies.named(services, form.value("respondent.licence"), form.value("respondent.name"))
    except (RefusedError, AwayError):
        return []


@router.get("/desk/categories")
async def find_categories(request: Request, _: Agent, services: ServicesDep, q: str = "") -> Response:
    return page(request, "desk/categories.html", found=(await clients.categories(services, q))[:6] if q.strip() else [], typed=q)


@router.get("/desk/articles")
async def find_articles(request: Request, _: Agent, services: ServicesDep, q: str = "") -> Response:
    found = await clients.articles(services, q)
    if request.headers.get("hx-request"):
        return page(request, "desk/found.html", found=await clients.articles_to_read(services, [one["code"] for one in found]))
    return page(request, "desk/articles.html", found=found, typed=q)


@router.get("/desk/articles/{code}")
async def read_article(request: Request, code: str, _: Agent, services: ServicesDep) -> Response:
    return page(request, "desk/article.html", article=await clients.article(services, code))


@router.get("/desk/callbacks/{identity}")
async def read_callback(request: Request, identity: UUID, _: Agent, services: ServicesDep) -> Response:
    return await _callback_page(request, services, identity, Form())


async def _callback_page(request: Request, services: Services, identity: UUID, form: Form, status: int = 200) -> Response:
    task, lists = await clients.callback(services, identity), await clients.lists(services)
    return page(request, "desk/callback.html", status=status, task=task, lists=lists, form=form)


@router.post("/desk/callbacks/{identity}/take")
async def take_callback(request: Request, identity: UUID, form: Posted, _: Agent, services: ServicesDep) -> Response:
    try:
        await clients.take_callback(services, identity, key=form.key)
    except RefusedError as error:
        return await _callback_page(request, services, identity, answered_with(form, error, (), language_of(request)), error.code)
    return RedirectResponse(f"/desk/callbacks/{identity}", 303)


@router.post("/desk/callbacks/{identity}/questions/{question}")
async def answer_question(request: Request, identity: UUID, question: UUID, form: Posted, _: Agent, services: ServicesDep) -> Response:
    body = body_of({"answer": form.value("answer"), "words": form.value("words")})
    try:
        await clients.answer_question(services, identity, question, body, key=form.key)
    except (RefusedError, AwayError) as error:
        shown = answered_with(form, error, (), language_of(request))
        return await _callback_page(request, services, identity, shown, error.code)
    return RedirectResponse(f"/desk/callbacks/{identity}", 303)


@router.post("/desk/callbacks/{identity}")
async def note_attempt(request: Request, identity: UUID, form: Posted, _: Agent, services: ServicesDep) -> Response:
    body = {"outcome": form.value("outcome"), "note": form.value("note")}
    try:
        await clients.note_attempt(services, identity, body, key=form.key, version=form.value("version") or "1")
    except (RefusedError, AwayError) as error:
        shown = answered_with(form, error, ("outcome", "note"), language_of(request))
        return await _callback_page(request, services, identity, shown, error.code)
    return RedirectResponse(f"/desk/callbacks/{identity}", 303)


@router.get("/desk/calls/{identity}/review")
async def read_review(request: Request, identity: UUID, visitor: Agent, services: ServicesDep) -> Response:
    call, lists = await clients.call(services, identity), await clients.lists(services)
    try:
        review = await clients.review(services, identity)
    except RefusedError as error:
        if error.code != httpx.codes.NOT_FOUND or not visitor.caller.has("supervisor"):
            raise
        review = None
    return page(request, "desk/review.html", call=call, lists=lists, review=review, form=Form())


@router.post("/desk/calls/{identity}/review")
async def give_review(request: Request, identity: UUID, form: Posted, _: SupervisorOnly, services: ServicesDep) -> Response:
    lists = await clients.lists(services)
    codes = [one["code"] for one in lists["review_items"]]
    body = {"marks": {code: form.value(code) for code in codes if form.value(code)}, "words": form.value("words")}
    try:
        await clients.give_review(services, identity, body, key=form.key)
    except (RefusedError, AwayError) as error:
        shown = answered_with(form, error, ("words",), language_of(request))
        call = await clients.call(services, identity)
        return page(request, "desk/review.html", status=error.code, call=call, lists=lists, review=None, form=shown)
    return RedirectResponse(f"/desk/calls/{identity}/review", 303)


@router.post("/desk/calls/{identity}/review/answer")
async def answer_review(identity: UUID, form: Posted, _: Agent, services: ServicesDep) -> Response:
    await clients.answer_review(services, identity, form.value("words"), key=form.key)
    return RedirectResponse(f"/desk/calls/{identity}/review", 303)
