"""Runs and results as those who may see them are shown them: with every count, every fact's id, and what would lift each criterion."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import Final

from contracts.text import Bilingual, Text
from kit.auth import Caller
from kit.crypto import Keyring
from services.agencies.models import Agency, Classification
from services.agencies.ratings import views as ratings
from services.agencies.ratings.rule_set import RuleSet
from services.agencies.ratings.rules import Result, result_of_document
from services.agencies.ratings.service import rule_set_of
from services.agencies.rules import ClassCode
from services.agencies.runs import rules
from services.agencies.runs.models import Reply, Run
from services.agencies.runs.periods import PERIODS
from services.agencies.runs.repository import FactBehind, Listed
from services.agencies.runs.schemas import FactOut, ReplyOut, ResultOut, ResultRow, RunOut, RunRow
from services.agencies.schemas import GateOut, RuleSetOut

# The columns of what is sealed.
WORDS: Final = "rating_reply.words"
ANSWER: Final = "rating_reply.answer"
# Which kinds of facts are behind what is counted.
BEHIND: Final[Mapping[str, frozenset[str]]] = {
    "upheld": frozenset({"complaint_decided"}),
    "orders_paid": frozenset({"redress_ordered", "redress_paid"}),
    "fees_within_ceiling": frozenset({"fee_charged"}),
    "fees_none": frozenset({"fee_charged"}),
    "contracts_given": frozenset({"contract"}),
    "passports_withheld": frozenset({"passport"}),
    "half_days_to_answer": frozenset({"complaint_answered"}),
    "crisis_answered": frozenset({"crisis_answer"}),
    "inspections_passed": frozenset({"inspection"}),
}


def run_row(run: Run) -> RunRow:
    return RunRow.model_validate(_run(run))


def run_view(run: Run, by_class: Mapping[str, int], caller: Caller) -> RunOut:
    rule_set = rule_set_of(run.rule_set, run.rule_set_version)
    more = {
        "by_class": dict(by_class),
        "known_at": run.known_at,
        "rule_set_hash": run.rule_set_hash,
        "data_hash": run.data_hash,
        "result_hash": run.result_hash,
        "author": run.author,
        "approved_by": run.approved_by,
        "mine": run.author == caller.subject,
        "notice": Bilingual.of(rule_set.notice),
    }
    return RunOut.model_validate(_run(run) | more)


def result_row(listed: Listed, rule_set: RuleSet) -> ResultRow:
    one = listed.rating
    code = ClassCode(one.class_code)
    return ResultRow(
        licence=one.licence,
        name=_name(listed.name_en, listed.name_bn),
        class_=code,
        class_label=Bilingual.of(ratings.class_words(code, rule_set)),
        points=ratings.written(one.points) if one.points is not None else None,
        previous_class=ClassCode(one.previous_class) if one.previous_class is not None else None,
        state=one.state,  # type: ignore[arg-type]  # a check of the table holds it to these words
        held_because=Bilingual.of(rules.HELD_WORDS[one.held_because]) if one.held_because is not None else None,
    )


def result_view(listed: Listed, run: Run, facts: Sequence[FactBehind], replies: Sequence[Reply], keyring: Keyring) -> ResultOut:
    rule_set = rule_set_of(run.rule_set, run.rule_set_version)
    result = result_of_document(listed.rating.result)
    basis = {
        "run": run.id,
        "rule_set": RuleSetOut(name=run.rule_set, version=run.rule_set_version),
        "as_of": run.as_of,
        "reply_until": run.reply_until,
        "replies": [reply_view(one, keyring) for one in replies],
    }
    return ResultOut.model_validate(result_row(listed, rule_set).model_dump(by_alias=False) | _behind(result, rule_set, facts) | basis)


def provisional_view(agency: Agency, current: Classification, facts: Sequence[FactBehind], as_of: date) -> ResultOut:
    """The provisional class in the shape of a run's result: it belongs to none, and there is nothing to reply to."""
    rule_set = rule_set_of(current.rule_set, current.rule_set_version)
    result = result_of_document(current.result)
    return ResultOut.model_validate(
        {
            "licence": agency.licence,
            "name": _name(agency.name_en, agency.name_bn),
            "class_": result.class_code,
            "class_label": Bilingual.of(ratings.class_words(result.class_code, rule_set)),
            "points": ratings.written(result.points) if result.points is not None else None,
            "previous_class": None,
            "state": "draft",
            "held_because": None,
            "run": current.id,
            "rule_set": RuleSetOut(name=current.rule_set, version=current.rule_set_version),
            "as_of": as_of,
            "reply_until": None,
            "replies": [],
        }
        | _behind(result, rule_set, facts)
    )


def reply_view(reply: Reply, keyring: Keyring) -> ReplyOut:
    return ReplyOut(
        id=reply.id,
        words=keyring.open(reply.words, WORDS),
        replied_at=reply.replied_at,
        answer=keyring.open(reply.answer, ANSWER) if reply.answer is not None else None,
        is_accepted=reply.is_accepted,
        answered_at=reply.answered_at,
    )


def _run(run: Run) -> dict[str, object]:
    status = rules.RunStatus(run.status)
    return {
        "id": run.id,
        "version": run.version,
        "status": run.status,
        "status_label": Bilingual.of(rules.RUN_WORDS[status]),
        "rule_set": RuleSetOut(name=run.rule_set, version=run.rule_set_version),
        "as_of": run.as_of,
        "period_from": run.period_from,
        "agencies": run.agencies,
        "narrowed": run.scope is not None,
        "created_at": run.created_at,
        "reply_until": run.reply_until,
        "published_at": run.published_at,
    }


def _behind(result: Result, rule_set: RuleSet, facts: Iterable[FactBehind]) -> dict[str, object]:
    known = list(facts)
    evidence = {
        criterion.code: [_fact(one) for one in known if one.kind in BEHIND.get(criterion.measure.count, frozenset())]
        for criterion in rule_set.criteria
    }
    return {
        "gates": [GateOut.model_validate(gate) for gate in ratings.gates(result, rule_set)],
        "reasons": ratings.reasons(result, rule_set),
        "criteria": ratings.full_criteria(result, rule_set),
        "evidence": {code: found for code, found in evidence.items() if found},
        "notice": Bilingual.of(rule_set.notice),
        "periods": Bilingual.of(PERIODS.notice),
    }


def _fact(one: FactBehind) -> FactOut:
    return FactOut(id=one.id, kind=one.kind, happened_on=one.happened_on, outcome=one.outcome)


def _name(en: str, bn: str | None) -> Bilingual:
    return Bilingual.of(Text(en, bn or en))
