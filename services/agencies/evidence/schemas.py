"""What goes in and out of the API of evidence."""

from typing import Annotated, Literal, NamedTuple, Self

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field

from contracts.persons import Sex
from contracts.places import CountryCode, DistrictCode
from kit.text import ONE_LINE, digits
from services.agencies.evidence.models import Deployment
from services.agencies.schemas import Licence

Line = Annotated[str, Field(min_length=1, max_length=300), ONE_LINE]
Number = Annotated[int, BeforeValidator(lambda value: digits(value) if isinstance(value, str) else value)]
Skill = Literal["professional", "skilled", "semi_skilled", "less_skilled", "domestic", "unknown"]


class _In(BaseModel):
    model_config = ConfigDict(extra="forbid")


class DeploymentKey(NamedTuple):
    licence: str
    year: int
    country: str
    district: str | None
    sex: str
    skill: str
    with_licence: str | None


class DeploymentIn(_In):
    """Workers of one group sent abroad in one year. `with_licence`: jointly with an associate, counted for `licence` alone."""

    licence: Licence
    year: Annotated[Number, Field(ge=1976, le=2100)]
    country: CountryCode
    district: DistrictCode | None = None
    sex: Sex = Sex.UNKNOWN
    skill: Skill = "unknown"
    with_licence: Licence | None = None
    workers: Annotated[Number, Field(ge=0, le=10_000_000)]
    source: Line

    def key(self) -> DeploymentKey:
        return DeploymentKey(self.licence, self.year, self.country, self.district, self.sex, self.skill, self.with_licence)

    @classmethod
    def key_of(cls: type[Self], line: Deployment) -> DeploymentKey:
        return DeploymentKey(line.licence, line.year, line.country, line.district, line.sex, line.skill, line.with_licence)
