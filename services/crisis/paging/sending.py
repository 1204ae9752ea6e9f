"""The loop that sends pages: claimed in one transaction, sent in none, settled in another.

Who carries them, and what an unknown outcome means, is outreach's (`outreach.sending`); a page waits for no bucket, for there are few and
they are why everybody else is warned in time. A page whose outcome nobody knows is asked for by its reference before it is sent again.
"""

import asyncio
import logging
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, Final
from uuid import UUID, uuid5

from contracts.crisis import Severity
from kit.crypto import Keyring, SealError, UnknownKeyError
from kit.database import Sessions
from kit.messengers import Messenger, NeverSeen, NotNowError, Rejected, Sent, UnclearError
from kit.pauses import growing_pause
from kit.pulse import seconds_until, wait_for
from services.crisis.handover.service import MISSIONS
from services.crisis.outreach.lists import MOST_LETTERS_OF_A_COUNTRY, REACH, TEXTS
from services.crisis.paging import repository
from services.crisis.paging.lists import ESCALATION
from services.crisis.paging.repository import Claimed
from services.crisis.paging.rules import Cause

log = logging.getLogger(__name__)

IDLE_S: Final = 5.0
LONGEST_PAUSE: Final = timedelta(seconds=30)
LOST_AFTER: Final = timedelta(seconds=REACH.lost_after_s)


@dataclass(frozen=True, slots=True)
class Line:
    sessions: Sessions
    keyring: Keyring
    messengers: Mapping[str, Messenger]
    public_url: str


def line_of(state: Mapping[str, Any]) -> Line:
    return Line(state["sessions"], state["keyring"], state["carriers"], state["settings"].public_url)


async def send_pages(state: Mapping[str, Any]) -> None:
    """Runs until cancelled; any number of replicas; woken by new pages. Raises when the database goes away: it is started again."""
    line, pulse = line_of(state), state["paging"]
    while True:
        beat = pulse.next_beat
        async with line.sessions.begin() as session:
            due = await repository.next_due(session)
        now = datetime.now(UTC)
        if due is None or due > now or not await send_due(line):
            await wait_for(beat, seconds_until(due, now, IDLE_S))


async def send_due(line: Line) -> int:
    """How many were dealt with."""
    async with line.sessions.begin() as session:
        claimed = await repository.claim(session, datetime.now(UTC), LOST_AFTER)
    settled = await asyncio.gather(*(_deal_with(line, one) for one in claimed))
    for page, values in zip(claimed, settled, strict=True):
        async with line.sessions.begin() as session:
            await repository.settle(session, page.id, values)
    return len(claimed)


def reference_of(page: UUID, channel: str) -> UUID:
    """Ours, the same however often it is tried; another way is another message."""
    return uuid5(page, channel)


async def _deal_with(line: Line, page: Claimed) -> Mapping[str, Any]:
    ways = [one for one in page.channels if one in line.messengers]
    if page.way >= len(ways) or page.phone is None:
        log.error("page %s reaches nobody: %s", page.id, "no way is left" if page.phone else "the shift is forgotten")
        return {"state": "failed", "reason": "no_way_left"}
    channel = ways[page.way]
    try:
        return _judged(page, await _called(line, page, line.messengers[channel], reference_of(page.id, channel)))
    except (SealError, UnknownKeyError) as error:
        log.error("page %s cannot be opened: %s", page.id, type(error).__name__)  # noqa: TRY400 - the trace would add nothing
        return {"state": "failed", "reason": "not_readable"}
    except NotNowError as error:
        again = datetime.now(UTC) + growing_pause(page.attempts, LONGEST_PAUSE)
        return _asked_again(page, error) if page.was_lost else {"state": "queued", "due": again, "reason": str(error)}
    except UnclearError as error:
        return _asked_again(page, error)


async def _called(line: Line, page: Claimed, messenger: Messenger, reference: UUID) -> Sent | Rejected | NeverSeen:
    if page.was_lost:
        return await messenger.outcome(reference)
    to = line.keyring.open(page.phone or b"", "officer_shift.phone")
    return await messenger.send(to, text_of(page, line.public_url), reference)


def _judged(page: Claimed, answer: Sent | Rejected | NeverSeen) -> Mapping[str, Any]:
    now = datetime.now(UTC)
    match answer:
        case Sent(provider_id):
            return {"state": "accepted", "provider_id": provider_id, "handed_at": now, "reason": None}
        case Rejected(reason):
            return {"state": "queued", "way": page.way + 1, "due": now, "reason": reason}
        case NeverSeen():
            return {"state": "queued", "due": now}


def _asked_again(page: Claimed, error: UnclearError) -> Mapping[str, Any]:
    return {"state": "sent", "claimed_until": datetime.now(UTC) + growing_pause(page.attempts, LONGEST_PAUSE), "reason": str(error)}


def text_of(page: Claimed, public_url: str) -> str:
    """Within the budget by construction: the data was judged with the longest values at the start."""
    language, link = page.language, f"{public_url}/wing/rota"
    country = page.countries[0] if page.countries else None
    known = dict(TEXTS.values(page.subject if page.cause == Cause.ALERT else Severity.UNKNOWN, country, link, language))
    # Names of missions differ at their end, where a text has no room: the country says whose duty it is.
    is_of_source = page.cause == Cause.SOURCE or (page.cause == Cause.QUARANTINE and not known["country"])
    place = page.subject if is_of_source else known["country"] or MISSIONS.name_of(page.subject).in_language(language)
    values = known | {"place": place[:MOST_LETTERS_OF_A_COUNTRY]}
    return ESCALATION.texts[Cause(page.cause)].in_language(language).format(**values)
