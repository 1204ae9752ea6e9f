"""Use cases: an officer puts a complaint to a licensed respondent, who answers, asks for time, or does not answer."""

import math
from collections.abc import Sequence
from datetime import UTC, date, datetime, time, timedelta
from typing import Final
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from contracts.complaints import RespondentAnswered
from contracts.days import DHAKA
from contracts.text import Bilingual, Text
from kit.access_log import record_access
from kit.auth import Caller
from kit.crypto import Keyring
from kit.errors import ConflictError, NotFoundError
from kit.ids import new_id
from kit.media import SOUNDS
from kit.outbox import emit
from kit.paging import Paging
from kit.timer import DueTimer, schedule
from kit.versions import check_version
from kit.working_time import reach, used
from services.complaints import service as complaints
from services.complaints import views
from services.complaints.access import is_in_hands_of, require_hands, what_is_visible
from services.complaints.answers import repository, rules
from services.complaints.answers.lists import LISTS
from services.complaints.answers.models import RespondentDocument, RespondentQuestion
from services.complaints.answers.schemas import AnswerIn, DocumentOut, MoreTimeIn, QuestionIn, QuestionOut, QuestionsOut
from services.complaints.clocks.calendars import CALENDARS
from services.complaints.models import Complaint

LAPSE: Final = "answer-lapses"
FIELDS: Final = ("reference", "classification", "allegation", "respondent")


class NotPutError(ConflictError):
    slug = "not-put-to-respondent"
    title = Text(
        "A restricted complaint is not put to the party it is about, and only an agency with a licence is asked here.",
        "সীমাবদ্ধ অভিযোগ যার বিরুদ্ধে তাকে জানানো হয় না, এবং এখানে শুধু লাইসেন্সধারী এজেন্সিকে প্রশ্ন করা যায়।",
    )


class AnsweredError(ConflictError):
    slug = "answered-already"
    title = Text("This has been answered already.", "এর উত্তর ইতিমধ্যে দেওয়া হয়েছে।")


class NoMoreTimeError(ConflictError):
    slug = "no-more-time"
    title = Text(
        "Time was asked for already, the day is past, or this is later than the office may grant.",
        "সময় আগেই চাওয়া হয়েছে, তারিখ পার হয়ে গেছে, অথবা এটি কার্যালয়ের মঞ্জুর করার সীমার বাইরে।",
    )


class PastDayError(ConflictError):
    slug = "day-in-the-past"
    title = Text("The day by which to answer lies in the past.", "উত্তর দেওয়ার শেষ তারিখটি অতীতের।")


async def ask(session: AsyncSession, keyring: Keyring, caller: Caller, reference: str, asked: QuestionIn) -> QuestionOut:
    """The respondent reads the officer's summary: never the complainant's words, name or number."""
    complaint = await complaints.get_complaint(session, caller, what_is_visible(caller), reference, purpose="answering", lock=True)
    require_hands(complaint, caller)
    if _cannot_ask(complaint) is not None or complaint.respondent_licence is None:
        raise NotPutError
    now = datetime.now(UTC)
    answer_by = asked.answer_by or _by_data(complaint.office, now)
    if answer_by < now.astimezone(DHAKA).date():
        raise PastDayError
    question = RespondentQuestion(
        id=new_id(),
        complaint_id=complaint.id,
        version=1,
        status=rules.Standing.ASKED,
        licence=complaint.respondent_licence,
        allegation=keyring.seal(asked.allegation, "respondent_question.allegation"),
        asked_at=now,
        asked_by=caller.subject,
        asked_office=complaint.office,
        answer_by=answer_by,
    )
    await repository.add(session, question)
    await schedule(session, _after(answer_by), LAPSE, question.id)
    detail = {"answer_by": answer_by.isoformat()}
    await complaints.note_happening(session, complaint, "respondent_asked", by=caller.subject, at=now, detail=detail)
    return out(question, complaint, keyring)


