"""The sources of warnings as dated data, and the countries that have none. Read and checked once at start."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum
from functools import cached_property
from pathlib import Path
from typing import Annotated, Final, Literal, Self
from urllib.parse import urlsplit

from pydantic import Field, StringConstraints, model_validator

from contracts.places import CountryCode
from contracts.text import Text
from kit.dated import Dated
from kit.outward import TRIAL
from services.crisis.directory import Source, Sources
from services.crisis.sources.rules import Policy

DATA: Final = Path(__file__).parent / "data" / "sources.yaml"
Fingerprint = Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{64}$")]


class Kind(StrEnum):
    CAP_FEED = "cap_feed"
    GDACS = "gdacs"
    PARTNER_PUSH = "partner_push"
    OFFICER = "officer"
    ANOMALY = "anomaly"


POLLED: Final = frozenset({Kind.CAP_FEED, Kind.GDACS})


class Signing(Dated):
    """`pinned`: SHA-256 of the certificates (DER) that may sign. `ca`: a PEM file beside the data whose authority may issue them."""

    policy: Policy = Policy.IGNORE
    pinned: tuple[Fingerprint, ...] = ()
    ca: str | None = Field(default=None, pattern=r"^[a-z0-9-]+\.pem$")

    @model_validator(mode="after")
    def _something_to_compare_with(self) -> Self:
        if (self.policy is not Policy.IGNORE) != bool(self.pinned or self.ca):
            raise ValueError("a signature is compared with pinned certificates or an authority of our own choice, and with nothing else")
        return self


class WarningSource(Dated):
    """`hosts`: where its links may lead besides its own host. `client`: the partner's client that speaks for it."""

    code: str = Field(pattern=r"^[a-z0-9-]{2,40}$")
    kind: Kind
    name: Text
    authority: str | None = None
    countries: tuple[CountryCode, ...] = ()
    url: str | None = None
    hosts: tuple[str, ...] = ()
    plain_http: bool = False
    client: str | None = None
    signature: Signing = Signing()
    poll_s: int = Field(default=60, ge=1, le=86_400)
    stale_after_minutes: int = Field(default=15, ge=1, le=10_080)
    licence: str = ""
    source: str = Field(min_length=1)
    as_of: int
    enabled: bool
    illustrative: bool = False

    @property
    def is_polled(self) -> bool:
        return self.kind in POLLED

    @property
    def every(self) -> timedelta:
        return timedelta(seconds=self.poll_s)

    @property
    def stale_after(self) -> timedelta:
        return timedelta(minutes=self.stale_after_minutes)

    @property
    def host(self) -> str:
        return urlsplit(self.url or "").hostname or ""

    @property
    def all_hosts(self) -> frozenset[str]:
        return frozenset({self.host, *self.hosts})

    @model_validator(mode="after")
    def _is_whole(self) -> Self:
        if self.enabled and self.is_polled and not (self.url and self.authority):
            raise ValueError(f"{self.code} is to be read, and does not say where or whose it is")
        if self.enabled and self.kind is Kind.PARTNER_PUSH and not (self.client and self.authority):
            raise ValueError(f"{self.code} is brought by a partner, and does not say which client speaks for whom")
        if self.url and urlsplit(self.url).scheme != ("http" if self.plain_http else "https"):
            raise ValueError(f"{self.code}: an address is https, or the row says plain_http")
        return self


class WithoutFeed(Dated):
    country: CountryCode
    note: Text
    source: str = Field(min_length=1)
    as_of: int


class Plan(Dated):
    """`dead_after_minutes`: when nothing at all was read for so long, a person is told."""

    version: str
    dead_after_minutes: int = Field(ge=1, le=1440)
    sources: tuple[WarningSource, ...]
    without_feed: tuple[WithoutFeed, ...]

    @model_validator(mode="after")
    def _holds_together(self) -> Self:
        _refuse_twice("a source's code", [one.code for one in self.sources])
        _refuse_twice("a client", [one.client for one in self.sources if one.client])
        feeds = {country for one in self.sources if one.is_polled for country in one.countries}
        if both := feeds & {one.country for one in self.without_feed}:
            raise ValueError(f"{sorted(both)} have a feed and are listed without one")
        return self


def _refuse_twice(what: str, values: list[str]) -> None:
    if len(set(values)) != len(values):
        raise ValueError(f"{what} stands twice")


@dataclass(frozen=True)
class Registry:
    """The plan as one environment uses it, with the authorities that it names."""

    plan: Plan
    authorities: Sources
    environment: Literal["local", "test", "production"]
    folder: Path = DATA.parent

    @cached_property
    def by_code(self) -> Mapping[str, WarningSource]:
        return {one.code: one for one in self.plan.sources}

    @property
    def dead_after(self) -> timedelta:
        return timedelta(minutes=self.plan.dead_after_minutes)

    @cached_property
    def polled(self) -> tuple[WarningSource, ...]:
        return tuple(one for one in self.plan.sources if one.is_polled and self.is_active(one))

    def is_active(self, source: WarningSource) -> bool:
        return source.enabled and (not source.illustrative or self.environment in TRIAL)

    def bound_to(self, client: str) -> WarningSource | None:
        """The source for which a partner's client speaks."""
        return next((one for one in self.plan.sources if one.client == client and client and self.is_active(one)), None)

    def authority_of(self, source: WarningSource) -> Source | None:
        return next((one for one in self.authorities.sources if one.code == source.authority), None)

    def ca_of(self, source: WarningSource) -> Path | None:
        return self.folder / source.signature.ca if source.signature.ca else None


def load(authorities: Sources, environment: Literal["local", "test", "production"], path: Path = DATA) -> Registry:
    """Raises `pydantic.ValidationError` and `ValueError` for data that does not hold together."""
    registry = Registry(Plan.read(path), authorities, environment, path.parent)
    if unknown := sorted(_unknown(registry)):
        raise ValueError(f"no such authority or file: {unknown}")
    return registry


def _unknown(registry: Registry) -> Iterable[str]:
    for one in registry.plan.sources:
        if one.authority and registry.authority_of(one) is None:
            yield one.authority
        if one.signature.ca and not (registry.folder / one.signature.ca).is_file():
            yield one.signature.ca
