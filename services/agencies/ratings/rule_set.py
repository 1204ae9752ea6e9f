"""Rule sets of classification as dated data: what one holds, and what must be true of it. One that does not hold stops the service.

Two kinds: a whole one can be run; of a peer's scheme that was published in part only what was published stands here, to be read beside.
"""

from collections.abc import Mapping
from datetime import date
from fractions import Fraction
from itertools import pairwise
from pathlib import Path
from types import MappingProxyType
from typing import Annotated, Any, Final, Literal, Self, TypeAlias

import yaml
from pydantic import AfterValidator, BaseModel, ConfigDict, Field, StringConstraints, TypeAdapter, model_validator

from contracts.text import Text
from kit.text import in_bengali_digits

FOLDER: Final = Path(__file__).parent / "data" / "rule_sets"
FULL: Final = 100
HUNDREDTHS: Final = 100
# What is counted of an agency. A rule set measures these and nothing else; `evidence` says where each comes from.
COUNTS: Final = frozenset(
    {
        "upheld",
        "pending",
        "orders_due",
        "orders_paid",
        "fee_answers",
        "fees_within_ceiling",
        "fees_none",
        "contract_answers",
        "contracts_given",
        "passports_withheld",
        "answers",
        "half_days_to_answer",
        "crisis_asked",
        "crisis_answered",
        "inspections",
        "inspections_passed",
        "heard",
    }
)
LICENCE_GATES: Final = frozenset({"licence_in_force", "not_suspended", "not_cancelled"})


def _decimal(written: str) -> str:
    try:
        Fraction(written)
    except (ValueError, ZeroDivisionError) as error:
        raise ValueError(
            Text('Write a decimal number in quotes, such as "4.3".', 'উদ্ধৃতিচিহ্নের ভেতরে দশমিক সংখ্যা লিখুন, যেমন "4.3"।')
        ) from error
    return written


# A decimal as text: a number of YAML or JSON would be binary, and the same file could then compute two results.
Exact = Annotated[str, StringConstraints(pattern=r"^[0-9]{1,9}(\.[0-9]{1,6})?$"), AfterValidator(_decimal)]
Words = Annotated[str, Field(min_length=1, max_length=2_000)]
Code = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_-]{1,40}$")]
Version = Annotated[str, StringConstraints(pattern=r"^[0-9]{1,4}(\.[0-9]{1,4}){0,2}$")]


def _counted(name: str) -> str:
    if name not in COUNTS:
        known = ", ".join(sorted(COUNTS))
        raise ValueError(Text(f"{name} is not counted here. Known: {known}.", f"{name} এখানে গণনা করা হয় না। যা গণনা হয়: {known}।"))
    return name


Count = Annotated[str, Field(max_length=40), AfterValidator(_counted)]


class _Data(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False)


class Principle(_Data):
    """The principle of a standard for which a criterion stands: ILO General Principles (2016), IRIS Standard (2019)."""

    standard: Literal["ILO", "IRIS"]
    number: Words
    en: Words
    bn: Words


class Gate(_Data):
    """Met or not; no score makes good for one. `limit` where the gate has a number: workers, or a share of them."""

    code: Literal[
        "licence_in_force",
        "not_suspended",
        "not_cancelled",
        "no_unresolved_conviction",
        "no_suspension_record",
        "pending_share_at_most",
        "deployed_at_least",
    ]
    limit: Exact | None = None
    en: Words
    bn: Words
    unmet_en: Words
    unmet_bn: Words
    source: Words

    @model_validator(mode="after")
    def _has_the_limit_that_it_needs(self) -> Self:
        if (self.limit is not None) != (self.code in {"pending_share_at_most", "deployed_at_least"}):
            raise ValueError(
                Text(f"Gate {self.code}: its limit is missing, or it takes none.", f"শর্ত {self.code}: সীমা দেওয়া নেই, অথবা এতে সীমা প্রযোজ্য নয়।")
            )
        return self

    def words(self, *, met: bool) -> Text:
        return Text(self.en, self.bn) if met else Text(self.unmet_en, self.unmet_bn)


class _Scale(_Data):
    """`best` earns all points of the criterion, `worst` none. `prior` is assumed before anything is known, as if of `prior_of` more."""

    count: Count
    prior: Exact
    prior_of: int = Field(ge=1, le=1_000_000)
    best: Exact
    worst: Exact

    def earned(self, value: Fraction) -> Fraction:
        """The part of the points, 0 to 1, between `worst` and `best`."""
        best, worst = Fraction(self.best), Fraction(self.worst)
        return min(max((worst - value) / (worst - best), Fraction(0)), Fraction(1))