async def of_complaint(session: AsyncSession, keyring: Keyring, caller: Caller, reference: str) -> QuestionsOut:
    """For the offices; whoever is shown no notes is shown no answers either."""
    visible = what_is_visible(caller)
    complaint = await complaints.get_complaint(session, caller, visible, reference, purpose="answering")
    is_shown = "notes" in views.fields_shown(complaint, caller, visible)
    questions = await repository.of_complaint(session, complaint.id) if is_shown else []
    why = _cannot_ask(complaint)
    papers = await repository.documents_of(session, [one.id for one in questions])
    return QuestionsOut(
        items=[out(one, complaint, keyring, papers) for one in questions],
        may_ask=why is None and is_in_hands_of(complaint, caller),
        cannot_ask=Bilingual.of(why) if why else None,
    )


async def list_asked(session: AsyncSession, caller: Caller, paging: Paging) -> Sequence[repository.Asked]:
    rows = await repository.list_asked(session, caller.licence, paging)
    shown = [complaint.id for _, complaint in rows[: paging.limit]]
    await record_access(session, caller, shown, record_type="complaint", purpose="answering", fields=FIELDS)
    return rows


async def read_asked(session: AsyncSession, keyring: Keyring, caller: Caller, question_id: UUID) -> QuestionOut:
    question, complaint = await mine(session, caller, question_id)
    return out(question, complaint, keyring, await repository.documents_of(session, [question.id]))


async def answer(session: AsyncSession, keyring: Keyring, caller: Caller, question_id: UUID, said: AnswerIn, version: int) -> QuestionOut:
    """Late is better than never: it is taken, and stands there as late."""
    question, complaint = await mine(session, caller, question_id, lock=True)
    check_version(version, question.version)
    if question.answered_at is not None:
        raise AnsweredError
    now = datetime.now(UTC)
    question.version += 1
    question.answered_at, question.answered_by, question.stand = now, caller.subject, said.stand
    question.answer = keyring.seal(said.answer, "respondent_question.answer")
    question.working_days = working_days(question.asked_office, question.asked_at, now)
    question.status = _standing(question)
    detail = {"stand": said.stand, "standing": question.status}
    await complaints.note_happening(session, complaint, "respondent_answered", by=caller.subject, at=now, detail=detail)
    await emit(
        session,
        RespondentAnswered(
            category=complaint.category,
            respondent_licence=question.licence,
            asked_at=question.asked_at,
            answered_at=now,
            working_days=question.working_days,
        ),
        subject=complaint.id,
        sequence=complaint.version,
    )
    return out(question, complaint, keyring)


async def ask_for_time(
    session: AsyncSession, keyring: Keyring, caller: Caller, question_id: UUID, asked: MoreTimeIn, version: int
) -> QuestionOut:
    """Once, before the day is over."""
    question, complaint = await mine(session, caller, question_id, lock=True)
    check_version(version, question.version)
    may_be = rules.is_time_that_may_be_asked(asked.until, question.answer_by, LISTS.most_extra_days)
    if _standing(question) != rules.Standing.ASKED or question.more_time_asked_at is not None or not may_be:
        raise NoMoreTimeError
    question.version += 1
    question.more_time_until, question.more_time_asked_at = asked.until, datetime.now(UTC)
    question.more_time_because = keyring.seal(asked.because, "respondent_question.more_time_because")
    await _told(session, complaint, caller, "respondent_asked_for_time", until=asked.until.isoformat())
    return out(question, complaint, keyring)


async def decide_time(
    session: AsyncSession, keyring: Keyring, caller: Caller, reference: str, question_id: UUID, *, granted: bool, version: int
) -> QuestionOut:
    complaint = await complaints.get_complaint(session, caller, what_is_visible(caller), reference, purpose="answering", lock=True)
    require_hands(complaint, caller)
    question = await session.get(RespondentQuestion, question_id)
    if question is None or question.complaint_id != complaint.id:
        raise NotFoundError
    check_version(version, question.version)
    if question.more_time_until is None or question.more_time_granted is not None or question.answered_at is not None:
        raise NoMoreTimeError
    question.version += 1
    question.more_time_granted = granted
    if granted:
        question.lapsed_at = None
        await schedule(session, _after(question.more_time_until), LAPSE, question.id)
    await _told(session, complaint, caller, "respondent_time_decided", granted=granted)
    return out(question, complaint, keyring)


