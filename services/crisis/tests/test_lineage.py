"""The rules of lineage on messages of the project's own: each named rule, and that no order of arrival changes what they come to."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import permutations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contracts.crisis import MessageStatus
from services.crisis.geometry.rules import around
from services.crisis.lineage import rules
from services.crisis.lineage.judging import LINKING
from services.crisis.lineage.rules import Node, Sketch, Verdict, verdicts
from services.crisis.warnings.cap import Identity, MessageType, parse
from services.crisis.warnings.rules import State

Cap = Callable[..., bytes]
NOON = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)


def message(  # noqa: PLR0913 - what a message may differ in
    name: str,
    minute: int = 0,
    kind: MessageType = MessageType.ALERT,
    *,
    names: Iterable[Node] = (),
    ends: bool = False,
    issuer: str = "met",
    status: MessageStatus = MessageStatus.ACTUAL,
    by_person: bool = False,
    vouched: bool = True,
) -> Node:
    identity = Identity(f"{issuer}@test", name, NOON + timedelta(minutes=minute))
    return Node(identity, status, kind, ends, frozenset(one.identity for one in names), issuer, by_person, vouched)


def update(name: str, minute: int, *names: Node, **more: object) -> Node:
    return replace(message(name, minute, MessageType.UPDATE, names=names), **more)  # type: ignore[arg-type]


def cancel(name: str, minute: int, *names: Node, **more: object) -> Node:
    return replace(message(name, minute, MessageType.CANCEL, names=names), **more)  # type: ignore[arg-type]


def states(*nodes: Node) -> list[State]:
    found = verdicts(nodes)
    return [found[one.identity].state for one in nodes]


A = message("a")
B = message("b", 1)


class TestR3NewVersion:
    def test_a_later_alert_of_the_same_identifier_replaces_without_naming(self) -> None:
        again = message("a", 5)
        assert states(A, again) == [State.SUPERSEDED, State.STANDING]
        assert verdicts([A, again])[A.identity] == Verdict(State.SUPERSEDED, again.identity, "R3")

    def test_another_senders_same_identifier_does_not(self) -> None:
        assert states(A, message("a", 5, issuer="other")) == [State.STANDING, State.STANDING]

    def test_a_cancel_of_the_last_version_takes_back_all_that_it_had_replaced(self) -> None:
        second, third = message("a", 1), message("a", 2)
        assert states(A, second, third, cancel("c", 3, third))[:3] == [State.CANCELLED] * 3


class TestR4Circles:
    def test_a_message_does_not_act_on_itself(self, cap: Cap) -> None:
        """Macau's feed names each message in its own references."""
        one = update("u", 0)
        assert states(replace(one, references=frozenset({one.identity}))) == [State.STANDING]
        sent = "2026-11-20T10:00:00+00:00"
        assert (
            parse(cap(msgType="Update", sender="s@t.test", identifier="i", sent=sent, references=f"s@t.test,i,{sent}")).references
            == frozenset()
        )

    def test_two_of_one_instant_that_name_each_other_do_not_act_on_one_another(self) -> None:
        one, two = update("u", 0), update("v", 0)
        one, two = replace(one, references=frozenset({two.identity})), replace(two, references=frozenset({one.identity}))
        assert states(one, two) == [State.STANDING, State.STANDING]

    def test_nor_do_three_in_a_ring_while_what_hangs_on_it_is_still_acted_on(self) -> None:
        one, two, three = update("u", 0), update("v", 0), update("w", 0)
        ring = [replace(own, references=frozenset({named.identity})) for own, named in ((one, two), (two, three), (three, one))]
        ring[0] = replace(ring[0], references=ring[0].references | {A.identity})
        assert states(*ring, A) == [State.STANDING] * 3 + [State.SUPERSEDED]

    def test_at_different_instants_only_the_later_acts(self) -> None:
        one, two = update("u", 0), update("v", 1)
        one, two = replace(one, references=frozenset({two.identity})), replace(two, references=frozenset({one.identity}))
        assert states(one, two) == [State.SUPERSEDED, State.STANDING]


