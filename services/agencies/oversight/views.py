"""What oversight shows: codes with their words, and counts for officers alone."""

from datetime import UTC, date, datetime, time, timedelta
from typing import Any, Final
from uuid import UUID

from contracts.text import Bilingual, Text
from kit.paging import Page, Paging, Position
from services.agencies.models import Agency
from services.agencies.oversight.models import Comment
from services.agencies.oversight.repository import Changed, Row
from services.agencies.oversight.risk import RISKS, Factor
from services.agencies.oversight.schemas import (
    ChangeOut,
    CommentOut,
    ComparisonOut,
    MoveOut,
    PairCount,
    PlanOut,
    ReasonOut,
    RenewalOut,
    VisitOut,
    WatchedOut,
)
from services.agencies.oversight.service import Compared, Planned, Watched
from services.agencies.ratings.rule_set import RuleSet
from services.agencies.ratings.rules import Move
from services.agencies.ratings.views import written
from services.agencies.rules import ClassCode
from services.agencies.schemas import RuleSetOut

_STEP: Final = timedelta(seconds=1)
_ZERO: Final = UUID(int=0)
_BANDS: Final = Text("The bands begin at other points.", "শ্রেণির সীমা ভিন্ন।")
_LACKING: Final = {
    "deployed_unknown": Text("It is not known how many workers were deployed.", "কতজন কর্মী পাঠানো হয়েছে জানা নেই।"),
    "deployed_few": Text("Too few workers were deployed for this rule set.", "এই নিয়মসমষ্টির জন্য প্রেরিত কর্মী অপর্যাপ্ত।"),
    "heard_few": Text(
        "Too few workers or inspections told of the agency for this rule set.", "এই নিয়মসমষ্টির জন্য কর্মী বা পরিদর্শনের তথ্য অপর্যাপ্ত।"
    ),
}


def comparison(before: RuleSet, after: RuleSet, compared: Compared, page: Page[MoveOut]) -> ComparisonOut:
    downs = [move.is_down for move in compared.moves]
    return ComparisonOut(
        items=page.items,
        next=page.next,
        before=RuleSetOut(name=before.name, version=before.version),
        after=RuleSetOut(name=after.name, version=after.version),
        notice=Bilingual.of(after.notice),
        day=compared.day,
        agencies=compared.agencies,
        moved=len(compared.moves),
        down=downs.count(True),
        up=downs.count(False),
        pairs=[PairCount(before=one, after=other, agencies=number) for (one, other), number in sorted(compared.pairs.items())],
    )


def move_view(move: Move, before: RuleSet, after: RuleSet) -> MoveOut:
    words = _words(before) | _words(after)
    return MoveOut(
        licence=move.licence,
        before=move.before.class_code,
        after=move.after.class_code,
        points_before=written(move.before.points) if move.before.points is not None else None,
        points_after=written(move.after.points) if move.after.points is not None else None,
        down=move.is_down,
        because=[ReasonOut(code=code, words=Bilingual.of(words.get(code, _BANDS))) for code in move.because],
    )


def plan_view(planned: list[Planned]) -> PlanOut:
    items = [
        VisitOut(
            licence=one.visit.licence,
            name=_name(one.row.agency),
            district=one.row.agency.district,
            points=one.visit.points,
            reasons=_reasons(one.visit.factors),
        )
        for one in planned
    ]
    return PlanOut(items=items, version=RISKS.version, source=RISKS.source)


def watched_view(one: Watched) -> WatchedOut:
    agency = one.row.agency
    return WatchedOut(licence=agency.licence, name=_name(agency), district=agency.district, reasons=_reasons(one.factors))


def change_view(one: Changed) -> ChangeOut:
    then: dict[str, Any] = one.rating.inputs if one.rating is not None else {}
    return ChangeOut(
        licence=one.agency.licence,
        name=_name(one.agency),
        changed_at=one.agency.evidence_changed_at or one.classification.computed_at,
        class_then=ClassCode(one.rating.class_code) if one.rating is not None else None,
        class_now=ClassCode(one.classification.class_code),
        counts=_differences(then, one.classification.inputs),
    )


def renewal_view(row: Row, today: date) -> RenewalOut:
    agency = row.agency
    left = (agency.valid_until - today).days
    return RenewalOut(licence=agency.licence, name=_name(agency), district=agency.district, valid_until=agency.valid_until, days_left=left)


def comment_view(one: Comment) -> CommentOut:
    return CommentOut.model_validate(one.model_dump(include={"id", "words", "org", "role", "said_at"}))


def place_of_move(move: Move) -> Position:
    """Licence numbers are the order of a comparison: the number stands in for a moment."""
    number = int(move.licence.removeprefix("RL-"))
    return Position(datetime(2000, 1, 1, tzinfo=UTC) + number * _STEP, _ZERO)


def place_of_row(row: Row) -> Position:
    return Position(row.agency.registered_at, row.agency.id)


def place_of_renewal(row: Row) -> Position:
    return Position(datetime.combine(row.agency.valid_until, time(), UTC), row.agency.id)


def cut(paging: Paging, rows: list[Any], place: Any) -> list[Any]:
    """The rows of a page out of a list in memory, and one more that tells whether a page follows."""
    after = paging.after
    left = rows if after is None else [row for row in rows if place(row) > after]
    return left[: paging.limit + 1]


def _differences(then: dict[str, Any], now: dict[str, Any]) -> dict[str, list[int | None]]:
    one, other = then.get("counts", {}), now.get("counts", {})
    counts = {
        name: [one.get(name, 0), other.get(name, 0)] for name in sorted(one.keys() | other.keys()) if one.get(name) != other.get(name)
    }
    if then.get("deployed") != now.get("deployed"):
        counts["deployed"] = [then.get("deployed"), now.get("deployed")]
    return counts


def _words(rule_set: RuleSet) -> dict[str, Text]:
    gates = {gate.code: Text(gate.unmet_en, gate.unmet_bn) for gate in rule_set.gates}
    criteria = {criterion.code: Text(criterion.en, criterion.bn) for criterion in rule_set.criteria}
    return gates | criteria | _LACKING


def _reasons(factors: Any) -> list[ReasonOut]:
    found: list[Factor] = list(factors)
    return [ReasonOut(code=factor.code, words=Bilingual.of(factor.words)) for factor in found]


def _name(agency: Agency) -> Bilingual:
    return Bilingual.of(Text(agency.name_en, agency.name_bn or agency.name_en))
