"""Use cases of the method: the rule sets that are known, and the provisional class of each agency, computed with each new fact."""

from collections.abc import Collection, Sequence
from datetime import date, datetime
from typing import Any, Final

from sqlalchemy.ext.asyncio import AsyncSession

from contracts.agencies import AgencyClassified
from contracts.days import DHAKA
from kit.ids import new_id
from kit.outbox import ADD, outbox_row
from services.agencies.ratings import repository, rule_set, rules
from services.agencies.ratings.repository import Standing
from services.agencies.ratings.rule_set import PartialRuleSet, RuleSet
from services.agencies.rules import ClassCode

RULE_SETS: Final = rule_set.load()


def find_rule_set(reference: str) -> RuleSet | PartialRuleSet:
    """`name@version`. Raises `UnknownRuleSetError`."""
    found = RULE_SETS.find(reference)
    if found is None:
        raise rules.UnknownRuleSetError
    return found


def find_whole(reference: str) -> RuleSet:
    """Raises `UnknownRuleSetError`, `IncompleteRuleSetError`."""
    found = find_rule_set(reference)
    if isinstance(found, PartialRuleSet):
        raise rules.IncompleteRuleSetError
    return found


def rule_set_of(name: str, version: str) -> RuleSet:
    """That of a stored result: its file stays as long as the result."""
    return find_whole(f"{name}@{version}")


def in_force(today: date) -> RuleSet:
    return RULE_SETS.in_force(today)


async def compute_provisional(session: AsyncSession, now: datetime, licences: Collection[str] | None) -> None:
    """The class of these agencies, or of all, on what is known now, by the rule set in force. Nobody has confirmed it.

    Called while holding `repository.one_at_a_time`. Tells of a class only when it is another than before.
    """
    today = now.astimezone(DHAKA).date()
    chosen = in_force(today)
    standings = await repository.list_standings(session, licences)
    refreshed: list[dict[str, Any]] = []
    changed: list[tuple[Standing, dict[str, Any]]] = []
    for known in await repository.list_known(session, chosen, today, now, licences):
        standing = standings[known.inputs.licence]
        values = _values(known.inputs, rules.evaluate(known.inputs, chosen, today), chosen, now)
        current = standing.classification
        if current is not None and all(getattr(current, name) == values[name] for name in ("class_code", "rule_set", "rule_set_version")):
            refreshed.append({"id": current.id, **values})
        else:
            changed.append((standing, values))
    await repository.refresh(session, refreshed)
    await repository.replace(session, [(standing.classification, _new(standing, values, now)) for standing, values in changed])
    await _tell(session, changed, now)


def _values(inputs: rules.Inputs, result: rules.Result, chosen: RuleSet, now: datetime) -> dict[str, Any]:
    return {
        "rule_set": chosen.name,
        "rule_set_version": chosen.version,
        "class_code": result.class_code.value,
        "points": None if result.points is None else result.points // rule_set.HUNDREDTHS,
        "complaints": inputs.count("upheld"),
        "deployed": inputs.deployed,
        "inputs": rules.input_document(inputs, chosen),
        "result": rules.result_document(result),
        "computed_at": now,
    }


def _new(standing: Standing, values: dict[str, Any], now: datetime) -> dict[str, Any]:
    return {"id": new_id(), "agency_id": standing.agency.id, "since": now, "until": None, **values}


async def _tell(session: AsyncSession, changed: Sequence[tuple[Standing, dict[str, Any]]], now: datetime) -> None:
    """That nothing is known of a new agency is no classification, and counts for none in the monitor."""
    silent = ClassCode.INSUFFICIENT_DATA.value
    news = [
        (standing, values, before)
        for standing, values in changed
        if values["class_code"] != ((before := standing.classification.class_code if standing.classification else None) or silent)
    ]
    if not news:
        return
    versions = await repository.next_versions(session, [standing.agency.id for standing, _, _ in news])
    rows = [
        outbox_row(_event(standing, values, before, now), subject=standing.agency.id, sequence=versions[standing.agency.id])
        for standing, values, before in news
    ]
    await session.execute(ADD, rows)


def _event(standing: Standing, values: dict[str, Any], before: str | None, now: datetime) -> AgencyClassified:
    return AgencyClassified(
        licence=standing.agency.licence,
        class_code=values["class_code"],
        previous_class_code=before,
        rule_set=values["rule_set"],
        rule_set_version=values["rule_set_version"],
        provisional=True,
        computed_at=now,
    )
