"""How a message that somebody brings becomes a warning: kept as it came, judged, read; what cannot be read waits for an officer.

The bytes are committed before anybody looks into them: what breaks the reader must not be lost with it.
"""

import hashlib
import logging
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Final, Literal
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from contracts.crisis import MessageStatus
from contracts.text import Text
from kit.auth import Caller
from kit.database import Sessions
from kit.errors import ProblemError, is_connection_loss, place_of
from kit.ids import new_id
from services.crisis.paging import service as paging
from services.crisis.sources import advice, gdacs, repository
from services.crisis.sources.lists import Registry, WarningSource
from services.crisis.sources.models import RawMessage
from services.crisis.sources.rules import NOT_TRUSTED, Trust, tier_of
from services.crisis.sources.signature import verify
from services.crisis.warnings import cap
from services.crisis.warnings.countries import WithoutCountryError
from services.crisis.warnings.rules import IdentityReusedError
from services.crisis.warnings.schemas import AlertOut
from services.crisis.warnings.taking import Arrival, take_alert

log = logging.getLogger(__name__)

BROKE_THE_READER: Final = Text(
    "Reading it failed on our side. The bytes are kept; a developer has to look.",
    "পড়ার সময় আমাদের দিকে ত্রুটি ঘটেছে। বার্তাটি হুবহু রাখা আছে; কারিগরি দলকে দেখতে হবে।",
)


@dataclass(frozen=True, slots=True)
class Brought:
    """What came, how, and the countries that are named beside it."""

    raw: bytes
    content_type: str
    named: Sequence[str]
    transport: Literal["feed", "push"]
    origin_url: str | None = None


async def take_posted(sessions: Sessions, session: AsyncSession, registry: Registry, caller: Caller, arrival: Arrival) -> AlertOut:
    """An officer's paste is refused with what to mend. What a bound partner brings is kept even where it is refused."""
    is_officer = caller.has("wing", "supervisor", "admin")
    source = None if is_officer else registry.bound_to(caller.client_id)
    if source is None:
        return await take_alert(session, caller, replace(arrival, trust=NOT_TRUSTED))
    brought = Brought(arrival.raw, arrival.content_type, arrival.named, "push")
    kept, _ = await keep(sessions, source, brought, caller.subject)
    try:
        # Rolled back to here it lets go of the row, which is marked in a transaction that outlives the refusal.
        async with session.begin_nested():
            return await take_kept(session, registry, source, kept, caller, arrival.named)
    except ProblemError as error:
        await set_aside(sessions, source, kept, error)
        raise


async def keep(sessions: Sessions, source: WarningSource, brought: Brought, by: str) -> tuple[UUID, bool]:
    """In a transaction of its own: the id, and whether it is new. The same bytes of one source are one message, however often they come."""
    row = RawMessage(
        id=new_id(),
        source=source.code,
        transport=brought.transport,
        origin_url=brought.origin_url,
        received_at=datetime.now(UTC),
        received_by=by,
        sha256=hashlib.sha256(brought.raw).digest(),
        raw=brought.raw,
        content_type=brought.content_type,
        named=list(brought.named),
        state="received",
        version=1,
        advice=[],
    )
    async with sessions.begin() as session:
        return await repository.keep(session, row)


async def read_kept(sessions: Sessions, registry: Registry, source: WarningSource, kept: UUID) -> None:
    """What a feed brought, in a transaction of its own; it never raises for what is in the message."""
    try:
        async with sessions.begin() as session:
            await take_kept(session, registry, source, kept, feed_caller(source))
    except ProblemError as error:
        await set_aside(sessions, source, kept, error)
    except Exception as error:
        if is_connection_loss(error):
            raise
        log.error("message %s of %s broke the reader: %s at %s", kept, source.code, type(error).__name__, place_of(error))  # noqa: TRY400 - the text may be a stranger's
        await set_aside(sessions, source, kept, ProblemError(BROKE_THE_READER))


async def take_kept(
    session: AsyncSession, registry: Registry, source: WarningSource, kept: UUID, caller: Caller, named: Sequence[str] | None = None
) -> AlertOut:
    """`named`: countries that are named beside it this time. Raises what `cap`, `countries` and the rules of warnings refuse."""
    row = await repository.locked(session, kept)
    trust = judge(registry, source, row.raw, row.received_at)
    alert = await take_alert(session, caller, Arrival(row.raw, row.content_type, row.named if named is None else named, trust))
    row.signature = trust.signature
    waited = row.state == "quarantined"
    if row.state not in {"taken", "closed"}:
        row.state, row.alert_id, row.version, row.advice = "taken", alert.id, row.version + 1, list(advice.of(row.raw))
    await session.flush()
    if waited:
        await paging.end_of_quarantine(session, row.source, datetime.now(UTC))
    return alert


def judge(registry: Registry, source: WarningSource, raw: bytes, received_at: datetime) -> Trust:
    """Raises what `cap` refuses. The sender must be one of the authority whose source this is; the account alone proves nothing of that."""
    message = cap.parse(raw)
    authority = registry.authority_of(source)
    signature = verify(raw, source.signature, registry.ca_of(source), received_at)
    is_allowed = authority is not None and authority.is_sender(message.identity.sender)
    tier = tier_of(source.signature.policy, signature, is_bound=registry.is_active(source), is_sender_allowed=is_allowed)
    return Trust(tier, source.code, signature, frozenset(authority.jurisdiction if authority and tier else ()))


def _said_to_an_officer(error: ProblemError) -> tuple[str, str]:
    """How a sender adds a country is of no use to whoever reads the message: they choose it on the page."""
    if error.detail is None or isinstance(error, WithoutCountryError):
        return error.title.en, error.title.bn
    return f"{error.title.en} {error.detail.en}", f"{error.title.bn} {error.detail.bn}"


async def set_aside(sessions: Sessions, source: WarningSource, kept: UUID, error: ProblemError) -> None:
    """Quarantined for an officer, who is paged once; a small event out at sea, which GDACS tells of too, is only kept."""
    async with sessions.begin() as session:
        row = await repository.locked(session, kept)
        if row.state not in {"received", "quarantined"}:
            return
        concerns_nobody = isinstance(error, WithoutCountryError) and gdacs.is_green(cap.parse(row.raw))
        is_new = row.state == "received"
        row.state = "set-aside" if concerns_nobody else "quarantined"
        row.problem, row.problem_en, row.problem_bn = error.slug, *_said_to_an_officer(error)
        row.conflicts_with = error.first if isinstance(error, IdentityReusedError) else None
        row.advice, row.version = list(advice.of(row.raw)), row.version + 1
        await session.flush()
        if is_new and not concerns_nobody and not _is_drill(row.raw):
            await paging.of_quarantine(session, kept, source.code, source.countries, datetime.now(UTC))


def _is_drill(raw: bytes) -> bool:
    """What cannot be read may be anything, and is no drill."""
    try:
        return cap.parse(raw).status is not MessageStatus.ACTUAL
    except ProblemError:
        return False


def feed_caller(source: WarningSource) -> Caller:
    """Whoever reads feeds: an act of this service, named after the source."""
    return Caller(
        subject=f"source:{source.code}", username="", client_id="svc-crisis", roles=frozenset({"service"}), countries=frozenset("*")
    )
