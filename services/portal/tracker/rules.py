"""How a matter is laid out on its page: the steps of its kind in their order, each with what was told of it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Any

Matter = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Step:
    """`told`: what stands of it, by day. `may_be_told`: a new word on it takes no other's place."""

    code: str
    title: Mapping[str, str]
    told: Sequence[Mapping[str, Any]]
    may_be_told: bool


def steps_of(matter: Matter) -> list[Step]:
    """Also those that the list of the kind no longer has, at the end: what was told stays."""
    known = {one["code"]: one for one in matter["of_kind"]["steps"]}
    told = {code: [one for one in matter["steps"] if one["step"] == code] for code in {one["step"] for one in matter["steps"]}}
    gone = [one for one in matter["steps"] if one["step"] not in known]
    shown = [Step(code, one["title"], told.get(code, []), one["repeats"] or code not in told) for code, one in known.items()]
    return shown + [Step(one["step"], one["title"], [one], may_be_told=False) for one in gone]


def by_kind(matters: Sequence[Matter], kinds: Sequence[Mapping[str, Any]]) -> list[tuple[Mapping[str, Any], list[Matter]]]:
    """In the order of the kinds; a kind without any is left out, one that the list no longer has comes last."""
    order = {one["code"]: place for place, one in enumerate(kinds)}
    ordered = sorted(matters, key=lambda one: (order.get(one["kind"], len(order)), one["kind"]))
    return [
        ({"code": code, "title": (group := list(each))[0]["kind_title"]}, group) for code, each in groupby(ordered, lambda one: one["kind"])
    ]
