"""What messages make of one another, whatever the order in which they come. Pure: no clock, no database, no network.

Thirteen rules, each from a message that was really sent (CAP 1.2 §3.2.1 says only that `references` name earlier messages):

R1  The same bytes again are a receipt and nothing else.
R2  Other content under one sender, identifier and time: the first stays, the second is kept beside it and the conflict is shown.
R3  A later Alert of the same sender and identifier is a new version: it replaces without naming.
R4  A message does not act on itself; messages that name each other in a circle do not act on one another.
R5  A Cancel or an Update acts on what it names and on what that had replaced, never on the rest of a chain: what stands unnamed stays.
R6  A Cancel that names nothing takes nothing back: it is set aside for a person, and nobody is told.
R7  What is named before it comes is taken back or replaced when it comes, and never goes out.
R8  An Update that says in every part that it is over, or whose every part had ended when it was sent, ends what it names.
R9  What is no longer in its feed still stands: leaving a list is no word.
R10 Ending by the clock is read off the clock, never written down: so any instant can be looked at again.
R11 A Cancel needs no information.
R12 Warnings of different senders are linked with a score, and never become one.
R13 A drill acts on drills of its kind alone; a message labelled Actual that speaks of a drill waits for a person.

R2 stands in the service, R6 in `cap` and `sources`, R13's second half in `decisions`; the rest is here.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from graphlib import TopologicalSorter
from typing import Final

from shapely import Geometry

from contracts.crisis import MessageStatus, Urgency
from services.crisis.geometry.rules import overlap
from services.crisis.warnings.cap import Identity, Message, MessageType
from services.crisis.warnings.rules import State


@dataclass(frozen=True, slots=True)
class Node:
    """What lineage needs to know of a message.

    `issuer`: the authority whose sender it is, or the sender itself. `by_person`: an officer brought it in, whose countries were checked.
    `vouched`: an officer, or a registered source, stands for it.
    """

    identity: Identity
    status: MessageStatus
    type: MessageType
    ends: bool
    references: frozenset[Identity]
    issuer: str
    by_person: bool
    vouched: bool


@dataclass(frozen=True, slots=True)
class Verdict:
    """`by`: the message that made it so, `rule` the one that did; neither where it stands or is a notice by itself."""

    state: State
    by: Identity | None = None
    rule: str = ""


def verdicts(nodes: Iterable[Node]) -> dict[Identity, Verdict]:
    """The state of each message, from all that are known now. What came when makes no difference (R7)."""
    known = {node.identity: node for node in nodes}
    acting = _acting(known)
    found: dict[Identity, Verdict] = {}
    for identity in TopologicalSorter({target: set(actors) for target, actors in acting.items()}).static_order():
        found[identity] = _verdict(known[identity], [known[actor] for actor in acting[identity]], found)
    return found


def _verdict(own: Node, actors: Collection[Node], found: Mapping[Identity, Verdict]) -> Verdict:
    """R5, R8: who names it directly decides; else it shares what became of those that replaced it, once none of them stands."""
    if own.type is MessageType.CANCEL:
        return Verdict(State.NOTICE)
    last_first = sorted(actors, key=lambda one: one.identity, reverse=True)
    last_first.sort(key=lambda one: one.identity.sent, reverse=True)
    for kind, state, rule in ((_cancels, State.CANCELLED, "R5"), (_ends, State.ENDED, "R8")):
        if by := next((one for one in last_first if kind(one)), None):
            return Verdict(state, by.identity, rule)
    if not last_first:
        return Verdict(State.ENDED, None, "R8") if _ends(own) else Verdict(State.STANDING)
    after = [(one.identity, found[one.identity].state) for one in last_first]
    if all(state in {State.CANCELLED, State.ENDED} for _, state in after):
        state = State.CANCELLED if any(state is State.CANCELLED for _, state in after) else State.ENDED
        return Verdict(state, next(identity for identity, one in after if one is state), "R5")
    by = last_first[0]
    return Verdict(State.SUPERSEDED, by.identity, "R3" if is_new_version(own, by) else "R5")


def _cancels(actor: Node) -> bool:
    return actor.type is MessageType.CANCEL


def _ends(actor: Node) -> bool:
    return actor.type is MessageType.UPDATE and actor.ends


def _acting(known: Mapping[Identity, Node]) -> dict[Identity, list[Identity]]:
    """For each message, those that act on it. A circle can only be of messages sent at one instant: none of its steps counts (R4)."""
    versions: dict[tuple[str, str], list[Node]] = defaultdict(list)
    for node in known.values():
        versions[node.identity.sender, node.identity.identifier].append(node)
    acting: dict[Identity, list[Identity]] = {identity: [] for identity in known}
    for actor in known.values():
        named = [known[one] for one in actor.references if one in known and actor.type is not MessageType.ALERT]
        earlier = [one for one in versions[actor.identity.sender, actor.identity.identifier] if is_new_version(one, actor)]
        for target in {one.identity: one for one in (*named, *earlier)}.values():
            if acts_on(actor, target):
                acting[target.identity].append(actor.identity)
    return {target: [actor for actor in actors if not _is_circle(actor, target, acting)] for target, actors in acting.items()}


def acts_on(actor: Node, target: Node) -> bool:
    """A drill acts on drills of its kind (R13), nothing on itself (R4) or on what was sent after it, and nobody on another's word."""
    is_later = actor.identity != target.identity and actor.identity.sent >= target.identity.sent
    return is_later and actor.status is target.status and may_act_on(actor, target)


