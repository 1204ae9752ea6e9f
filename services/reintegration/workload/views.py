"""Counts with the words of their codes."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Final

from contracts.text import Bilingual
from services.reintegration.casework.instrument import PROCEDURE
from services.reintegration.casework.rules import STEP_WORDS, Step
from services.reintegration.lists import choice
from services.reintegration.referrals.helps import HELPS
from services.reintegration.referrals.rules import State
from services.reintegration.schemas import LISTS
from services.reintegration.workload.schemas import CountOut, HelpOut, StepOut

ARRIVALS: Final = ("month", "country", "sex", "age_band", "reason")


def arrivals_of(rows: Iterable[Any]) -> dict[str, Any]:
    counts: dict[str, list[tuple[str, int]]] = defaultdict(list)
    for *values, returnees in rows:
        name, value = next((name, value) for name, value in zip(ARRIVALS, values, strict=True) if value is not None)
        counts[name].append((value, returnees))
    words = {code: Bilingual.of(choice(LISTS.reasons, code).words) for code, _ in counts["reason"]}
    return {
        "registered": sum(returnees for _, returnees in counts["sex"]),
        "months": [CountOut(code=code, count=count) for code, count in sorted(counts["month"])],
        "countries": _most(counts["country"]),
        "sexes": _most(counts["sex"]),
        "age_bands": _most(counts["age_band"]),
        "reasons": _most(counts["reason"], words),
    }


def steps_of(counts: Mapping[Step, int]) -> list[StepOut]:
    return [StepOut(step=step, label=Bilingual.of(STEP_WORDS[step]), cases=cases) for step, cases in counts.items()]


def closed_of(rows: Iterable[Any]) -> list[CountOut]:
    counts = [(reason or "other", cases) for reason, cases in rows]
    return _most(counts, {code: Bilingual.of(choice(PROCEDURE.closing_reasons, code).words) for code, _ in counts})


def helps_of(sent: Iterable[Any], given: Iterable[Any]) -> list[HelpOut]:
    """In the order of the list of helps, without those that nobody asked for and nobody gives."""
    counts: dict[str, dict[str, int]] = defaultdict(lambda: defaultdict(int))
    for code, state, confirmed, referrals in sent:
        counts[code]["sent"] += referrals
        counts[code]["under_way"] += referrals * (state in {State.SENT, State.ACCEPTED, State.DELIVERED})
        counts[code]["declined"] += referrals * (state in {State.DECLINED, State.RETURNED})
        counts[code]["came"] += referrals * (confirmed in {"came", "partly"})
        counts[code]["did_not_come"] += referrals * (confirmed == "did_not_come")
    bodies = {code: (count, places) for code, count, places in given}
    names = ("sent", "under_way", "declined", "came", "did_not_come")
    return [
        HelpOut(
            code=one.code,
            label=Bilingual.of(one.words),
            **{name: counts[one.code][name] for name in names},
            bodies=bodies.get(one.code, (0, None))[0],
            places=bodies.get(one.code, (0, None))[1],
        )
        for one in HELPS.helps
        if one.code in counts or one.code in bodies
    ]


def _most(counts: Sequence[tuple[str, int]], words: Mapping[str, Bilingual] | None = None) -> list[CountOut]:
    ordered = sorted(counts, key=lambda one: (-one[1], one[0]))
    return [CountOut(code=code, label=words.get(code) if words else None, count=count) for code, count in ordered]