class TestR5WhatIsNamed:
    def test_a_cancel_leaves_standing_what_it_does_not_name(self) -> None:
        """One design marks a whole chain cancelled by any Cancel in it: a partial one then silences what goes on."""
        first = update("u", 2, A)
        second = update("v", 2, A)
        assert states(A, first, second, cancel("c", 3, first)) == [State.SUPERSEDED, State.CANCELLED, State.STANDING, State.NOTICE]

    def test_a_cancel_of_an_old_message_leaves_its_successor_standing(self) -> None:
        """The successor is the head, and is not named."""
        assert states(A, update("u", 2, A), cancel("c", 3, A))[:2] == [State.CANCELLED, State.STANDING]

    def test_it_takes_back_what_the_named_one_had_replaced(self) -> None:
        first = update("u", 1, A)
        second = update("v", 2, first)
        assert states(A, first, second, cancel("c", 3, second))[:3] == [State.CANCELLED] * 3

    def test_an_update_after_the_cancel_stands(self) -> None:
        first = update("u", 1, A)
        assert states(A, first, cancel("c", 2, first), update("v", 3, first)) == [
            State.CANCELLED,
            State.CANCELLED,
            State.NOTICE,
            State.STANDING,
        ]

    def test_nothing_acts_on_what_was_sent_after_it(self) -> None:
        assert states(B, cancel("c", 0, B))[0] is State.STANDING

    def test_another_authority_takes_nothing_back(self) -> None:
        assert states(A, cancel("c", 5, A, issuer="other"))[0] is State.STANDING

    def test_an_officer_does(self) -> None:
        assert states(A, cancel("c", 5, A, issuer="dhaka", by_person=True))[0] is State.CANCELLED

    def test_what_nobody_vouches_for_takes_back_nothing_that_somebody_does(self) -> None:
        """Anybody can write a sender's name into a Cancel."""
        doubtful = replace(A, vouched=False)
        assert states(A, cancel("c", 5, A, vouched=False))[0] is State.STANDING
        assert states(doubtful, cancel("c", 5, doubtful, vouched=False))[0] is State.CANCELLED


class TestR7Tombstones:
    @pytest.mark.parametrize("order", list(permutations(range(3))))
    def test_what_came_first_makes_no_difference(self, order: Sequence[int]) -> None:
        first = update("u", 1, A)
        chain = [A, first, cancel("c", 2, first)]
        found = verdicts(chain[place] for place in order)
        assert [found[one.identity].state for one in chain] == [State.CANCELLED, State.CANCELLED, State.NOTICE]


class TestR8Over:
    def test_an_update_that_says_it_is_over_ends_what_it_names(self) -> None:
        assert states(A, B, update("u", 2, A, ends=True)) == [State.ENDED, State.STANDING, State.ENDED]

    def test_it_may_flare_up_again(self) -> None:
        over = update("u", 2, A, ends=True)
        assert states(A, over, update("v", 3, over)) == [State.ENDED, State.SUPERSEDED, State.STANDING]

    @pytest.mark.parametrize(
        ("fields", "over"),
        [
            ({"urgency": "Past"}, True),
            ({"expires": "2026-11-20T09:00:00+00:00"}, True),
            ({"expires": "2026-11-20T11:00:00+00:00"}, False),
            ({}, False),
        ],
    )
    def test_says_so_by_its_urgency_or_its_end(self, cap: Cap, fields: dict[str, str], *, over: bool) -> None:
        raw = cap(msgType="Update", sent="2026-11-20T10:00:00+00:00", references="a@b.test,x,2026-11-20T09:00:00Z", **fields)
        assert rules.is_over(parse(raw)) is over

    def test_one_part_that_goes_on_keeps_it(self, cap: Cap, info: Callable[..., str]) -> None:
        raw = cap(msgType="Update", references="a@b.test,x,2026-11-01T00:00:00Z", infos=info(urgency="Past") + info(urgency="Expected"))
        assert not rules.is_over(parse(raw))

    def test_an_alert_of_something_past_ends_nothing(self, cap: Cap) -> None:
        """GDACS calls every event Past, in an Alert."""
        assert not rules.is_over(parse(cap(urgency="Past")))


class TestR10Expiry:
    def test_is_read_off_the_clock_of_whoever_asks(self) -> None:
        end = NOON + timedelta(hours=1)
        assert [rules.in_force(State.STANDING, end, at) for at in (NOON, end - timedelta(seconds=1), end)] == [True, True, False]
        assert not rules.in_force(State.CANCELLED, None, NOON)


class TestR13Drills:
    def test_a_drill_acts_on_drills_of_its_kind_alone(self) -> None:
        drill = replace(A, status=MessageStatus.EXERCISE)
        test = cancel("c", 5, A, status=MessageStatus.TEST)
        assert states(A, test)[0] is State.STANDING
        assert states(drill, test)[0] is State.STANDING
        assert states(drill, cancel("c", 5, A, status=MessageStatus.EXERCISE))[0] is State.CANCELLED


@st.composite
def worlds(draw: st.DrawFn) -> list[Node]:
    """Messages that name each other at will, forwards, backwards, in circles, under equal identifiers, in drills and by strangers."""
    number = draw(st.integers(1, 8))
    bare = [
        message(
            draw(st.sampled_from("abc")) + ("" if draw(st.booleans()) else str(place)),
            draw(st.integers(0, 3)),
            draw(st.sampled_from(MessageType)),
            ends=draw(st.booleans()),
            issuer=draw(st.sampled_from(["met", "other"])),
            status=draw(st.sampled_from([MessageStatus.ACTUAL, MessageStatus.ACTUAL, MessageStatus.TEST])),
            by_person=draw(st.booleans()),
            vouched=draw(st.booleans()),
        )
        for place in range(number)
    ]
    unique = list({one.identity: one for one in bare}.values())
    return [
        replace(one, references=frozenset(draw(st.sets(st.sampled_from([other.identity for other in unique]), max_size=3))))
        for one in unique
    ]