def may_act_on(actor: Node, target: Node) -> bool:
    """An officer may; an authority on its own messages. What nobody stands for takes back nothing that somebody stands for."""
    return actor.by_person or (actor.issuer == target.issuer and (actor.vouched or not target.vouched))


def is_new_version(own: Node, other: Node) -> bool:
    """R3: some feeds send a changed warning as an Alert of the same identifier at a later time, naming nothing."""
    same = (own.identity.sender, own.identity.identifier) == (other.identity.sender, other.identity.identifier)
    return same and other.type is MessageType.ALERT and other.identity.sent > own.identity.sent


def _is_circle(actor: Identity, target: Identity, acting: Mapping[Identity, Collection[Identity]]) -> bool:
    """Whether the target acts, over others of the same instant, on what acts on it."""
    if actor.sent != target.sent:
        return False
    waiting, seen = [actor], {actor}
    while waiting:
        for one in acting[waiting.pop()]:
            if one == target:
                return True
            if one.sent == target.sent and one not in seen:
                seen.add(one)
                waiting.append(one)
    return False


def is_over(message: Message) -> bool:
    """R8: of an Update, every part says Past or AllClear, or had ended when it was sent; one part alone may be one place of many."""
    if message.type is not MessageType.UPDATE or not message.infos:
        return False
    said = all(info.urgency is Urgency.PAST or "allclear" in info.responses for info in message.infos)
    return said or all(info.expires is not None and info.expires <= message.identity.sent for info in message.infos)


def in_force(state: State, expires: datetime | None, at: datetime) -> bool:
    """R9, R10: at any instant, from what is written down once; that it left its feed is not asked."""
    return state is State.STANDING and (expires is None or expires > at)


@dataclass(frozen=True, slots=True)
class Sketch:
    """What is compared of two warnings. `ends` is None where none was given. `languages`: primary tags of BCP 47."""

    identity: Identity
    issuer: str
    status: MessageStatus
    hazard: str
    starts: datetime
    ends: datetime | None
    languages: frozenset[str]
    countries: frozenset[str]
    incidents: frozenset[str]
    shape: Geometry | None


@dataclass(frozen=True, slots=True)
class Weights:
    """How much each likeness counts, and from what sum on two warnings are shown as of one event; dated data."""

    hazard: float
    time: float
    area: float
    countries: float
    linked: float
    usual_hours: int
    twin_minutes: int


@dataclass(frozen=True, slots=True)
class Link:
    """`twin`: the same authority's other language edition, not to be pushed a second time."""

    score: float
    twin: bool
    reasons: tuple[str, ...]


INCIDENT: Final = "incident"


def link(one: Sketch, other: Sketch, weights: Weights) -> Link | None:
    """R12: how likely two warnings speak of one event; None below the bound. They are shown beside each other and stay two."""
    if one.status is not other.status or one.identity == other.identity:
        return None
    parts = dict(_likeness(one, other, weights))
    score = 1.0 if INCIDENT in parts else round(sum(parts.values()), 3)
    if score < weights.linked:
        return None
    return Link(score, _is_twin(one, other, weights), tuple(parts))


def _likeness(one: Sketch, other: Sketch, weights: Weights) -> Iterator[tuple[str, float]]:
    if one.incidents & other.incidents:
        yield INCIDENT, 1.0
    if one.hazard and one.hazard == other.hazard:
        yield "hazard", weights.hazard
    if (shared := _shared_time(one, other, weights)) > 0:
        yield "time", weights.time * shared
    if one.shape is not None and other.shape is not None:
        if (common := overlap(one.shape, other.shape)) > 0:
            yield "area", weights.area * common
    elif one.countries & other.countries:
        yield "countries", weights.countries


def _shared_time(one: Sketch, other: Sketch, weights: Weights) -> float:
    """How much of the shorter of both times the other has, 0 to 1."""
    usual = timedelta(hours=weights.usual_hours)
    first, second = (max(sketch.ends or sketch.starts + usual, sketch.starts) for sketch in (one, other))
    shared = min(first, second) - max(one.starts, other.starts)
    shorter = min(first - one.starts, second - other.starts)
    if shorter <= timedelta(0):
        return 1.0 if shared >= timedelta(0) else 0.0
    return max(0.0, min(1.0, shared / shorter))


def _is_twin(one: Sketch, other: Sketch, weights: Weights) -> bool:
    """Arabic and English of one authority often come as two feeds: same danger and countries, no language in common, minutes apart."""
    apart = abs(one.identity.sent - other.identity.sent)
    same = one.issuer == other.issuer and bool(one.hazard) and one.hazard == other.hazard and one.countries == other.countries
    alike = one.shape is None or other.shape is None or overlap(one.shape, other.shape) >= 0.5  # noqa: PLR2004 - the larger part
    return same and alike and apart <= timedelta(minutes=weights.twin_minutes) and not one.languages & other.languages
