"""The loop that asks the register of nationals beside the registration, and tells it of confirmed links.

Nobody at a desk waits for it: each call is made outside of any transaction, and what got no answer is asked again. Any number of replicas.
"""

import asyncio
import logging
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Final

from kit.calls import AwayError, Calls, RefusedCallError
from kit.crypto import Keyring
from kit.database import Sessions
from services.reintegration.abroad import clients, repository, rules, service
from services.reintegration.abroad.models import AbroadQuestion
from services.reintegration.matching.rules import Decision

log = logging.getLogger(__name__)

IDLE_S: Final = 1.0


@dataclass(frozen=True, slots=True)
class Asker:
    sessions: Sessions
    keyring: Keyring
    calls: Calls

    async def ask_some(self) -> bool:
        """Whether more wait already: not where the register does not answer. Who came meanwhile is asked about together, a second later."""
        async with self.sessions.begin() as session:
            claimed = await repository.claim_questions(session, clients.MOST, datetime.now(UTC))
        if not claimed:
            return False
        try:
            answered = await self._ask(claimed)
        except RefusedCallError:
            # One of them is refused: told apart by asking for each alone.
            answered = all([await self._ask_one(one) for one in claimed])
        return answered and len(claimed) == clients.MOST

    async def _ask_one(self, claimed: AbroadQuestion) -> bool:
        try:
            return await self._ask([claimed])
        except RefusedCallError as error:
            log.warning("the register refuses the question %s: %s", claimed.returnee_id, error)
            await self._put_off([claimed])
            return True

    async def _ask(self, claimed: Sequence[AbroadQuestion]) -> bool:
        """Raises `RefusedCallError`."""
        async with self.sessions.begin() as session:
            asked = await service.questions_of(session, self.keyring, [one.returnee_id for one in claimed])
        try:
            found = await clients.find_candidates(self.calls, [*asked.values()]) if asked else {}
        except AwayError:
            await self._put_off(claimed)
            return False
        async with self.sessions.begin() as session:
            for one in claimed:
                mark = asked[one.returnee_id]["ask"] if one.returnee_id in asked else ""
                await service.note_answer(session, one, found.get(mark, []), datetime.now(UTC))
        return True

    async def _put_off(self, claimed: Sequence[AbroadQuestion]) -> None:
        async with self.sessions.begin() as session:
            for one in claimed:
                await repository.put_off(session, one, datetime.now(UTC) + rules.pause(one.attempts))

    async def tell_next(self) -> bool:
        """Whether there was one, and it was told."""
        async with self.sessions.begin() as session:
            owing = await repository.claim_word(session, datetime.now(UTC))
        if owing is None:
            return False
        candidate, returnee = owing
        stands = candidate.decision == Decision.SAME
        try:
            await clients.tell_return(
                self.calls, candidate.id, candidate.national, returnee.returned_on, stands=stands, version=candidate.version
            )
        except (AwayError, RefusedCallError) as error:
            log.warning("the register was not told of %s: %s", candidate.id, type(error).__name__)
            async with self.sessions.begin() as session:
                await repository.put_off_word(session, candidate, datetime.now(UTC) + rules.pause(candidate.attempts))
            return False
        async with self.sessions.begin() as session:
            await repository.note_told(session, candidate)
        return True


async def ask_and_tell(state: Mapping[str, Any]) -> None:
    """As long as the process."""
    asker = Asker(state["sessions"], state["keyring"], state["calls"])
    while True:
        if await repository.has_work(asker.sessions, datetime.now(UTC)):
            while await asker.ask_some():
                pass
            while await asker.tell_next():
                pass
        await asyncio.sleep(IDLE_S)