class Rate(_Scale):
    """`count` for each 1,000 workers deployed, as if `prior_of` more workers had been deployed at the rate `prior`. Less is better."""

    kind: Literal["rate"]

    @model_validator(mode="after")
    def _less_is_better(self) -> Self:
        if Fraction(self.best) >= Fraction(self.worst):
            raise ValueError(Text(f"{self.count}: best must lie below worst.", f"{self.count}: সেরা মান সবচেয়ে খারাপ মানের নিচে হতে হবে।"))
        return self


class _Answered(_Scale):
    """What rests on answers, `of` so many; `prior_of` more are assumed."""

    of: Count

    @model_validator(mode="after")
    def _silence_earns_no_more_than_half(self) -> Self:
        if self.earned(Fraction(self.prior)) * 2 > 1:
            raise ValueError(
                Text(
                    f"{self.count}: of whom nothing is known would earn more than half the points. Silence never scores high.",
                    f"{self.count}: যার সম্পর্কে কিছুই জানা নেই সে অর্ধেকের বেশি নম্বর পেত। নীরবতায় বেশি নম্বর হয় না।",
                )
            )
        return self


class Share(_Answered):
    """`count` of the count `of`, as if `prior_of` more had been at the share `prior`. More is better: count what was done right."""

    kind: Literal["share"]

    @model_validator(mode="after")
    def _more_is_better(self) -> Self:
        if not 0 <= Fraction(self.worst) < Fraction(self.best) <= 1 or Fraction(self.prior) > 1:
            raise ValueError(
                Text(
                    f"{self.count}: shares lie between 0 and 1, and worst below best.",
                    f"{self.count}: অনুপাত ০ থেকে ১-এর মধ্যে এবং সবচেয়ে খারাপ মান সেরা মানের নিচে হতে হবে।",
                )
            )
        return self


class Median(_Answered):
    """A median of days, as if `prior_of` more answers had taken `prior` days. Less is better. `count` holds half days: whole numbers."""

    kind: Literal["median"]

    @model_validator(mode="after")
    def _less_is_better(self) -> Self:
        if Fraction(self.best) >= Fraction(self.worst):
            raise ValueError(Text(f"{self.count}: best must lie below worst.", f"{self.count}: সেরা মান সবচেয়ে খারাপ মানের নিচে হতে হবে।"))
        return self


Measure: TypeAlias = Annotated[Rate | Share | Median, Field(discriminator="kind")]


class Criterion(_Data):
    code: Code
    weight: int = Field(ge=1, le=FULL)
    measure: Measure
    en: Words
    bn: Words
    lift_en: Words
    lift_bn: Words
    source: Words
    principles: tuple[Principle, ...] = Field(min_length=1)


class Band(_Data):
    class_: Literal["A", "B", "C", "D"] = Field(alias="class")
    from_points: int = Field(ge=0, le=FULL)
    en: Words
    bn: Words


class _Named(_Data):
    name: Code
    version: Version
    valid_from: date
    title: Text
    notice: Text
    source: Words

    @property
    def reference(self) -> str:
        return f"{self.name}@{self.version}"


