"""What the crisis service asks of the register and gets. Both sides build to it: nothing here is removed or narrowed."""

from datetime import datetime
from typing import Annotated, Any, Literal, Self
from uuid import UUID

from pydantic import AfterValidator, AwareDatetime, BaseModel, Field, PrivateAttr, model_validator
from shapely import Geometry

from contracts.places import CountryCode
from contracts.text import Text
from kit.text import ONE_LINE, Phone
from services.registry.exposure import rules
from services.registry.schemas import In, PaperIn

_ONE_OF = Text("Ask by a phone number or by a paper: one of the two.", "ফোন নম্বর অথবা কাগজ, যেকোনো একটি দিয়ে জিজ্ঞাসা করুন।")
_NOWHERE = Text("Name a country or an area.", "একটি দেশ বা এলাকা জানান।")


def _each_once(codes: list[str]) -> list[str]:
    return sorted(set(codes))


Purpose = Annotated[str, Field(pattern=r"^[a-z][a-z_.]{1,39}$")]
Countries = Annotated[list[CountryCode], Field(max_length=250), AfterValidator(_each_once)]


class ExposureIn(In):
    """`areas`: GeoJSON polygons; none means the whole of `countries`."""

    alert: UUID
    version: Annotated[int, Field(ge=1, le=1_000_000)]
    is_drill: bool
    countries: Countries
    areas: Annotated[list[dict[str, Any]], Field(max_length=500)]
    near_km: Annotated[float, Field(ge=0, le=500)]

    _geometries: list[Geometry] = PrivateAttr()

    @model_validator(mode="after")
    def _is_somewhere(self) -> Self:
        if not self.countries and not self.areas:
            raise ValueError(_NOWHERE)
        self._geometries = rules.read_areas(self.areas)
        return self

    @property
    def geometries(self) -> list[Geometry]:
        """Read once: 41,000 corners take a while."""
        return self._geometries


class ExposureOut(BaseModel):
    """`counts` of persons by class; `vulnerable` among those inside and near, each under all of their flags."""

    id: UUID
    alert: UUID
    version: int
    is_drill: bool
    computed_at: datetime
    counts: dict[str, int]
    vulnerable: dict[str, int]


class ChannelOut(BaseModel):
    """`at_home`: in Bangladesh. `whose`: the person's own, or their family's. An employer's is never told.

    `address` of a `push` is JSON: our id of the subscription, and what the browser subscribed with.
    """

    kind: Literal["sms", "whatsapp", "email", "push"]
    address: str
    at_home: bool
    whose: Literal["own", "family"]


class ContactRuleOut(BaseModel):
    """`hours`: from, to, by the clock of `time_zone`. Null altogether where nobody asked the person yet."""

    may_call: bool
    may_text: bool
    words: Literal["neutral", "plain"]
    hours: tuple[str, str] | None
    time_zone: str | None


class ReachableOut(BaseModel):
    person: UUID
    flags: list[str]
    language: Literal["bn", "en"]
    country: str
    channels: list[ChannelOut]
    contact_rule: ContactRuleOut | None


class ReachablesOut(BaseModel):
    items: list[ReachableOut]


class ExposedOut(ReachableOut):
    class_: Annotated[Literal["inside", "near", "same_country", "unknown"], Field(alias="class", serialization_alias="class")]
    reason: str
    distance_m: int | None


class ExposedPageOut(BaseModel):
    items: list[ExposedOut]
    next: str | None


class ContactsIn(In):
    purpose: Purpose
    people: Annotated[list[UUID], Field(max_length=200)]


class LookupIn(In):
    """For a check-in that comes from a number, and for a family that asks after somebody."""

    purpose: Purpose
    phone: Phone | None = None
    document: PaperIn | None = None

    @model_validator(mode="after")
    def _by_one_thing(self) -> Self:
        if (self.phone is None) == (self.document is None):
            raise ValueError(_ONE_OF)
        return self


class LookupOut(BaseModel):
    """Candidates: a number may be one that several share."""

    people: list[ReachableOut]


class OpeningIn(In):
    """`standing_in`: the countries of the mission that has the duty of `countries` now, where it is another than theirs."""

    incident: UUID
    is_drill: bool
    countries: Annotated[list[CountryCode], Field(min_length=1, max_length=250), AfterValidator(_each_once)]
    standing_in: Countries = Field(default_factory=list)
    reason: Annotated[str, Field(min_length=1, max_length=300), ONE_LINE]
    until: AwareDatetime


class OpeningOut(BaseModel):
    incident: UUID
    is_drill: bool
    countries: list[str]
    opened_at: datetime
    until: datetime
    closed_at: datetime | None
