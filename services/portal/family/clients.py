"""The family's request of the crisis service, as the portal uses it for somebody without an account."""

from typing import Any, Final

from fastapi import Request

from services.portal.clients import Services

NAME: Final = "crisis"
REQUESTS: Final = "/v1/crisis/cases/requests"


def address_of(request: Request) -> str:
    """Where the person comes from, as the gateway says: attempts are limited by it."""
    return request.headers.get("x-forwarded-for", "").rpartition(",")[2].strip() or (request.client.host if request.client else "")


async def ask(services: Services, body: dict[str, Any], address: str, *, key: str) -> dict[str, Any]:
    answer = await services.send("POST", NAME, REQUESTS, {"Idempotency-Key": key, "X-Forwarded-For": address}, json=body)
    receipt: dict[str, Any] = answer.json()
    return receipt


async def follow(services: Services, body: dict[str, Any], address: str) -> dict[str, Any]:
    answer = await services.send("POST", NAME, f"{REQUESTS}/track", {"X-Forwarded-For": address}, json=body)
    status: dict[str, Any] = answer.json()
    return status
