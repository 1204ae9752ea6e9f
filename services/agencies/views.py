"""What the public sees of an agency: licensed or not, the class with its reasons, and no count that could point to a person."""

from datetime import date, datetime, time
from typing import Any

from contracts.days import DHAKA
from contracts.text import Bilingual, Text
from services.agencies import rules
from services.agencies.repository import Listed
from services.agencies.rule_set import RuleSet
from services.agencies.schemas import AgencyOut, AgencyRow, RegisteredOut


def row_of(listed: Listed, rule_set: RuleSet, today: date) -> AgencyRow:
    return AgencyRow.model_validate(_row(listed, rule_set, today))


def view_of(listed: Listed, rule_set: RuleSet, today: date) -> AgencyOut:
    return AgencyOut.model_validate(_view(listed, rule_set, today))


def receipt_of(listed: Listed, rule_set: RuleSet, today: date) -> RegisteredOut:
    own = {"id": listed.agency.id, "registered_at": listed.agency.registered_at}
    return RegisteredOut.model_validate(_view(listed, rule_set, today) | own)


def _row(listed: Listed, rule_set: RuleSet, today: date) -> dict[str, Any]:
    agency = listed.agency
    status = rules.licence_today(rules.LicenceStatus(agency.status), agency.valid_until, today)
    licensed = status is rules.LicenceStatus.VALID
    shown = rules.shown_class(rules.ClassCode(listed.classification.class_code), licensed=licensed)
    return {
        "licensed": licensed,
        "status": status,
        "status_label": Bilingual.of(rules.STATUS_WORDS[status]),
        "licence": agency.licence,
        "name": Bilingual.of(Text(agency.name_en, agency.name_bn or agency.name_en)),
        "district": agency.district,
        "valid_until": agency.valid_until,
        "class_": shown,
        "class_label": Bilingual.of(rules.class_words(shown, rule_set)),
    }


def _view(listed: Listed, rule_set: RuleSet, today: date) -> dict[str, Any]:
    computed = listed.classification
    count = rules.shown_count(computed.complaints, rule_set)
    return {
        **_row(listed, rule_set, today),
        "notice": Bilingual.of(rule_set.notice),
        "explanation": {
            "rule_set": {"name": computed.rule_set, "version": computed.rule_set_version},
            "points": computed.points if count is not None else None,
            "since": _beginning_of_day(computed.since),
            "computed_at": _beginning_of_day(computed.computed_at),
            **computed.explanation,
        },
        "complaints": {
            "count": count,
            "fewer_than": rule_set.suppress_below if count is None else None,
            "period_days": rule_set.period_days,
        },
        "deployed_last_year": computed.deployed,
    }


def _beginning_of_day(moment: datetime) -> datetime:
    """A class is computed again with each complaint: its hour would tell the agency when somebody complained, however few did."""
    return datetime.combine(moment.astimezone(DHAKA).date(), time(), DHAKA)
