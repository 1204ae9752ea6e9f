"""The open doors of complaints, as the portal uses them for somebody without an account."""

from typing import Any, Final

import httpx

from services.portal.clients import Services

NAME: Final = "complaints"
AGENCIES: Final = "agencies"
FOUND: Final = "8"
_UPLOADS: Final = "/v1/complaints/track/uploads"
_PASSED: Final = ("upload-offset", "upload-length", "retry-after")


async def report(services: Services, body: dict[str, Any], *, key: str) -> dict[str, Any]:
    receipt: dict[str, Any] = await services.post(NAME, "/v1/complaints/public", body, key=key)
    return receipt


async def judge_text(services: Services, text: str) -> dict[str, Any]:
    """Whether the text is of an old font, and what it would say."""
    judged: dict[str, Any] = await services.post(NAME, "/v1/complaints/public/text", {"text": text}, key="judge-text")
    return judged


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


async def add_whole(services: Services, token: str, content: bytes, *, name: str, kind: str) -> None:
    """A small file from a form without scripts: begun, sent and completed at once. Raises as the others."""
    upload = await act(services, token, "uploads", {"length": len(content), "name": name[:200], **({"kind": kind} if kind else {})})
    place = f"{_UPLOADS}/{upload['id']}"
    step = int(upload["part_size"])
    for start in range(0, len(content), step):
        headers = {"Tracking": token, "Upload-Offset": str(start), "Content-Type": "application/offset+octet-stream"}
        await services.send("PATCH", NAME, place, headers, content=content[start : start + step])
    await services.send("POST", NAME, f"{place}/completion", {"Tracking": token})


async def pass_on(services: Services, method: str, path: str, token: str, *, offset: str = "", content: bytes = b"") -> httpx.Response:
    """An upload's call as it came, with its answer as it is: the script of the page reads both."""
    headers = {"Tracking": token} | ({"Upload-Offset": offset} if offset else {})
    headers["Content-Type"] = "application/offset+octet-stream" if method == "PATCH" else "application/json"
    return await services.pass_on(method, NAME, f"{_UPLOADS}{path}", headers, content=content)


def passed_headers(answer: httpx.Response) -> dict[str, str]:
    return {name: answer.headers[name] for name in _PASSED if name in answer.headers} | {"Cache-Control": "no-store"}
