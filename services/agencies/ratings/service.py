"""Use cases of the method: the rule sets that are known, and the provisional class of each agency, computed with each new fact."""

from collections.abc import Collection
from datetime import date, datetime
from typing import Any, Final

from sqlalchemy.ext.asyncio import AsyncSession

from contracts.agencies import AgencyClassified
from contracts.days import DHAKA
from kit.ids import new_id
from kit.outbox import emit
from services.agencies import repository as register
from services.agencies.models import Classification
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
    for known in await repository.list_known(session, chosen, today, now, licences):
        standing = standings[known.inputs.licence]
        result = rules.evaluate(known.inputs, chosen, today)
        values = _values(known.inputs, result, chosen, now)
        current = standing.classification
        if current is not None and all(getattr(current, name) == values[name] for name in ("class_code", "rule_set", "rule_set_version")):
            refreshed.append({"id": current.id, **values})
        else:
            await _reclassify(session, standing, values, now)
    await register.refresh_classifications(session, refreshed)


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


async def _reclassify(session: AsyncSession, standing: Standing, values: dict[str, Any], now: datetime) -> None:
    agency, current = standing.agency, standing.classification
    new = Classification(id=new_id(), agency_id=agency.id, since=now, until=None, **values)
    await register.replace_classification(session, current, new)
    before = current.class_code if current else None
    # That nothing is known of a new agency is no classification, and counts for none in the monitor.
    if new.class_code == (before or ClassCode.INSUFFICIENT_DATA.value):
        return
    event = AgencyClassified(
        licence=agency.licence,
        class_code=new.class_code,
        previous_class_code=before,
        rule_set=new.rule_set,
        rule_set_version=new.rule_set_version,
        provisional=True,
        computed_at=now,
    )
    await emit(session, event, subject=agency.id, sequence=await register.next_version(session, agency))
