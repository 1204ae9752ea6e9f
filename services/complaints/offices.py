"""The offices that hold complaints, as dated data: who works in which, and which one answers for a country or a district."""

from collections.abc import Iterable, Mapping
from datetime import date
from functools import cached_property
from pathlib import Path
from typing import Final, Literal, Self

from pydantic import model_validator

from contracts.places import CountryCode, DistrictCode, districts
from contracts.text import Text
from kit.dated import Dated

IN_FORCE: Final = Path(__file__).parent / "data" / "offices.yaml"
EVERYWHERE: Final = "*"

OfficeKind = Literal["call_centre", "complaints_cell", "licensing", "appeals", "control_room", "airport", "welfare_board", "demo", "wing"]


class Office(Dated):
    """`org` names the office in the tokens of its officers where the role alone does not."""

    code: str
    kind: OfficeKind
    name: Text
    roles: tuple[str, ...]
    org: str | None = None
    country: CountryCode | None = None
    district: DistrictCode | None = None


class Wing(Dated):
    country: CountryCode
    city: Text


class Offices(Dated):
    """`fallback` holds what no wing answers for, `second_fallback` what is said against the fallback.

    `served_by`: district without an office of its own → district whose office serves it.
    """

    version: str
    valid_from: date
    source: str
    fallback: str
    second_fallback: str
    offices: tuple[Office, ...]
    wings: tuple[Wing, ...]
    served_by: Mapping[DistrictCode, DistrictCode] = {}

    @model_validator(mode="after")
    def _codes_are_known_and_single(self) -> Self:
        if len(self.by_code) != len(self.offices) + len(self.wings) + len(set(districts()) - set(self.served_by)):
            raise ValueError("an office's code stands twice")
        if strange := {self.fallback, self.second_fallback} - set(self.by_code):
            raise ValueError(f"no such office: {sorted(strange)}")
        if self.fallback == self.second_fallback:
            raise ValueError("the fallback would hold what is said against itself")
        if chained := set(self.served_by.values()) & set(self.served_by):
            raise ValueError(f"served by an office that is itself served by another: {sorted(chained)}")
        return self

    @cached_property
    def by_code(self) -> Mapping[str, Office]:
        every = [*self.offices, *map(_wing, self.wings), *(_demo(code) for code in districts() if code not in self.served_by)]
        return {one.code: one for one in every}

    def office(self, code: str) -> Office:
        """Raises `KeyError`."""
        return self.by_code[code]

    def kind_of(self, code: str) -> str:
        """`other` for a code that is no longer in force: old records keep theirs."""
        return self.by_code[code].kind if code in self.by_code else "other"

    def responsible(self, kind: OfficeKind, *, country: str | None, district: str | None) -> str:
        """The one office of `kind` for this place; the fallback where there is none."""
        if kind == "wing":
            code = f"wing-{country}"
        elif kind == "demo":
            code = f"demo-{self.served_by.get(district or '', district)}"
        else:
            code = next((one.code for one in self.offices if one.kind == kind), self.fallback)
        return code if code in self.by_code else self.fallback

    def handling(self, kind: OfficeKind, *, country: str | None, district: str | None, about: str | None) -> str:
        """As `responsible`, but never the office that the complaint is about."""
        first = self.responsible(kind, country=country, district=district)
        return next(code for code in (first, self.fallback, self.second_fallback) if code != about)

    def of(self, *, roles: Iterable[str], districts: frozenset[str], countries: frozenset[str], orgs: frozenset[str]) -> frozenset[str]:
        """Codes of the offices in which a caller with these claims works."""
        held = set(roles)
        works: set[str] = set()
        for one in self.by_code.values():
            if held.isdisjoint(one.roles) or (one.org is not None and one.org not in orgs):
                continue
            if one.kind == "demo" and not _reaches(districts, {one.district, *self._served(one.district)}):
                continue
            if one.kind == "wing" and not _reaches(countries, {one.country}):
                continue
            works.add(one.code)
        return frozenset(works)

    def _served(self, district: str | None) -> set[str | None]:
        return {code for code, server in self.served_by.items() if server == district}


def _reaches(scope: frozenset[str], codes: set[str | None]) -> bool:
    return EVERYWHERE in scope or not codes.isdisjoint(scope)


def _wing(wing: Wing) -> Office:
    name = Text(f"Labour Welfare Wing, {wing.city.en}", f"শ্রম কল্যাণ উইং, {wing.city.bn}")
    return Office(code=f"wing-{wing.country}", kind="wing", name=name, roles=("wing",), country=wing.country)


def _demo(district: str) -> Office:
    place = districts()[district].name
    name = Text(f"District Employment and Manpower Office, {place.en}", f"জেলা কর্মসংস্থান ও জনশক্তি অফিস, {place.bn}")
    return Office(code=f"demo-{district}", kind="demo", name=name, roles=("demo",), district=district)


def load(path: Path = IN_FORCE) -> Offices:
    """Raises `pydantic.ValidationError` for offices that do not hold together."""
    return Offices.read(path)


OFFICES: Final = load()
