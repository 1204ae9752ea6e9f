"""The sum of people: each stands in one part, and who is lost between two lists shows as a difference."""

from itertools import product

import pytest

from services.crisis.evacuation.rules import NotFromHereError, Part, State, check_move, part_of, reconcile

CHECKINS = [
    None,
    "safe",
    "need_help",
    "injured",
    "detained",
    "trapped",
    "evacuating",
    "left_country",
    "not_in_area",
    "wrong_person",
    "deceased",
]


@pytest.mark.parametrize(
    ("evacuation", "checkin", "part"),
    [
        (None, None, Part.UNREACHED),
        (None, "safe", Part.SAFE),
        (None, "???", Part.HELP),
        (State.UNREACHABLE, None, Part.UNREACHED),
        (State.NO_SHOW, "safe", Part.SAFE),
        (State.HANDED_OVER, "need_help", Part.EVACUATED),
        (State.DECLINED, "safe", Part.DECLINED),
        (State.DECEASED, "safe", Part.DECEASED),
        (State.HOSPITAL, None, Part.INJURED_DETAINED),
        (State.REGISTERED, "safe", Part.ON_EVACUATION),
    ],
)
def test_where_a_person_stands(evacuation: State | None, checkin: str | None, part: Part) -> None:
    assert part_of(evacuation, checkin) is part


@pytest.mark.parametrize(("lost", "beside"), [(0, 0), (3, 0), (0, 7), (2, 7)])
def test_everybody_stands_in_exactly_one_part_and_who_is_lost_shows(lost: int, beside: int) -> None:
    people = list(product([None, *State], CHECKINS))
    found = reconcile(len(people) - beside + lost, people, beside=beside)
    assert sum(found.parts.values()) == len(people)
    assert found.difference == lost


def test_nobody_comes_back_from_the_dead_or_from_home() -> None:
    for gone in (State.DECEASED, State.HANDED_OVER):
        for to in State:
            with pytest.raises(NotFromHereError):
                check_move(gone, to, has_proof=True)
