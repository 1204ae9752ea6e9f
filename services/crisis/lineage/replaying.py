"""Stored messages judged again as of any instant, beside what is written down: an auditor sees whether the same rules still say the same.

It runs in a transaction in which the database allows no write, so that nothing can be sent by it, and keeps a book of its own: what a
message makes of others, which countries it concerns and how it is decided follow from the bytes, from each arrival as it was noted and
from the data in force on that day. What people did (a release, a withholding, the register's figures) are inputs, taken as they are.
"""

import asyncio
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any, Final
from uuid import UUID

import orjson
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from services.crisis.decisions.deciding import Circumstances, decided
from services.crisis.decisions.models import AlertDecision
from services.crisis.decisions.rules import Decision, Inputs, Origin, Outcome
from services.crisis.directory import Sources
from services.crisis.exposure.models import AlertRaise
from services.crisis.lineage import repository
from services.crisis.lineage.judging import Judged, in_own_land, judge, linked, linking_on, node_of
from services.crisis.lineage.repository import Arrived, Stored
from services.crisis.lineage.rules import Node, Sketch, verdicts
from services.crisis.lineage.schemas import DifferenceOut, ReplayOut
from services.crisis.lineage.service import COMPARED_AT_MOST
from services.crisis.warnings import reading
from services.crisis.warnings.cap import Identity
from services.crisis.warnings.models import MessageReceipt
from services.crisis.warnings.rules import State

READ_AT_ONCE: Final = 500
MOST_ARRIVALS: Final = 20_000
DIFFERENCES_SHOWN: Final = 100
# A warning that was there before its steps were written down: how it was taken in is not known.
UNKNOWN_START: Final = "as it was"


@dataclass(slots=True)
class Made:
    inputs: Inputs
    rule_version: str
    decision: Decision


@dataclass(slots=True)
class Played:
    """A message as the replay has it. `lapsed`: it stood and did no longer, so that its decision was closed."""

    id: UUID
    judged: Judged
    node: Node
    tier: int
    state: State = State.STANDING
    made: Made | None = None
    lapsed: bool = False


@dataclass(slots=True)
class Book:
    """All that has arrived so far, found by identity, by what is named and by identifier."""

    sources: Sources
    stored: dict[UUID, Stored] = field(default_factory=dict)
    by_id: dict[UUID, Played] = field(default_factory=dict)
    by_identity: dict[Identity, Played] = field(default_factory=dict)
    naming: dict[Identity, list[Identity]] = field(default_factory=lambda: defaultdict(list))
    versions: dict[tuple[str, str], list[Identity]] = field(default_factory=lambda: defaultdict(list))
    arrivals: int = 0

    def play(self, arrivals: Iterable[Arrived]) -> None:
        for one in arrivals:
            self.arrivals += 1
            known = self.by_id.get(one.receipt.alert_id)
            if known is None:
                self._new(one)
            elif one.receipt.tier > known.tier:
                self._trust_more(known, one.receipt)

    def _new(self, arrived: Arrived) -> None:
        receipt, message = arrived.receipt, reading.read(arrived.raw)
        named = [self.by_identity[one] for one in message.references if one in self.by_identity]
        inherited = {country for one in named for country in one.judged.concern.countries}
        judged = judge(message, tuple(receipt.named), inherited, self.sources, receipt.received_at.date())
        node = node_of(judged, by_person=receipt.by_person, vouched=receipt.tier > 0)
        own = Played(receipt.alert_id, judged, node, receipt.tier)
        self._enter(own)
        self._settle(own)
        if own.state is State.STANDING or (own.state is State.ENDED and own.node.ends):
            origin = Origin.OFFICER if receipt.by_person else Origin.OFFICIAL if receipt.tier else Origin.UNREGISTERED
            own.made = self._decide(own, origin, receipt)

    def _trust_more(self, own: Played, receipt: MessageReceipt) -> None:
        own.tier, own.node = receipt.tier, replace(own.node, vouched=True)
        self._settle(own)
        if own.state is State.STANDING and self._is_open(own, receipt.received_at):
            own.made, own.lapsed = self._decide(own, Origin.OFFICIAL, receipt), False

    def _is_open(self, own: Played, now: datetime) -> bool:
        if own.made is None or own.lapsed:
            return True
        stored = self._decision(own)
        by_person = stored is not None and stored.decided_by is not None and stored.decided_at is not None and stored.decided_at <= now
        return own.made.decision.outcome in {Outcome.WAITS, Outcome.LOGGED} and not by_person

    def _enter(self, own: Played) -> None:
        identity = own.node.identity
        self.by_id[own.id] = self.by_identity[identity] = own
        self.versions[identity.sender, identity.identifier].append(identity)
        for one in own.node.references:
            self.naming[one].append(identity)

    def _settle(self, start: Played) -> None:
        part, waiting = {start.node.identity}, [start.node.identity]
        while waiting:
            one = self.by_identity[waiting.pop()].node
            near = (*one.references, *self.naming[one.identity], *self.versions[one.identity.sender, one.identity.identifier])
            fresh = {other for other in near if other in self.by_identity} - part
            part |= fresh
            waiting += fresh
        for identity, verdict in verdicts(self.by_identity[one].node for one in part).items():
            own = self.by_identity[identity]
            own.lapsed = own.lapsed or (own.made is not None and own.state is State.STANDING and verdict.state is not State.STANDING)
            own.state = verdict.state

    def _decide(self, own: Played, origin: Origin, receipt: MessageReceipt) -> Made:
        countries, shape = own.judged.concern.countries, own.judged.footprint.shape
        is_own_land = in_own_land(countries, shape, receipt.jurisdiction)
        circumstances = Circumstances(origin, receipt.tier, is_own_land, self._twin_level(own, receipt.received_at))
        inputs, matrix, decision = decided(own.judged.message, circumstances, receipt.received_at)
        return Made(inputs, matrix.version, decision)

    def _twin_level(self, own: Played, now: datetime) -> int | None:
        sketch = own.judged.sketch
        if own.state is not State.STANDING or not sketch.countries:
            return None
        linking = linking_on(now.date())
        near = [one for one in self.by_id.values() if _is_comparable(own, one, timedelta(hours=linking.look_back_hours))]
        near.sort(key=lambda one: (abs(one.node.identity.sent - sketch.identity.sent), one.id))
        others: list[tuple[Sketch, int | None]] = [(one.judged.sketch, self._level_out(one, now)) for one in near[:COMPARED_AT_MOST]]
        return linked(own.judged, others, linking.weights)[1]

    def _level_out(self, one: Played, now: datetime) -> int | None:
        stored, raised = self._decision(one), self.stored[one.id].raised if one.id in self.stored else None
        is_released = (
            stored is not None and stored.outcome == Outcome.RELEASED and stored.decided_at is not None and stored.decided_at <= now
        )
        is_raised = raised is not None and raised.made_at <= now
        if one.made is None or not (one.made.decision.due is not None or is_released):
            return None
        return raised.to_level if is_raised and raised is not None else one.made.decision.level

    def _decision(self, one: Played) -> AlertDecision | None:
        return self.stored[one.id].decision if one.id in self.stored else None


