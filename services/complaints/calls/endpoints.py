"""The HTTP edge of calls: the exchange's events, the call's page, its draft, its end, its review."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query, Request, Response
from fastapi.responses import StreamingResponse

from contracts.text import Bilingual
from kit.crypto import KeyringDep
from kit.database import SessionDep
from kit.idempotency import OnceDep
from kit.paging import Page, PagingDep, Position
from kit.versions import ExpectedVersion, etag
from services.complaints.access import what_is_visible
from services.complaints.calls import rules, service, stream, views
from services.complaints.calls.access import Desk, Exchange, Supervisor
from services.complaints.calls.board import service as boards
from services.complaints.calls.board.schemas import BoardOut, DeskOut
from services.complaints.calls.drafts import service as drafts
from services.complaints.calls.knowledge import service as knowledge
from services.complaints.calls.knowledge.schemas import ArticleOut, Articles, FoundCategories
from services.complaints.calls.lists import DESK, REVIEW
from services.complaints.calls.models import PhoneCall
from services.complaints.calls.reviews import service as reviews
from services.complaints.calls.reviews.schemas import MARK_WORDS, AnswerIn, ReviewIn, ReviewOut
from services.complaints.calls.schemas import (
    CallEventIn,
    CallOut,
    CallRow,
    Choice,
    Dispositions,
    DraftIn,
    DraftSaved,
    EventTaken,
    FinishedOut,
    FinishIn,
    HandCallIn,
)
from services.complaints.calls.shifts import repository as shifts

router = APIRouter(prefix="/v1/complaints/calls", tags=["calls"])

Typed = Annotated[str, Query(max_length=200)]


@router.post("/events", status_code=202)
async def take_event(event: CallEventIn, _: Exchange, session: SessionDep, keyring: KeyringDep) -> EventTaken:
    """Idempotent by the call and the event; no key is needed."""
    return await service.take_event(session, keyring, event)


@router.get("/lists")
async def read_lists(_: Desk) -> Dispositions:
    return Dispositions(
        dispositions=[Choice(code=code, words=Bilingual.of(words)) for code, words in rules.DISPOSITION_WORDS.items()],
        outcomes=[Choice(code=code, words=Bilingual.of(words)) for code, words in rules.OUTCOME_WORDS.items()],
        script=[Bilingual.of(line) for line in DESK.script],
        review_version=REVIEW.version,
        review_illustrative=REVIEW.illustrative,
        review_items=[Choice(code=one.code, words=Bilingual.of(one.ask)) for one in REVIEW.items],
        marks=[Choice(code=code, words=Bilingual.of(words)) for code, words in MARK_WORDS.items()],
    )


@router.get("/desk")
async def read_desk(caller: Desk, session: SessionDep, keyring: KeyringDep) -> DeskOut:
    return await boards.desk_of(session, keyring, caller)


@router.get("/board")
async def read_board(caller: Supervisor, session: SessionDep, keyring: KeyringDep) -> BoardOut:
    return await boards.board(session, keyring, caller)


@router.get("/stream", response_class=StreamingResponse, responses={200: {"content": {"text/event-stream": {}}}})
async def stream_desk(request: Request, caller: Desk) -> StreamingResponse:
    events = stream.follow(request.state.desk_pulse, caller)
    return StreamingResponse(events, media_type="text/event-stream", headers={"Cache-Control": "no-store", "X-Accel-Buffering": "no"})


@router.get("/categories")
async def find_categories(_: Desk, q: Typed = "") -> FoundCategories:
    return knowledge.find_categories(q)


@router.get("/articles")
async def find_articles(_: Desk, session: SessionDep, q: Typed = "") -> Articles:
    return await knowledge.find_articles(session, q)


@router.get("/articles/{code}")
async def read_article(code: str, _: Desk, session: SessionDep) -> ArticleOut:
    return await knowledge.get_article(session, code)


@router.post("", status_code=201, response_model=CallRow)
async def add_call(typed: HandCallIn, caller: Desk, session: SessionDep, keyring: KeyringDep, once: OnceDep) -> Response:
    async def effect() -> CallRow:
        return views.row_of(await service.add_by_hand(session, keyring, caller, typed), keyring, caller)

    return await once(caller.subject, effect, location=lambda call: f"/v1/complaints/calls/{call.id}")


@router.get("")
async def list_calls(caller: Desk, session: SessionDep, keyring: KeyringDep, paging: PagingDep) -> Page[CallRow]:
    rows = await service.list_calls(session, caller, paging)
    reviewed = await reviews.reviewed_among(session, [one.id for one in rows])
    return paging.page(rows, lambda one: Position(one.opened_at, one.id), lambda one: views.row_of(one, keyring, caller, reviewed=reviewed))


@router.get("/{call_id}")
async def read_call(call_id: UUID, caller: Desk, session: SessionDep, keyring: KeyringDep, response: Response) -> CallOut:
    call = await service.find_call(session, caller, call_id)
    return await _shown(call, caller, session, keyring, response)


@router.post("/{call_id}/take")
async def take_call(call_id: UUID, caller: Desk, session: SessionDep, keyring: KeyringDep, response: Response) -> CallOut:
    """Idempotent: into the caller's hand, with its draft."""
    call = await service.take_call(session, keyring, caller, call_id)
    return await _shown(call, caller, session, keyring, response)


