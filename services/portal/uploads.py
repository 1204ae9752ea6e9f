"""Files on their way to a service: whole from a form without scripts, or part by part as the page's script sends them."""

from collections.abc import Mapping
from typing import Any, Final

import httpx
from fastapi import Request, Response

from services.portal.clients import Services
from services.portal.forms import check_origin

COMPLAINTS: Final = "complaints"
_PASSED: Final = ("upload-offset", "upload-length", "retry-after")
_OCTETS: Final = "application/offset+octet-stream"


async def add_whole(
    services: Services,
    place: str,
    content: bytes,
    *,
    name: str,
    headers: Mapping[str, str] | None = None,
    service: str = COMPLAINTS,
    more: Mapping[str, str] | None = None,
) -> str:
    """A small file from a form without scripts: begun, sent and completed at once. Its id. Raises `RefusedError`, `AwayError`.

    `more`: what else is said of the file when it is begun.
    """
    own = dict(headers or {})
    wanted = {"length": len(content), "name": name[:200], **(more or {})}
    upload: dict[str, Any] = (await services.send("POST", service, place, own, json=wanted)).json()
    step = int(upload["part_size"])
    for start in range(0, len(content), step):
        part = own | {"Upload-Offset": str(start), "Content-Type": _OCTETS}
        await services.send("PATCH", service, f"{place}/{upload['id']}", part, content=content[start : start + step])
    await services.send("POST", service, f"{place}/{upload['id']}/completion", own)
    return str(upload["id"])


async def passed_on(
    request: Request, services: Services, method: str, place: str, headers: Mapping[str, str] | None = None, *, service: str = COMPLAINTS
) -> Response:
    """An upload's call as it came, with its answer as it is: the script of the page reads both."""
    check_origin(request)
    offset = request.headers.get("upload-offset", "")
    kind = _OCTETS if method == "PATCH" else "application/json"
    own = {**(headers or {}), **({"Upload-Offset": offset} if offset.isdigit() else {}), "Content-Type": kind}
    answer = await services.pass_on(method, service, place, own, content=await request.body())
    return Response(answer.content, answer.status_code, _kept(answer), media_type=answer.headers.get("content-type", "application/json"))


def _kept(answer: httpx.Response) -> dict[str, str]:
    return {name: answer.headers[name] for name in _PASSED if name in answer.headers} | {"Cache-Control": "no-store"}
