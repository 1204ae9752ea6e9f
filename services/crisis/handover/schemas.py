"""What goes in and out of the API of duties."""

from datetime import datetime
from typing import Annotated, Final

from pydantic import AfterValidator, BaseModel, ConfigDict, Field

from contracts.text import Bilingual, Text
from services.crisis.handover.lists import DUTY

_NO_REASON: Final = Text("Choose a reason of the list at /v1/crisis/duty.", "/v1/crisis/duty তালিকা থেকে একটি কারণ বেছে নিন।")


def _known(code: str) -> str:
    if code not in {one.code for one in DUTY.reasons}:
        raise ValueError(_NO_REASON)
    return code


class HandoverIn(BaseModel):
    """`to`: none is whoever stands in by the directory."""

    model_config = ConfigDict(extra="forbid")

    to: Annotated[str, Field(pattern=r"^[A-Z-]{3,40}$")] | None = None
    reason: Annotated[str, Field(max_length=20), AfterValidator(_known)]


class MissionOut(BaseModel):
    code: str
    name: Bilingual


class DutyOfOut(BaseModel):
    """`duty_with`: who acts there while the duty of the caller's mission is theirs; `may_act` is then false."""

    country: str
    may_act: bool
    duty_with: MissionOut | None


class HandoverOut(BaseModel):
    """`by_itself`: it acknowledged nothing. `ended_at` null: it holds."""

    mission: MissionOut
    to: MissionOut
    reason: str
    reason_label: Bilingual
    by_itself: bool
    handed_at: datetime
    ended_at: datetime | None


class DutyOut(BaseModel):
    """`countries` empty: all that no other mission is named for. `answers`: who answers now. `may_move`: whether the caller moves it."""

    mission: MissionOut
    countries: list[str]
    illustrative: bool
    stand_in: MissionOut
    answers: MissionOut
    handover: HandoverOut | None
    may_move: bool


class ReasonOut(BaseModel):
    code: str
    label: Bilingual


class DutiesOut(BaseModel):
    version: str
    illustrative: bool
    silent_minutes: dict[int, int]
    reasons: list[ReasonOut]
    items: list[DutyOut]
    past: list[HandoverOut]
