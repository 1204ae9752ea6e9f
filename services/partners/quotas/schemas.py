"""What goes in and out of the API of quotas."""

from datetime import datetime
from typing import Annotated, Literal

from pydantic import AfterValidator, AwareDatetime, BaseModel, Field

from contracts.text import Text
from services.partners.quotas.rules import origin_of
from services.partners.schemas import In

MOST_AT_ONCE = 1000
_NO_ORIGIN = Text(
    "An origin is https:// and a host, with a port where there is one, and no path: https://cases.example.org",
    "ওয়েব ঠিকানার উৎস এভাবে লিখুন: https:// ও হোস্টের নাম, প্রয়োজনে পোর্ট, কোনো পথ ছাড়া: https://cases.example.org",
)


def _origin(text: str) -> str:
    found = origin_of(text)
    if found is None:
        raise ValueError(_NO_ORIGIN)
    return found


Count = Annotated[int, Field(ge=0, le=1_000_000_000)]
Origin = Annotated[str, Field(max_length=200, examples=["https://cases.example.org"]), AfterValidator(_origin)]


class CountsIn(In):
    """What became of requests since the last lease. `refused`: for want of quota."""

    requests: Count = 0
    refused: Count = 0
    client_errors: Count = 0
    server_errors: Count = 0


class LeaseIn(In):
    """`unused` of the lease before, and the `minute` that it named."""

    client_id: Annotated[str, Field(min_length=1, max_length=100)]
    wanted: Annotated[int, Field(ge=0, le=MOST_AT_ONCE)]
    unused: Annotated[int, Field(ge=0, le=MOST_AT_ONCE)] = 0
    lease_of: AwareDatetime | None = None
    counts: CountsIn = CountsIn()


class WindowOut(BaseModel):
    """`left` for anybody else, after what this lease granted; `resets_in` seconds."""

    limit: int
    left: int
    resets_in: int


class LeaseOut(BaseModel):
    """`refusal`: the type of the problem that keeps this client from every service but partners itself."""

    client_id: str
    refusal: Literal["not-a-partner", "organisation-not-verified", "suspended"] | None
    granted: int
    minute: datetime
    in_minute: WindowOut
    in_day: WindowOut
    origins: list[str]


class OriginsOut(BaseModel):
    """Of all active programs."""

    items: list[str]


class OriginsIn(In):
    origins: Annotated[list[Origin], Field(max_length=10)]


class QuotaIn(In):
    """Null gives a program the quota of everybody again."""

    per_minute: Annotated[int, Field(ge=1, le=1_000_000)] | None
    per_day: Annotated[int, Field(ge=1, le=1_000_000_000)] | None


class HourOut(BaseModel):
    hour: datetime
    requests: int
    refused: int
    client_errors: int
    server_errors: int


class UsageOut(BaseModel):
    """`hours`: the last seven days, newest first, those with a request only. Counted at the gateway, some seconds late."""

    client_id: str
    in_minute: WindowOut
    in_day: WindowOut
    origins: list[str]
    hours: list[HourOut]


class UsagesOut(BaseModel):
    items: list[UsageOut]