async def _shown(call: PhoneCall, caller: Desk, session: SessionDep, keyring: KeyringDep, response: Response) -> CallOut:
    response.headers["ETag"] = etag(call.version)
    shift = await shifts.find_open(session, caller.subject)
    free = call.holder is None and call.disposition is None and shift is not None
    somebody = await shifts.somebody_serves_women(session)
    may = free and rules.may_take(wants_woman=call.wants_woman, serves_women=bool(shift and shift.serves_women), somebody_serves=somebody)
    return await views.view_of(session, keyring, caller, what_is_visible(caller), call, may_take=may)


@router.put("/{call_id}/draft")
async def save_draft(
    call_id: UUID, draft: DraftIn, caller: Desk, session: SessionDep, keyring: KeyringDep, expected: ExpectedVersion
) -> DraftSaved:
    """`If-Match` names the draft's version; 1 where nothing was saved yet."""
    call = await service.find_call(session, caller, call_id, lock=True)
    saved = await drafts.save(session, keyring, call, caller.subject, draft, expected)
    service.note_safety(call, draft.fields.get("caller_safe", []))
    return saved


@router.post("/{call_id}/finish", status_code=201, response_model=FinishedOut)
async def finish_call(call_id: UUID, said: FinishIn, caller: Desk, session: SessionDep, keyring: KeyringDep, once: OnceDep) -> Response:
    async def effect() -> FinishedOut:
        return await service.finish_call(session, keyring, caller, what_is_visible(caller), call_id, said)

    return await once(caller.subject, effect, location=lambda done: f"/v1/complaints/calls/{done.id}")


@router.post("/{call_id}/review", status_code=201, response_model=ReviewOut)
async def review_call(
    call_id: UUID, said: ReviewIn, caller: Supervisor, session: SessionDep, keyring: KeyringDep, once: OnceDep
) -> Response:
    async def effect() -> ReviewOut:
        call = await service.find_call(session, caller, call_id, lock=True)
        return reviews.view_of(await reviews.review_call(session, keyring, caller, call, said), keyring)

    return await once(caller.subject, effect, location=lambda review: f"/v1/complaints/calls/{review.call}/review")


@router.get("/{call_id}/review")
async def read_review(call_id: UUID, caller: Desk, session: SessionDep, keyring: KeyringDep) -> ReviewOut:
    call = await service.find_call(session, caller, call_id)
    return reviews.view_of(await reviews.read_review(session, caller, call), keyring)


@router.post("/{call_id}/review/answer", status_code=201, response_model=ReviewOut)
async def answer_review(call_id: UUID, said: AnswerIn, caller: Desk, session: SessionDep, keyring: KeyringDep, once: OnceDep) -> Response:
    async def effect() -> ReviewOut:
        call = await service.find_call(session, caller, call_id, lock=True)
        return reviews.view_of(await reviews.answer_review(session, keyring, caller, call, said.words), keyring)

    return await once(caller.subject, effect, location=lambda review: f"/v1/complaints/calls/{review.call}/review")
