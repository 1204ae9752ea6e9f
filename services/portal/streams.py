"""An open answer of a service, passed on to a browser as it comes, until the session ends."""

from collections.abc import AsyncIterator
from contextlib import AbstractAsyncContextManager
from typing import Final

import httpx
from fastapi import Response
from fastapi.responses import StreamingResponse

from services.portal.clients import AwayError
from services.portal.session.service import Keeper

# The service ends a stream with the access token that opened it, each few minutes: the browser then comes back at once.
_SOON: Final = b"retry: 500\n\n"


async def passed_on(source: AbstractAsyncContextManager[httpx.Response], keeper: Keeper, id_hash: bytes) -> Response:
    """An open stream counts as use of the session. Raises `AwayError`."""
    try:
        answer = await source.__aenter__()
    except httpx.HTTPError as error:
        raise AwayError from error
    if not answer.is_success:
        await source.__aexit__(None, None, None)
        raise AwayError
    headers = {"Cache-Control": "no-store", "X-Accel-Buffering": "no"}
    return StreamingResponse(_relayed(source, answer, keeper, id_hash), headers=headers, media_type="text/event-stream")


async def _relayed(
    source: AbstractAsyncContextManager[httpx.Response], answer: httpx.Response, keeper: Keeper, id_hash: bytes
) -> AsyncIterator[bytes]:
    try:
        yield _SOON
        async for chunk in answer.aiter_raw():
            if not await keeper.keep_alive(id_hash):
                return
            yield chunk
    except httpx.HTTPError:
        return  # the service went away: the browser asks again by itself
    finally:
        await source.__aexit__(None, None, None)
