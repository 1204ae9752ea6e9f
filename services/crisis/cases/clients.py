"""What the complaints service says of a complaint to the officer who asks: with their own token, so that nobody learns more by this way."""

from dataclasses import dataclass
from typing import Any
from urllib.parse import quote

import httpx

from contracts.persons import AgeBand, Sex
from contracts.text import Text
from kit.calls import Calls, RefusedCallError
from kit.errors import ConflictError

COMPLAINTS = "complaints"


class NoSuchComplaintError(ConflictError):
    slug = "complaint-not-found"
    title = Text("No complaint with this reference is open to you.", "এই রেফারেন্সের কোনো অভিযোগ আপনার জন্য উন্মুক্ত নয়।")


@dataclass(frozen=True, slots=True)
class OfComplaint:
    """Codes only: the name and the words stay where they are."""

    reference: str
    country: str
    sex: str
    age_band: str
    restricted: bool


async def complaint_of(calls: Calls, token: str, reference: str) -> OfComplaint:
    """Raises `NoSuchComplaintError`, `AwayError`."""
    try:
        said = await calls.get_as(token, COMPLAINTS, f"/v1/complaints/{quote(reference, safe='')}")
    except RefusedCallError as error:
        if error.code in {httpx.codes.FORBIDDEN, httpx.codes.NOT_FOUND}:
            raise NoSuchComplaintError from error
        raise
    victim: dict[str, Any] = said.get("victim") or {}
    return OfComplaint(
        reference=said["reference"],
        country=said["country"],
        sex=victim.get("sex") or Sex.UNKNOWN,
        age_band=victim.get("age_band") or AgeBand.UNKNOWN,
        restricted=said["restricted"],
    )
