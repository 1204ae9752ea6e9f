"""What goes in and out of what this house issues."""

from datetime import datetime
from typing import Annotated, Final, Literal, Self
from uuid import UUID

from pydantic import AwareDatetime, BaseModel, Field, model_validator

from contracts.places import CountryCode
from contracts.text import Bilingual, Text
from kit.text import ONE_LINE
from services.crisis.incidents.schemas import In, Words
from services.crisis.issued.lists import Level
from services.crisis.issued.rules import Why

# What CAP recommends (1.2 §3.2.2).
LONGEST_HEADLINE: Final = 160
Headline = Annotated[str, Field(min_length=1, max_length=LONGEST_HEADLINE), ONE_LINE]
Latitude = Annotated[float, Field(ge=-90, le=90)]
Longitude = Annotated[float, Field(ge=-180, le=180)]
_ONE_AREA: Final = Text("Give a circle or a drawn area, not both.", "বৃত্ত অথবা আঁকা এলাকা, যেকোনো একটি দিন।")
_CLOSED: Final = Text(
    "A drawn area begins and ends at the same point, and has three or more.", "আঁকা এলাকার শুরু ও শেষ একই বিন্দুতে, এবং অন্তত তিনটি বিন্দু থাকতে হবে।"
)
_ORDER: Final = Text("It must end after it begins.", "শুরুর পরে শেষ হতে হবে।")


class CircleIn(In):
    latitude: Latitude
    longitude: Longitude
    km: float = Field(gt=0, le=2000)


class WrittenIn(In):
    """An officer's own alert. Without an area it is of the whole country."""

    country: CountryCode
    event: Headline
    headline: Headline
    headline_bn: Headline
    description: Words
    description_bn: Words
    instruction: Words
    instruction_bn: Words
    category: Literal["Geo", "Met", "Safety", "Security", "Rescue", "Fire", "Health", "Env", "Transport", "Infra", "CBRNE", "Other"] = (
        "Safety"
    )
    response: Literal["Shelter", "Evacuate", "Prepare", "Execute", "Avoid", "Monitor", "AllClear"] = "Shelter"
    severity: Literal["Extreme", "Severe", "Moderate", "Minor"]
    urgency: Literal["Immediate", "Expected", "Future"] = "Immediate"
    certainty: Literal["Observed", "Likely", "Possible"] = "Likely"
    area: Annotated[str, Field(max_length=200), ONE_LINE] = ""
    circle: CircleIn | None = None
    polygon: list[tuple[Latitude, Longitude]] = Field(default_factory=list, max_length=200)
    expires: AwareDatetime | None = None
    is_drill: bool = False

    @model_validator(mode="after")
    def _one_area(self) -> Self:
        if self.circle and self.polygon:
            raise ValueError(_ONE_AREA)
        if self.polygon and (len(self.polygon) < 4 or self.polygon[0] != self.polygon[-1]):  # noqa: PLR2004 - a closed triangle
            raise ValueError(_CLOSED)
        return self


class EndingIn(In):
    """`over`: the danger has passed. `wrong`: it should not stand. Whoever was warned is told, and reads the reason in our feed."""

    why: Why
    reason: Words
    reason_bn: Words


class PostureIn(In):
    country: CountryCode
    level: Level
    reason_en: Words
    reason_bn: Words
    valid_from: AwareDatetime
    valid_until: AwareDatetime
    is_drill: bool = False
    incident: UUID | None = None

    @model_validator(mode="after")
    def _ends_after_it_begins(self) -> Self:
        if self.valid_until <= self.valid_from:
            raise ValueError(_ORDER)
        return self


class PostureOut(BaseModel):
    """`mine`: the caller proposed it, and so may not approve it. `holds`: in force, and its time has come and is not over.

    `set_by`, `approved_by`: accounts; null of what was decided before they were kept.
    """

    id: UUID
    version: int
    country: str
    is_drill: bool
    incident_id: UUID | None
    level: int
    level_label: Bilingual
    reason: Bilingual
    state: Literal["proposed", "in_force", "refused", "ended"]
    set_at: datetime
    valid_from: datetime
    valid_until: datetime
    approved_at: datetime | None
    set_by: str | None
    approved_by: str | None
    holds: bool
    mine: bool


class LevelOut(BaseModel):
    level: int
    name: Bilingual


class LevelsOut(BaseModel):
    version: str
    illustrative: bool
    levels: list[LevelOut]