class RuleSet(_Named):
    """A whole rule set. `purpose`: only one for `classification` may give agencies a class, one for `comparison` is read beside it.

    `period_years`: calendar years, that of the day included, for deployments are known by the year. `minimum_heard`: answers of workers and
    inspections without which nothing is known of an agency, whatever it deployed.
    """

    complete: Literal[True]
    purpose: Literal["classification", "comparison"]
    period_years: int = Field(ge=1, le=10)
    gates: tuple[Gate, ...] = Field(min_length=1, max_length=20)
    minimum_deployed: int = Field(ge=0, le=100_000)
    minimum_heard: int = Field(ge=0, le=10_000)
    criteria: tuple[Criterion, ...] = Field(max_length=30)
    bands: tuple[Band, ...] = Field(max_length=4)
    suppress_below: int = Field(ge=5, le=100)

    @model_validator(mode="after")
    def _weights_add_up(self) -> Self:
        total = sum(criterion.weight for criterion in self.criteria)
        if self.criteria and total != FULL:
            raise ValueError(
                Text(
                    f"The weights of the criteria add up to {total}, not to {FULL}.",
                    f"মানদণ্ডগুলোর ভর যোগ করলে {_bn(total)} হয়, {_bn(FULL)} নয়।",
                )
            )
        return self

    @model_validator(mode="after")
    def _each_once(self) -> Self:
        for codes in ([gate.code for gate in self.gates], [criterion.code for criterion in self.criteria]):
            if len(set(codes)) != len(codes):
                raise ValueError(Text("A gate or a criterion stands there twice.", "একটি শর্ত বা মানদণ্ড দুইবার আছে।"))
        if not {gate.code for gate in self.gates} >= LICENCE_GATES:
            needed = ", ".join(sorted(LICENCE_GATES))
            raise ValueError(Text(f"Every rule set has the gates {needed}.", f"প্রতিটি নিয়মসমষ্টিতে এই শর্তগুলো থাকতে হবে: {needed}।"))
        return self

    @model_validator(mode="after")
    def _bands_go_down_to_nothing(self) -> Self:
        if not self.criteria:
            if self.bands:
                raise ValueError(
                    Text("Without criteria there are no points, and so no bands.", "মানদণ্ড না থাকলে নম্বর নেই, তাই শ্রেণির সীমাও নেই।")
                )
            return self
        if [band.class_ for band in self.bands] != ["A", "B", "C", "D"]:
            raise ValueError(Text("The bands are A, B, C and D, best first.", "শ্রেণির ক্রম A, B, C ও D; সেরাটি আগে।"))
        if self.bands[-1].from_points != 0 or any(one.from_points <= below.from_points for one, below in pairwise(self.bands)):
            raise ValueError(
                Text(
                    "Each band begins at fewer points than the one above it, and the last at 0.",
                    "প্রতিটি শ্রেণি তার ওপরেরটির চেয়ে কম নম্বরে শুরু হয়, শেষেরটি ০ থেকে।",
                )
            )
        return self

    @model_validator(mode="after")
    def _silence_never_scores_high(self) -> Self:
        """However many workers it deployed: an agency of which nobody says anything stays below the best band."""
        silent = sum((one.weight * _earned_in_silence(one.measure) for one in self.criteria), Fraction())
        if self.criteria and silent >= self.bands[0].from_points:
            raise ValueError(
                Text(
                    f"An agency of which nothing is known could reach {int(silent)} points and class A. Silence never scores high.",
                    f"যে এজেন্সি সম্পর্কে কিছুই জানা নেই সেটিও {_bn(int(silent))} নম্বর ও শ্রেণি ক পেতে পারত। নীরবতায় বেশি নম্বর হয় না।",
                )
            )
        return self

    def band_of(self, hundredths: int) -> Band:
        return next(band for band in self.bands if hundredths >= band.from_points * HUNDREDTHS)

    def band_above(self, band: Band) -> Band | None:
        place = self.bands.index(band)
        return self.bands[place - 1] if place else None


def _earned_in_silence(measure: Measure) -> Fraction:
    """A rate for each worker falls with the number of workers, without anybody saying a word."""
    return Fraction(1) if isinstance(measure, Rate) else measure.earned(Fraction(measure.prior))


class PublishedCriterion(_Data):
    """As the source has it; `mark` is null where the source gives none."""

    en: Words
    bn: Words
    mark: Words | None = None


class PartialRuleSet(_Named):
    """What was published of a peer's scheme. It cannot be run: `missing` says what is not known."""

    complete: Literal[False]
    country: Annotated[str, StringConstraints(pattern="^[A-Z]{2}$")]
    missing: Text
    criteria: tuple[PublishedCriterion, ...] = Field(min_length=1)


AnyRuleSet: TypeAlias = Annotated[RuleSet | PartialRuleSet, Field(discriminator="complete")]
_READ: Final[TypeAdapter[RuleSet | PartialRuleSet]] = TypeAdapter(AnyRuleSet)


class RuleSets:
    """All files of a folder, by `name@version`."""

    def __init__(self, known: Mapping[str, RuleSet | PartialRuleSet]) -> None:
        self._known = MappingProxyType(dict(known))

    def all(self) -> list[RuleSet | PartialRuleSet]:
        return sorted(self._known.values(), key=lambda one: (not one.complete, one.name, one.valid_from))

    def find(self, reference: str) -> RuleSet | PartialRuleSet | None:
        return self._known.get(reference)

    def in_force(self, today: date) -> RuleSet:
        """The newest that may classify and is valid today. Raises `LookupError` where there is none."""
        usable = [one for one in self._known.values() if isinstance(one, RuleSet) and one.purpose == "classification"]
        valid = [one for one in usable if one.valid_from <= today]
        if not valid:
            raise LookupError(f"no rule set may classify on {today}")
        return max(valid, key=lambda one: one.valid_from)


def read(data: Any) -> RuleSet | PartialRuleSet:
    """Raises `pydantic.ValidationError` for a rule set that does not hold together."""
    return _READ.validate_python(data)


def load(folder: Path = FOLDER) -> RuleSets:
    """Raises `ValueError` (of which pydantic's error is one), also for two files of one name and version."""
    known: dict[str, RuleSet | PartialRuleSet] = {}
    for file in sorted(folder.glob("*.yaml")):
        one = read(yaml.safe_load(file.read_text("utf-8")))
        if one.reference in known:
            raise ValueError(f"{file.name}: {one.reference} stands there twice")
        known[one.reference] = one
    return RuleSets(known)


def _bn(number: int) -> str:
    return in_bengali_digits(str(number))
