"""How files of many persons are read, as dated data: read and checked once at start."""

from collections.abc import Mapping
from datetime import date
from pathlib import Path
from typing import Annotated, Final, Literal, Self

from pydantic import Field, model_validator

from contracts.places import CountryCode, countries, districts
from kit.dated import Dated
from kit.text import search_key

DATA: Final = Path(__file__).parents[2] / "data" / "imports-2026.yaml"


class Column(Dated):
    """`headers`: what such a column is called in files."""

    code: str
    en: str
    bn: str
    headers: tuple[str, ...] = Field(min_length=1)


class Lists(Dated):
    version: str
    since: date
    illustrative: bool
    roles: frozenset[Literal["decider", "supervisor", "officer"]]
    most_bytes: Annotated[int, Field(ge=1_000_000)]
    keep_days: Annotated[int, Field(ge=1, le=90)]
    keep_taken_days: Annotated[int, Field(ge=0, le=90)]
    columns: tuple[Column, ...]
    sexes: Mapping[str, tuple[str, ...]]
    countries: Mapping[CountryCode, tuple[str, ...]]

    @model_validator(mode="after")
    def _no_header_means_two_columns(self) -> Self:
        seen: dict[str, str] = {}
        for column in self.columns:
            for header in column.headers:
                if (other := seen.setdefault(search_key(header), column.code)) != column.code:
                    raise ValueError(f"{header!r} stands for {other} and for {column.code}")
        return self

    @property
    def codes(self) -> frozenset[str]:
        return frozenset(one.code for one in self.columns)

    def of_header(self) -> Mapping[str, str]:
        """The column's code by the key of what it is called."""
        return {search_key(header): one.code for one in self.columns for header in (*one.headers, one.en, one.bn)}

    def of_sex(self) -> Mapping[str, str]:
        return {search_key(written): sex for sex, words in self.sexes.items() for written in words}

    def of_country(self) -> Mapping[str, str]:
        """By the key of a code, of a name in either language, of what it is also called."""
        found = {search_key(one): code for code, name in countries().items() for one in (code, name.en, name.bn)}
        return found | {search_key(one): code for code, words in self.countries.items() for one in words}


def district_codes() -> Mapping[str, str]:
    return {search_key(one): code for code, district in districts().items() for one in (code, district.name.en, district.name.bn)}


def load(path: Path = DATA) -> Lists:
    """Raises `pydantic.ValidationError`."""
    return Lists.read(path)


LISTS: Final = load()
