"""Use cases of check-ins: somebody opens their link and answers; an officer records what was heard; questions are asked and answered."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from http import HTTPStatus
from typing import Any, Final
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from contracts.crisis import MessageStatus, Severity
from contracts.text import Bilingual
from kit.access_log import record_access
from kit.auth import Caller
from kit.calls import Calls, RefusedCallError
from kit.crypto import Keyring
from kit.database import Sessions
from kit.errors import InvalidError, NotFoundError
from kit.ids import new_id
from services.crisis.checkins import repository, rules
from services.crisis.checkins.lists import ANSWERS
from services.crisis.checkins.models import CheckinResponse
from services.crisis.checkins.rules import STATUS_WORDS, UNREACHED, Reporter, Status
from services.crisis.checkins.schemas import (
    AnswerOut,
    CardOut,
    CheckedInOut,
    CheckinIn,
    ChoiceOut,
    HistoryOut,
    InstructionOut,
    OpenedOut,
    PushIn,
    QuestionIn,
    ReportIn,
    ResponseOut,
    SaidIn,
)
from services.crisis.exposure import clients as register
from services.crisis.handover import service as handover
from services.crisis.outreach import repository as outreach
from services.crisis.outreach.access import countries_of
from services.crisis.outreach.ledger import token_index
from services.crisis.outreach.lists import TEXTS
from services.crisis.outreach.models import OutreachLink
from services.crisis.outreach.rules import read_token
from services.crisis.outreach.service import chain_of
from services.crisis.warnings import cap
from services.crisis.warnings import repository as warnings
from services.crisis.warnings import rules as warned
from services.crisis.warnings.repository import Record
from services.crisis.warnings.rules import Sight

# Those that anybody may say of themselves or of a relative.
OPEN_TO_ALL: Final = tuple(one for one in Status if one is not Status.DECEASED)
PROVIDER: Final = "link-"
CLOCK: Final = timedelta(minutes=ANSWERS.clock_minutes)


@dataclass(frozen=True, slots=True)
class Whose:
    """About whom an answer is, and by which way it came. `by`: the officer who took it down."""

    root: UUID
    is_drill: bool
    person: UUID
    channel: str
    by: str | None = None


async def open_link(session: AsyncSession, keyring: Keyring, token: str) -> OpenedOut:
    """What the page behind a link shows. Raises `NotFoundError`, `LinkEndedError`."""
    link = await find_link(session, keyring, token)
    warning = await _newest(session, link)
    message = cap.parse((await warnings.raw_of(session, warning.alert.id)).raw)
    now = datetime.now(UTC)
    known = None if link.kind == "relay" else await repository.find_current(session, link.root, link.person)
    status = known.status if known else UNREACHED
    severity, message_status = Severity(warning.alert.severity), MessageStatus(warning.alert.message_status)
    return OpenedOut(
        kind=link.kind,
        is_drill=link.is_drill,
        language=link.language,
        country=link.country,
        title=Bilingual.of(warned.title(severity, message_status, [link.country] if link.country else warning.countries)),
        is_over=_is_over(warning, now),
        expires=warning.alert.expires,
        says=[
            InstructionOut(language=info.language, headline=info.headline, description=info.description, instruction=info.instruction)
            for info in message.infos
        ],
        status=status,
        status_label=Bilingual.of(STATUS_WORDS[status]),
        observed_at=known.observed_at if known else None,
        statuses=[ChoiceOut(code=one, label=Bilingual.of(STATUS_WORDS[one])) for one in OPEN_TO_ALL],
        needs=[ChoiceOut(code=code, label=Bilingual.of(label)) for code, label in ANSWERS.needs.items()],
        card=_card(link.country),
        answers=[] if link.kind == "relay" else await _answers(session, keyring, link),
    )


def _card(country: str | None) -> CardOut | None:
    card = TEXTS.card(country)
    if card is None:
        return None
    return CardOut(language=card.language, text=card.text, meaning=Bilingual.of(card.meaning), illustrative=card.illustrative)


def _is_over(record: Record, now: datetime) -> bool:
    alert = record.alert
    return alert.state != warned.State.STANDING or (alert.expires is not None and alert.expires <= now)


async def find_link(session: AsyncSession, keyring: Keyring, token: str) -> OutreachLink:
    written = read_token(token)
    link = await outreach.find_link(session, token_index(keyring, written)) if written else None
    if link is None:
        raise NotFoundError
    if link.ends_at <= datetime.now(UTC):
        raise rules.LinkEndedError
    return link


async def _newest(session: AsyncSession, link: OutreachLink) -> Record:
    """The last message of the chain that went out."""
    alert_id = await outreach.newest_of(session, link.root)
    record = await warnings.find_alert(session, alert_id, Sight(everything=True))
    if record is None:
        raise NotFoundError
    return record


async def _answers(session: AsyncSession, keyring: Keyring, link: OutreachLink) -> list[AnswerOut]:
    """Only what was asked by the same link: a household does not read what the person asked."""
    rows = await repository.answered_of(session, link.root, link.person, f"{PROVIDER}{link.kind}")
    return [
        AnswerOut(
            asked=keyring.open(row.body, "crisis_text.body") if row.body else "",
            answer=keyring.open(row.answer, "crisis_text.answer") if row.answer else None,
            at=row.answered_at or row.received_at,
        )
        for row in rows
    ]


async def check_in(session: AsyncSession, keyring: Keyring, said: CheckinIn) -> CheckedInOut:
    """By a link: the person's own word, or a relative's for them. Raises `RelayAnswersError`, `OnlyOfficerError`."""
    link = await find_link(session, keyring, said.token)
    if link.kind == "relay":
        raise rules.RelayAnswersError
    reporter = Reporter.SELF if link.kind == "person" else Reporter.PROXY
    whose = Whose(link.root, link.is_drill, link.person, "link")
    return await record(session, keyring, whose, said, reporter, made_contact=link.kind == "person")


async def report(session: AsyncSession, keyring: Keyring, caller: Caller, alert_id: UUID, said: ReportIn) -> CheckedInOut:
    """An officer writes down what was heard of somebody in this chain. Raises `NotFoundError` also for a person of another country."""
    root = await chain_of(session, caller, alert_id)
    row = await repository.ledger_row(session, root, said.person, countries_of(caller))
    if row is None:
        raise NotFoundError
    await handover.refuse_given_away(session, caller, [row.country])
    await record_access(session, caller, [said.person], record_type="checkin", purpose="crisis.checkin", fields=("status",))
    whose = Whose(root, row.is_drill, said.person, "officer", caller.subject)
    return await record(
        session, keyring, whose, said, said.reporter,
        made_contact=said.made_contact, document=said.document, observed_at=said.observed_at,
    )  # fmt: skip


async def record(  # noqa: PLR0913 - what a response is made of, named
    session: AsyncSession,
    keyring: Keyring,
    whose: Whose,
    said: SaidIn,
    reporter: Reporter,
    *,
    made_contact: bool,
    document: str = "",
    observed_at: datetime | None = None,
    is_assumed: bool = False,
) -> CheckedInOut:
    """Adds a response and makes what holds of the person anew, in one transaction."""
    now = datetime.now(UTC)
    rules.refuse_death(said.status, reporter, has_document=bool(document))
    await repository.lock_person(session, whose.root, whose.person)
    response = CheckinResponse(
        id=new_id(),
        root=whose.root,
        is_drill=whose.is_drill,
        person=whose.person,
        status=said.status,
        reporter=reporter,
        made_contact=made_contact,
        people_with=said.people_with,
        needs=said.needs,
        place=keyring.seal(said.place, "checkin_response.place") if said.place else None,
        note=keyring.seal(said.note, "checkin_response.note") if said.note else None,
        document=keyring.seal(document, "checkin_response.document") if document else None,
        observed_at=min(observed_at or now, now),
        received_at=now,
        channel=whose.channel,
        taken_by=whose.by,
        is_assumed=is_assumed,
    )
    await repository.add_response(session, response)
    return await _made_current(session, whose, response.id, now)


async def _made_current(session: AsyncSession, whose: Whose, response_id: UUID, now: datetime) -> CheckedInOut:
    kept = {UUID(str(one.id)): one for one in await repository.list_responses(session, whose.root, whose.person)}
    holds = rules.current(_response(one) for one in kept.values())
    if holds is None:
        raise NotFoundError
    standing = kept[holds.response.id]
    values: Mapping[str, Any] = {
        "root": whose.root,
        "person": whose.person,
        "is_drill": whose.is_drill,
        "response_id": standing.id,
        "status": standing.status,
        "reporter": standing.reporter,
        "is_assumed": standing.is_assumed,
        "is_contradicted": holds.is_contradicted,
        "people_with": standing.people_with,
        "needs": standing.needs,
        "observed_at": standing.observed_at,
        "changed_at": now,
    }
    await repository.set_current(session, values)
    label = Bilingual.of(STATUS_WORDS[standing.status])
    return CheckedInOut(id=response_id, status=standing.status, status_label=label, is_contradicted=holds.is_contradicted)


def _response(one: CheckinResponse) -> rules.Response:
    return rules.Response(
        UUID(str(one.id)), Status(one.status), Reporter(one.reporter), one.observed_at, one.received_at, is_assumed=one.is_assumed
    )


async def get_history(session: AsyncSession, keyring: Keyring, caller: Caller, alert_id: UUID, person: UUID) -> HistoryOut:
    root = await chain_of(session, caller, alert_id)
    if await repository.ledger_row(session, root, person, countries_of(caller)) is None:
        raise NotFoundError
    fields = ("status", "place", "note", "document")
    await record_access(session, caller, [person], record_type="checkin", purpose="crisis.checkin", fields=fields)
    known = await repository.find_current(session, root, person)
    status = known.status if known else UNREACHED
    return HistoryOut(
        person=person,
        status=status,
        status_label=Bilingual.of(STATUS_WORDS[status]),
        is_contradicted=bool(known and known.is_contradicted),
        responses=[_response_out(one, keyring) for one in await repository.list_responses(session, root, person)],
    )


def _response_out(one: CheckinResponse, keyring: Keyring) -> ResponseOut:
    def opened(name: str) -> str:
        sealed = getattr(one, name)
        return keyring.open(sealed, f"checkin_response.{name}") if sealed else ""

    plain = one.model_dump(include=set(ResponseOut.model_fields) - {"place", "note", "document"})
    label = Bilingual.of(STATUS_WORDS[one.status])
    return ResponseOut(**plain, status_label=label, place=opened("place"), note=opened("note"), document=opened("document"))


async def subscribe(sessions: Sessions, calls: Calls, keyring: Keyring, said: PushIn) -> None:
    """The register is asked outside of any transaction. Raises `NotFoundError`, `LinkEndedError`, `InvalidError`, `AwayError`."""
    async with sessions.begin() as session:
        link = await find_link(session, keyring, said.token)
    if link.kind != "person":
        raise NotFoundError
    try:
        await register.subscribe(calls, link.person, said.subscription)
    except RefusedCallError as error:
        raise (NotFoundError if error.code == HTTPStatus.NOT_FOUND else InvalidError) from error


async def ask(session: AsyncSession, keyring: Keyring, asked: QuestionIn, key: UUID) -> AnswerOut:
    """A question, a rumour, a complaint about the help: it waits for a person and is answered on the same page."""
    link = await find_link(session, keyring, asked.token)
    if link.kind == "relay":
        raise rules.RelayAnswersError
    now = datetime.now(UTC)
    values = {
        "id": key,
        "provider": f"{PROVIDER}{link.kind}",
        "provider_message_id": str(key),
        "kind": "question",
        "state": "waiting",
        "root": link.root,
        "is_drill": link.is_drill,
        "person": link.person,
        "country": link.country,
        "language": link.language,
        "body": keyring.seal(asked.text, "crisis_text.body"),
        "sent_at": now,
        "received_at": now,
        "due": now + CLOCK,
        "attempts": 0,
        "version": 1,
    }
    await repository.add_text(session, values)
    return AnswerOut(asked=asked.text, answer=None, at=now)
