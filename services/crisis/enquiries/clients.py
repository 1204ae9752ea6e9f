"""The register of nationals, asked for the one person whom a family seeks."""

from typing import Final, Literal
from uuid import UUID

from kit.calls import Calls
from kit.ids import new_id

LOOKUPS: Final = "/v1/nationals/lookups"
PURPOSE: Final = "family_enquiry"
By = Literal["phone", "document"]


async def lookup(calls: Calls, phone: str | None, passport: str | None) -> list[tuple[UUID, By]]:
    """Ids of the register alone. Raises `AwayError`, `RefusedCallError`."""
    found: list[tuple[UUID, By]] = []
    asked: list[tuple[By, dict[str, object]]] = []
    if phone:
        asked.append(("phone", {"phone": phone}))
    if passport:
        asked.append(("document", {"document": {"kind": "passport", "number": passport}}))
    for by, body in asked:
        answer = await calls.post("registry", LOOKUPS, {"purpose": PURPOSE, **body}, key=f"lookup-{new_id()}")
        found += [(UUID(one["person"]), by) for one in answer["people"]]
    return found
