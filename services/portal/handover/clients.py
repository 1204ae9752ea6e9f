"""Protected cases, and a complaint that begins at a returnee's page: what the portal asks of reintegration and complaints."""

from collections.abc import Mapping
from typing import Any, Final
from urllib.parse import quote, urlsplit

from services.portal.access import OFFICES
from services.portal.casework.clients import address
from services.portal.clients import AwayError, RefusedError, Services
from services.portal.complaints import clients as complaints

NAME: Final = "reintegration"
PROTECTION: Final = "/v1/returnees/protection"
EMERGENCIES: Final = f"{PROTECTION}/emergencies"


async def section_of(services: Services, returnee: Mapping[str, Any]) -> dict[str, Any]:
    """Nothing of a protected case: whoever reads the record need not be one of its members."""
    at = address(returnee["reference"])
    linked = await services.get(NAME, f"{at}/complaints")
    claims = await services.get(NAME, f"{at}/claims")
    passes_on = services.visitor is not None and services.visitor.caller.has(*OFFICES)
    return {"complaints": linked["items"], "claims": claims["items"], "passes_on": passes_on}


async def lists(services: Services, name: str) -> dict[str, Any]:
    listed: dict[str, Any] = await services.get(NAME, f"/v1/returnees/{name}")
    return listed


async def open_protected(services: Services, reference: str, *, key: str) -> str:
    case = await services.post(NAME, f"{address(reference)}/protection", {}, key=key)
    return str(case["id"])


async def protected(services: Services, case: str) -> dict[str, Any]:
    found: dict[str, Any] = await services.get(NAME, path_of(case))
    return found


async def list_protected(services: Services, cursor: str) -> tuple[list[dict[str, Any]], str]:
    """A page of the list, and the query string of the page that follows (empty on the last)."""
    found = await services.get(NAME, PROTECTION, **({"cursor": cursor} if cursor else {}), limit="25")
    return found["items"], urlsplit(found["next"] or "").query


async def emergencies(services: Services, cursor: str) -> tuple[list[dict[str, Any]], str]:
    """As `list_protected`."""
    found = await services.get(NAME, EMERGENCIES, **({"cursor": cursor} if cursor else {}), limit="25")
    return found["items"], urlsplit(found["next"] or "").query


async def has_to_judge(services: Services) -> bool:
    """Whether an emergency waits for this person's word. No answer is none: the page it stands on is for other things too."""
    try:
        return bool((await services.get(NAME, EMERGENCIES, waiting="true", limit="1"))["items"])
    except (AwayError, RefusedError):
        return False


def path_of(case: str, *parts: str) -> str:
    return "/".join([PROTECTION, quote(case, safe=""), *(quote(one, safe="") for one in parts)])


async def agree(services: Services, reference: str, said: Mapping[str, Any], *, key: str) -> None:
    await services.post(NAME, f"{address(reference)}/consents", said, key=key)


async def complain(services: Services, reference: str, body: dict[str, Any], note: str, *, key: str) -> str:
    """Lodged once, linked here, and the returnee's reference noted there: each step again under its own key is the same."""
    receipt = await complaints.lodge(services, body, key=key)
    lodged = str(receipt["reference"])
    await services.post(NAME, f"{address(reference)}/complaints", {"reference": lodged}, key=f"{key}-link")
    seen = await complaints.read(services, lodged)
    act = complaints.path_of(lodged, "/actions/comment")
    await services.post(complaints.NAME, act, {"note": note}, key=f"{key}-note", version=str(seen["version"]))
    return lodged
