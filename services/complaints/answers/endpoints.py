"""The HTTP edge of questions to respondents: for the agency that is asked, and for the office that asks."""

from uuid import UUID

from fastapi import APIRouter, Response

from kit.auth import public
from kit.crypto import KeyringDep
from kit.database import SessionDep
from kit.idempotency import OnceDep
from kit.paging import Page, PagingDep, Position
from kit.versions import ExpectedVersion, etag
from services.complaints.access import Decisive, Handler, Reference
from services.complaints.answers import service
from services.complaints.answers.access import Answerer
from services.complaints.answers.lists import LISTS
from services.complaints.answers.schemas import (
    AnswerIn,
    MoreTimeDecisionIn,
    MoreTimeIn,
    QuestionIn,
    QuestionOut,
    QuestionsOut,
    StandOut,
    StandsOut,
)

router = APIRouter(prefix="/v1/complaints", tags=["answers of respondents"])


@router.get("/questions/stands", dependencies=[public()])
async def list_stands() -> StandsOut:
    items = [StandOut.model_validate(one, from_attributes=True) for one in LISTS.stands]
    return StandsOut(answer_working_days=LISTS.answer_working_days, most_extra_days=LISTS.most_extra_days, items=items)


@router.get("/questions")
async def list_asked(caller: Answerer, session: SessionDep, keyring: KeyringDep, paging: PagingDep) -> Page[QuestionOut]:
    rows = await service.list_asked(session, caller, paging)
    return paging.page(rows, lambda one: Position(one[0].asked_at, one[0].id), lambda one: service.out(one[0], one[1], keyring))


@router.get("/questions/{question_id}")
async def read_asked(question_id: UUID, caller: Answerer, session: SessionDep, keyring: KeyringDep, response: Response) -> QuestionOut:
    found = await service.read_asked(session, keyring, caller, question_id)
    response.headers["ETag"] = etag(found.version)
    return found


@router.post("/questions/{question_id}/answer")
async def answer(
    question_id: UUID, said: AnswerIn, caller: Answerer, session: SessionDep, keyring: KeyringDep, version: ExpectedVersion
) -> QuestionOut:
    return await service.answer(session, keyring, caller, question_id, said, version)


@router.post("/questions/{question_id}/more-time")
async def ask_for_time(
    question_id: UUID, asked: MoreTimeIn, caller: Answerer, session: SessionDep, keyring: KeyringDep, version: ExpectedVersion
) -> QuestionOut:
    return await service.ask_for_time(session, keyring, caller, question_id, asked, version)


@router.get("/{reference}/questions")
async def of_complaint(reference: Reference, caller: Handler, session: SessionDep, keyring: KeyringDep) -> QuestionsOut:
    return await service.of_complaint(session, keyring, caller, reference)


@router.post("/{reference}/questions", status_code=201, response_model=QuestionOut)
async def ask(
    reference: Reference, asked: QuestionIn, caller: Decisive, session: SessionDep, keyring: KeyringDep, once: OnceDep
) -> Response:
    async def effect() -> QuestionOut:
        return await service.ask(session, keyring, caller, reference, asked)

    return await once(caller.subject, effect, location=lambda made: f"/v1/complaints/{made.reference}/questions")


@router.post("/{reference}/questions/{question_id}/more-time")
async def decide_time(
    reference: Reference,
    question_id: UUID,
    decided: MoreTimeDecisionIn,
    caller: Decisive,
    session: SessionDep,
    keyring: KeyringDep,
    version: ExpectedVersion,
) -> QuestionOut:
    return await service.decide_time(session, keyring, caller, reference, question_id, granted=decided.granted, version=version)