def together(nodes: Sequence[Node], start: Node) -> list[Node]:
    """What the repository's statement finds: over references both ways, and equal identifiers."""
    part = [start]
    for own in part:
        for one in nodes:
            same = (one.identity.sender, one.identity.identifier) == (own.identity.sender, own.identity.identifier)
            if one not in part and (same or one.identity in own.references or own.identity in one.references):
                part.append(one)
    return part


class TestAnyOrder:
    @given(worlds(), st.randoms())
    def test_arriving_one_by_one_in_any_order_comes_to_the_same(self, world: list[Node], random: object) -> None:
        """As it is done: at each arrival only what hangs together with it is looked at again."""
        random.shuffle(world)  # type: ignore[attr-defined]
        known: list[Node] = []
        kept: dict[Identity, Verdict] = {}
        for node in world:
            known.append(node)
            kept |= verdicts(together(known, node))
        assert kept == verdicts(world)

    @given(worlds())
    def test_real_messages_never_depend_on_drills(self, world: list[Node]) -> None:
        real = [one for one in world if one.status is MessageStatus.ACTUAL]
        whole = verdicts(world)
        assert verdicts(real) == {one.identity: whole[one.identity] for one in real}

    @given(worlds())
    def test_only_what_is_named_or_was_replaced_by_it_is_touched(self, world: list[Node]) -> None:
        named = {one for node in world for one in node.references}
        versions = {(one.identity.sender, one.identity.identifier, one.identity.sent) for one in world}
        for identity, verdict in verdicts(world).items():
            later = any((identity.sender, identity.identifier) == one[:2] and one[2] > identity.sent for one in versions)
            if identity not in named and not later:
                assert verdict.by is None


LEBANON = around(35.8, 33.9, 60)
SKETCH = Sketch(
    identity=Identity("met@test", "a", NOON),
    issuer="met",
    status=MessageStatus.ACTUAL,
    hazard="flood",
    starts=NOON,
    ends=NOON + timedelta(hours=6),
    languages=frozenset({"en"}),
    countries=frozenset({"LB"}),
    incidents=frozenset(),
    shape=LEBANON,
)
WEIGHTS = LINKING[0].weights


def other(**changed: object) -> Sketch:
    return replace(SKETCH, identity=Identity("else@test", "x", NOON + timedelta(minutes=5)), **changed)  # type: ignore[arg-type]


class TestR12Links:
    def test_two_sources_of_one_event_are_linked_and_no_twins(self) -> None:
        made = rules.link(SKETCH, other(issuer="gdacs"), WEIGHTS)
        assert made is not None
        assert (made.score, made.twin, made.reasons) == (1.0, False, ("hazard", "time", "area"))

    def test_arabic_and_english_of_one_authority_are_twins(self) -> None:
        made = rules.link(SKETCH, other(languages=frozenset({"ar"})), WEIGHTS)
        assert made is not None
        assert made.twin

    @pytest.mark.parametrize(
        "changed",
        [
            {"languages": frozenset({"ar"}), "issuer": "other"},
            {"languages": frozenset({"ar", "en"})},
            {"languages": frozenset({"ar"}), "identity": Identity("met@test", "late", NOON + timedelta(hours=3))},
            {"languages": frozenset({"ar"}), "countries": frozenset({"LB", "SY"})},
            {"languages": frozenset({"ar"}), "shape": around(35.9, 34.6, 60)},
        ],
    )
    def test_nothing_else_is(self, changed: dict[str, object]) -> None:
        made = rules.link(SKETCH, other(**changed) if "identity" not in changed else replace(SKETCH, **changed), WEIGHTS)  # type: ignore[arg-type]
        assert made is None or not made.twin

    @pytest.mark.parametrize(
        "changed",
        [
            {"hazard": "heat"},
            {"starts": NOON + timedelta(days=2), "ends": NOON + timedelta(days=3)},
            {"shape": around(50, 20, 60)},
            {"status": MessageStatus.TEST},
        ],
    )
    def test_what_has_too_little_in_common_is_not_linked(self, changed: dict[str, object]) -> None:
        assert rules.link(SKETCH, other(issuer="gdacs", **changed), WEIGHTS) is None

    def test_a_common_incident_is_enough(self) -> None:
        made = rules.link(
            replace(SKETCH, incidents=frozenset({"FL-2026-000123-LBN"})),
            other(hazard="", incidents=frozenset({"FL-2026-000123-LBN"}), starts=NOON + timedelta(days=2), ends=None, shape=None),
            WEIGHTS,
        )
        assert made is not None
        assert made.score == 1.0

    @given(st.sampled_from([None, LEBANON, around(36, 34, 90)]), st.integers(-100, 100), st.integers(0, 50))
    def test_is_the_same_seen_from_either_side(self, shape: object, hours: int, lasting: int) -> None:
        one = other(shape=shape, starts=NOON + timedelta(hours=hours), ends=NOON + timedelta(hours=hours + lasting))
        assert rules.link(SKETCH, one, WEIGHTS) == rules.link(one, SKETCH, WEIGHTS)
