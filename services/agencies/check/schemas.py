"""What goes in and out of the look-up before somebody pays."""

from datetime import date
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field

from contracts.places import CountryCode
from contracts.text import Bilingual
from kit.text import ONE_LINE
from services.agencies.check.rules import AskedAs, Verdict
from services.agencies.schemas import AgencyRow

Asked = Annotated[str, Field(min_length=1, max_length=100), ONE_LINE]


class CheckIn(BaseModel):
    """`query`: a name in either script, a licence or certificate number, or a telephone number."""

    model_config = ConfigDict(extra="forbid")

    query: Asked
    country: CountryCode | None = None
    sex: Literal["female", "male"] | None = None
    work: Literal["domestic", "any"] = "any"


class SubAgentRow(BaseModel):
    may_recruit: bool
    status_label: Bilingual
    number: str
    name: Bilingual
    agency: str
    agency_name: Bilingual
    agency_licensed: bool
    district: str
    registered_until: date


class CeilingOut(BaseModel):
    """`amount` in taka; nought says that no fee is due. `illustrative` where the amount is no finding of law."""

    id: str
    country: str
    sex: str
    work: str
    amount: int
    since: date
    as_of: bool
    source: str
    confidence: str


class FeesOut(BaseModel):
    """`lawful` is null where no ceiling was found: that is not that anything may be charged."""

    country: str
    sex: str | None
    lawful: CeilingOut | None
    domestic: CeilingOut | None
    words: Bilingual
    notice: Bilingual


class JudgmentOut(BaseModel):
    label: Bilingual
    happened_on: date
    order_ref: str


class GuidanceOut(BaseModel):
    source: str
    items: list[Bilingual]


class CheckOut(BaseModel):
    """The first line is `label`. Of somebody who is not registered nothing more is said, unless a court has judged (`judgments`)."""

    verdict: Verdict
    label: Bilingual
    asked_as: AskedAs
    agencies: list[AgencyRow]
    sub_agents: list[SubAgentRow]
    judgments: list[JudgmentOut]
    fees: FeesOut | None
    receipt: GuidanceOut
    contract: GuidanceOut
    report: GuidanceOut
    class_means: GuidanceOut
    sms: Bilingual


class CeilingsOut(BaseModel):
    version: str
    notice: Bilingual
    items: list[CeilingOut]
