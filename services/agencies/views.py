"""What the public sees of an agency: licensed or not, the class with its reasons, and no count that could point to a person."""

from datetime import date, datetime, time
from typing import Any

from contracts.days import DHAKA
from contracts.text import Bilingual, Text
from services.agencies import rules
from services.agencies.models import Classification
from services.agencies.ratings import views as ratings
from services.agencies.ratings.rules import Result, period, result_of_document
from services.agencies.ratings.service import rule_set_of
from services.agencies.repository import Listed
from services.agencies.runs.models import Published
from services.agencies.schemas import AgencyOut, AgencyRow, PublishedOut, RegisteredOut

RUNS = "/v1/agencies/ratings/runs"
CLASSES = "/v1/agencies/ratings/classes"


def row_of(listed: Listed, today: date) -> AgencyRow:
    return AgencyRow.model_validate(_row(listed, today))


def view_of(listed: Listed, today: date) -> AgencyOut:
    return AgencyOut.model_validate(_view(listed, today))


def receipt_of(listed: Listed, today: date) -> RegisteredOut:
    own = {"id": listed.agency.id, "registered_at": listed.agency.registered_at}
    return RegisteredOut.model_validate(_view(listed, today) | own)


def _row(listed: Listed, today: date) -> dict[str, Any]:
    agency = listed.agency
    status = rules.licence_today(rules.LicenceStatus(agency.status), agency.valid_until, today)
    licensed = status is rules.LicenceStatus.VALID
    basis = _basis(listed)
    shown = rules.shown_class(rules.ClassCode(basis.class_code), licensed=licensed)
    return {
        "licensed": licensed,
        "status": status,
        "status_label": Bilingual.of(rules.STATUS_WORDS[status]),
        "licence": agency.licence,
        "name": Bilingual.of(Text(agency.name_en, agency.name_bn or agency.name_en)),
        "district": agency.district,
        "valid_until": agency.valid_until,
        "class_": shown,
        "class_label": Bilingual.of(ratings.class_words(shown, rule_set_of(basis.rule_set, basis.rule_set_version))),
        "class_basis": "provisional" if listed.published is None else "published",
    }


def _view(listed: Listed, today: date) -> dict[str, Any]:
    basis = _basis(listed)
    rule_set = rule_set_of(basis.rule_set, basis.rule_set_version)
    result = result_of_document(basis.result)
    upheld = basis.inputs.get("counts", {}).get("upheld", 0)
    count = upheld if upheld >= rule_set.suppress_below else None
    since, until = period(rule_set, basis.as_of if isinstance(basis, Published) else _day(basis.computed_at))
    return {
        **_row(listed, today),
        "notice": Bilingual.of(rule_set.notice),
        "explanation": _explanation(basis, result),
        "complaints": {
            "count": count,
            "fewer_than": rule_set.suppress_below if count is None else None,
            "period_days": (until - since).days + 1,
        },
        "deployed_last_year": basis.inputs.get("deployed"),
        "published": published_of(listed.published) if listed.published is not None else None,
        "provisional": _provisional(listed.classification),
    }


def _basis(listed: Listed) -> Classification | Published:
    return listed.classification if listed.published is None else listed.published


def _explanation(basis: Classification | Published, result: Result) -> dict[str, Any]:
    rule_set = rule_set_of(basis.rule_set, basis.rule_set_version)
    since, computed = (basis.published_at, basis.published_at) if isinstance(basis, Published) else (basis.since, basis.computed_at)
    return {
        "rule_set": {"name": basis.rule_set, "version": basis.rule_set_version},
        "points": ratings.public_points(result, rule_set),
        "gates": ratings.gates(result, rule_set),
        "reasons": ratings.reasons(result, rule_set),
        "criteria": ratings.public_criteria(result, rule_set),
        "since": _beginning_of_day(since),
        "computed_at": _beginning_of_day(computed),
    }


def published_of(one: Published) -> PublishedOut:
    rule_set = rule_set_of(one.rule_set, one.rule_set_version)
    address = f"{RUNS}/{one.run}" if one.kind == "run" else f"{CLASSES}/{one.id}"
    shown = {
        "class_": one.class_code,
        "class_label": Bilingual.of(ratings.class_words(rules.ClassCode(one.class_code), rule_set)),
        "kind": one.kind,
        "as_of": one.as_of,
        "published_on": _day(one.published_at),
        "rule_set": {"name": one.rule_set, "version": one.rule_set_version},
        "changed_since": one.changed_at is not None,
        "now_class": one.now_class,
        "statement": f"{address}/statement",
        "signature": f"{address}/signature",
    }
    return PublishedOut.model_validate(shown)


def _provisional(one: Classification) -> dict[str, Any]:
    rule_set = rule_set_of(one.rule_set, one.rule_set_version)
    return {
        "class_": one.class_code,
        "class_label": Bilingual.of(ratings.class_words(rules.ClassCode(one.class_code), rule_set)),
        "rule_set": {"name": one.rule_set, "version": one.rule_set_version},
        "computed_at": _beginning_of_day(one.computed_at),
    }


def _day(moment: datetime) -> date:
    return moment.astimezone(DHAKA).date()


def _beginning_of_day(moment: datetime) -> datetime:
    """A class is computed again with each fact: its hour would tell the agency when somebody complained, however few did."""
    return datetime.combine(_day(moment), time(), DHAKA)
