"""The register of nationals: asked whom a returnee may be, and told that somebody of it has come home."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any, Final
from uuid import UUID

from kit.calls import Calls
from kit.ids import new_id

CANDIDATES: Final = "/v1/nationals/candidates"
RETURNS: Final = "/v1/nationals/returns"
PURPOSE: Final = "returnee_match"
MOST: Final = 20
# The register's kinds of papers; a ticket and a card of BMET are papers too, and it has no other word for the first.
PAPER_KINDS: Final[Mapping[str, str]] = {
    "passport": "passport",
    "nid": "nid",
    "birth_registration": "birth",
    "out_pass": "travel_permit",
    "bmet_card": "bmet",
}


async def find_candidates(calls: Calls, people: Sequence[Mapping[str, Any]]) -> dict[str, list[dict[str, Any]]]:
    """By the asker's own marks. Raises `AwayError`, `RefusedCallError`."""
    answer = await calls.post("registry", CANDIDATES, {"purpose": PURPOSE, "people": [*people]}, key=f"candidates-{new_id()}")
    return {one["ask"]: one["candidates"] for one in answer["items"]}


async def tell_return(calls: Calls, link: UUID, national: UUID, returned_on: date, *, stands: bool, version: int) -> None:
    """Whether the register still knows the person or they asked to be forgotten is not told on. Raises as `find_candidates`."""
    said = {"link": str(link), "person": str(national), "returned_on": returned_on.isoformat(), "stands": stands}
    await calls.post("registry", RETURNS, said, key=f"return-{link}-{version}")