def _is_comparable(own: Played, other: Played, reach: timedelta) -> bool:
    one, two = own.judged.sketch, other.judged.sketch
    same = other.id != own.id and other.state is State.STANDING and one.status is two.status
    return same and bool(one.countries & two.countries) and abs(one.starts - two.starts) <= reach


async def replay(session: AsyncSession, at: datetime, sources: Sources) -> ReplayOut:
    """Judges anew all that had arrived by `at`, oldest first, at most `MOST_ARRIVALS`; the arithmetic runs beside the loop."""
    await session.execute(text("set transaction read only"))
    book = Book(sources)
    after: tuple[datetime, UUID] | None = None
    while book.arrivals < MOST_ARRIVALS:
        arrivals = await repository.list_arrivals(session, at, after, READ_AT_ONCE)
        book.stored |= await repository.list_stored(session, {one.receipt.alert_id for one in arrivals}, at)
        await asyncio.to_thread(book.play, arrivals)
        if len(arrivals) < READ_AT_ONCE:
            after = None
            break
        after = (arrivals[-1].receipt.received_at, arrivals[-1].receipt.id)
    compared = [one for one in book.by_id.values() if book.stored[one.id].first_rule != UNKNOWN_START]
    differences = [found for one in compared for found in differ(one, book.stored[one.id])]
    return ReplayOut(
        at=at,
        arrivals=book.arrivals,
        warnings=len(book.by_id),
        compared=len(compared),
        decisions=sum(one.made is not None for one in compared),
        complete=after is None,
        differing=len(differences),
        differences=differences[:DIFFERENCES_SHOWN],
    )


def differ(own: Played, stored: Stored) -> list[DifferenceOut]:
    """A decision that was made again later, by more trust than there was at that instant, is not compared."""
    pairs: dict[str, tuple[Any, Any]] = {
        "state": (stored.state, own.state.value),
        "countries": (sorted(stored.countries), sorted(own.judged.concern.countries)),
        "evidence": (stored.alert.evidence, own.judged.concern.evidence.value),
        "decided": (stored.decision is not None, own.made is not None),
    }
    if stored.decision is not None and own.made is not None and stored.decision.inputs.get("trust_tier") == own.tier:
        pairs |= _decisions(stored.decision, stored.raised, own.made)
    return [
        DifferenceOut(alert=own.id, what=what, written_down=written, judged_anew=anew)
        for what, (written, anew) in pairs.items()
        if written != anew
    ]


def _decisions(stored: AlertDecision, raised: AlertRaise | None, made: Made) -> Mapping[str, tuple[Any, Any]]:
    anew = made.decision
    pairs: dict[str, tuple[Any, Any]] = {
        "level": (raised.from_level if raised else stored.level, anew.level),
        "moment": (stored.moment, anew.moment),
        "rule_version": (stored.rule_version, made.rule_version),
        "inputs": (stored.inputs, orjson.loads(orjson.dumps(asdict(made.inputs)))),
    }
    if raised is None:
        pairs["reasons"] = (list(stored.reasons), [one.value for one in anew.reasons])
        pairs["due"] = (_text(stored.due), _text(anew.due))
    return pairs


def _text(at: datetime | None) -> str | None:
    return at.isoformat() if at else None
