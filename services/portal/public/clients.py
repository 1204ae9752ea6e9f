"""The open doors of complaints, as the portal uses them for somebody without an account."""

from typing import Any, Final

from services.portal.clients import Services

NAME: Final = "complaints"
AGENCIES: Final = "agencies"
FOUND: Final = "8"
UPLOADS: Final = "/v1/complaints/track/uploads"


async def report(services: Services, body: dict[str, Any], *, key: str) -> dict[str, Any]:
    receipt: dict[str, Any] = await services.post(NAME, "/v1/complaints/public", body, key=key)
    return receipt


async def agencies_like(services: Services, words: str) -> list[dict[str, Any]]:
    found = await services.get(AGENCIES, "/v1/agencies", query=words[:100], limit=FOUND)
    items: list[dict[str, Any]] = found["items"]
    return items


async def enter(services: Services, body: dict[str, Any], address: str) -> dict[str, Any]:
    answer = await services.send("POST", NAME, "/v1/complaints/track", {"X-Forwarded-For": address}, json=body)
    entered: dict[str, Any] = answer.json()
    return entered


async def status(services: Services, token: str) -> dict[str, Any]:
    shown: dict[str, Any] = (await services.send("GET", NAME, "/v1/complaints/track", {"Tracking": token})).json()
    return shown


async def act(services: Services, token: str, what: str, body: dict[str, Any], key: str = "") -> Any:
    headers = {"Tracking": token} | ({"Idempotency-Key": key} if key else {})
    answer = await services.send("POST", NAME, f"/v1/complaints/track/{what}", headers, json=body)
    return answer.json() if answer.content else None
