"""The loop that asks the register whom a warning concerns: found by looking, outside of any transaction, each answer kept once.

A warning is asked for when it waits to be decided (the people in its area may raise its level) and again when it went out.
"""

import logging
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any, Final
from uuid import UUID

from kit.calls import AwayError, Calls, RefusedCallError
from kit.database import Sessions
from kit.pulse import Pulse, wait_for
from services.crisis.exposure import clients, repository, service
from services.crisis.exposure.models import AlertExposure
from services.crisis.exposure.rules import Asked

log = logging.getLogger(__name__)

LOOKS_EVERY_S: Final = 2.0
IDLE_S: Final = 10.0
FIRST_PAUSE_S: Final = 1.0
LONGEST_PAUSE_S: Final = 60.0
# Older ones have had their moment: after an upgrade not all of the past is asked for.
LOOKS_BACK: Final = timedelta(days=2)
AT_ONCE: Final = 20


@dataclass(slots=True)
class Patience:
    """When to try again what the register refused or did not answer; forgotten with the process, which then tries at once."""

    until: dict[tuple[UUID, Asked], tuple[datetime, float]] = field(default_factory=dict)

    def may_try(self, what: tuple[UUID, Asked], now: datetime) -> bool:
        return what not in self.until or self.until[what][0] <= now

    def put_off(self, what: tuple[UUID, Asked], now: datetime) -> None:
        pause = min(self.until[what][1] * 2 if what in self.until else FIRST_PAUSE_S, LONGEST_PAUSE_S)
        self.until[what] = (now + timedelta(seconds=pause), pause)


async def ask_for_all(state: Mapping[str, Any]) -> None:
    """Runs until cancelled; woken by what changes, and looks now and then in any case; soon again where the register did not answer."""
    sessions: Sessions = state["sessions"]
    calls: Calls = state["calls"]
    pulse: Pulse = state["pulse"]
    patience = Patience()
    while True:
        beat = pulse.next_beat
        await ask_once(sessions, calls, patience)
        await wait_for(beat, LOOKS_EVERY_S if patience.until else IDLE_S)


async def ask_once(sessions: Sessions, calls: Calls, patience: Patience) -> None:
    now = datetime.now(UTC)
    async with sessions.begin() as session:
        lacking = await repository.list_unasked(session, now, now - LOOKS_BACK, AT_ONCE + len(patience.until))
    for alert_id, version in lacking:
        if not patience.may_try((alert_id, version), now):
            continue
        try:
            await ask(sessions, calls, alert_id, version)
            patience.until.pop((alert_id, version), None)
        except (AwayError, RefusedCallError) as error:
            log.warning("no figures for warning %s yet: %s", alert_id, error if isinstance(error, RefusedCallError) else "no answer")
            patience.put_off((alert_id, version), now)


async def ask(sessions: Sessions, calls: Calls, alert_id: UUID, version: Asked) -> AlertExposure | None:
    """The figures, asked for now where nobody has yet. None for what is no warning. Raises `AwayError`, `RefusedCallError`."""
    async with sessions.begin() as session:
        if known := await repository.find(session, alert_id, version):
            return known
        question = await service.question_of(session, alert_id, version)
    if question is None:
        return None
    computed = await clients.compute(calls, question)
    async with sessions.begin() as session:
        await service.keep(session, question, computed)
        return await repository.find(session, alert_id, version)