async def lapse(session: AsyncSession, timer: DueTimer) -> None:
    """The day is over without an answer: that is written down, once. Time that was granted has a timer of its own."""
    question = await session.get(RespondentQuestion, timer.record, with_for_update=True)
    if question is None or question.answered_at is not None or question.lapsed_at is not None or timer.due < _after(_last_day(question)):
        return
    complaint = await session.get_one(Complaint, question.complaint_id, with_for_update=True)
    if complaint.respondent_licence != question.licence:
        return  # it was not about them
    question.lapsed_at, question.status = timer.due, rules.Standing.NO_ANSWER
    question.version += 1
    await complaints.note_happening(session, complaint, "respondent_silent", by=complaints.SYSTEM, at=timer.due)


def working_days(office: str, since: datetime, until: datetime) -> int:
    """Begun ones of the office that asked, by its own calendar."""
    return math.ceil(used(CALENDARS.of(office, "working_days"), "working_days", since, until))


def out(question: RespondentQuestion, complaint: Complaint, keyring: Keyring, papers: Sequence[RespondentDocument] = ()) -> QuestionOut:
    standing = _standing(question)

    def opened(sealed: bytes | None, name: str) -> str | None:
        return keyring.open(sealed, f"respondent_question.{name}") if sealed is not None else None

    return QuestionOut.model_validate(
        {
            **question.model_dump(exclude={"allegation", "answer", "more_time_because", "asked_office"}),
            "reference": complaint.reference,
            "category": complaint.category,
            "country": complaint.country,
            "standing": standing,
            "standing_label": Bilingual.of(rules.STANDING_WORDS[standing]),
            "asked_office": views.office_name(question.asked_office),
            "last_day": _last_day(question),
            "allegation": opened(question.allegation, "allegation"),
            "answer": opened(question.answer, "answer"),
            "more_time_because": opened(question.more_time_because, "more_time_because"),
            "documents": [document_of(one, keyring) for one in papers if one.question_id == question.id],
        }
    )


def document_of(one: RespondentDocument, keyring: Keyring) -> DocumentOut:
    return DocumentOut(
        id=one.id,
        name=keyring.open(one.name, "attachment.name") if one.name else None,
        media_type=one.media_type,
        size=one.size,
        added_at=one.added_at,
        may_show=one.shown_file_id is not None or one.media_type in SOUNDS,
        is_shared=one.shared_at is not None,
    )


async def mine(session: AsyncSession, caller: Caller, question_id: UUID, *, lock: bool = False) -> tuple[RespondentQuestion, Complaint]:
    found = await repository.find_asked(session, question_id, caller.licence, lock=lock)
    if found is None:
        raise NotFoundError
    question, complaint = found
    await record_access(session, caller, [complaint.id], record_type="complaint", purpose="answering", fields=FIELDS)
    return question, complaint


async def _told(session: AsyncSession, complaint: Complaint, caller: Caller, kind: str, **detail: object) -> None:
    await complaints.note_happening(session, complaint, kind, by=caller.subject, at=datetime.now(UTC), detail=detail)


def _cannot_ask(complaint: Complaint) -> Text | None:
    is_put = not complaint.restricted and complaint.respondent_licence is not None and complaint.merged_into is None
    return None if is_put else NotPutError.title


def _last_day(question: RespondentQuestion) -> date:
    return rules.last_day(question.answer_by, question.more_time_until, granted=question.more_time_granted)


def _standing(question: RespondentQuestion) -> rules.Standing:
    answered = question.answered_at.astimezone(DHAKA).date() if question.answered_at else None
    return rules.standing(_last_day(question), answered, datetime.now(DHAKA).date())


def _by_data(office: str, now: datetime) -> date:
    return reach(CALENDARS.of(office, "working_days"), "working_days", now, LISTS.answer_working_days).astimezone(DHAKA).date()


def _after(day: date) -> datetime:
    return datetime.combine(day + timedelta(days=1), time(), DHAKA)


TIMERS: Final = {LAPSE: lapse}
