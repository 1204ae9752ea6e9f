"""The public API as a patient client calls it: signed in as a demo account, and tried again with the same key until it is answered."""

import asyncio
import time
from collections.abc import Mapping
from types import TracebackType
from typing import Any, Final, Self

import httpx

from runner.identity import SignInRefusedError, access_token
from runner.place import Place
from runner.refusals import Refusal

PATIENCE_S: Final = 60.0
PAUSE_S: Final = 0.2
TOKEN_LIVES_S: Final = 240.0
# Each says that the request may be sent again as it is; 409 only while the first one is still being handled.
AGAIN: Final = frozenset({429, 502, 503, 504})
STILL_RUNNING: Final = "urn:probashi:problem:idempotency-still-running"


class StepFailed(Refusal):
    """A journey did not go as it must."""


class Api:
    """Everything goes through the gateway."""

    def __init__(self, place: Place, password: str) -> None:
        self._identity = place.public_url
        self._password = password
        self._client = httpx.AsyncClient(base_url=place.public_url, timeout=10)
        self._tokens: dict[str, tuple[float, str]] = {}

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        await self._client.aclose()

    async def get(self, path: str, account: str | None = None) -> Any:
        return (await self.call("GET", path, account)).json()

    async def post(self, path: str, account: str, body: Mapping[str, Any] | None = None, *, key: str) -> Any:
        """`key` is the Idempotency-Key: sent again after whatever went wrong, the effect is one."""
        return (await self.call("POST", path, account, json=body, headers={"Idempotency-Key": key})).json()

    async def post_cap(self, message: bytes, account: str, *, key: str, country: str | None = None) -> Any:
        headers = {"Idempotency-Key": key, "Content-Type": "application/cap+xml"}
        path = "/v1/crisis/alerts" + (f"?country={country}" if country else "")
        return (await self.call("POST", path, account, content=message, headers=headers)).json()

    async def call(
        self, method: str, path: str, account: str | None, *, headers: Mapping[str, str] | None = None, **body: Any
    ) -> httpx.Response:
        """Raises `StepFailed` for an answer that will not change, and after a minute without one."""
        end = time.monotonic() + PATIENCE_S
        last = "no answer"
        while time.monotonic() < end:
            try:
                signed = {"Authorization": f"Bearer {await self.token(account)}"} if account else {}
                answer = await self._client.request(method, path, headers={**(headers or {}), **signed}, **body)
            except (httpx.HTTPError, SignInRefusedError, OSError) as error:
                last = type(error).__name__
            else:
                if answer.is_success:
                    return answer
                last = f"{answer.status_code} {answer.text[:500]}"
                if not _may_change(answer):
                    break
                if answer.status_code == httpx.codes.UNAUTHORIZED and account:
                    self._tokens.pop(account, None)
            await asyncio.sleep(PAUSE_S)
        raise StepFailed(f"{method} {path} as {account}: {last}")

    async def token(self, account: str) -> str:
        made, token = self._tokens.get(account, (0.0, ""))
        if time.monotonic() - made > TOKEN_LIVES_S or not token:
            token = await access_token(self._identity, account, self._password)
            self._tokens[account] = (time.monotonic(), token)
        return token


def _may_change(answer: httpx.Response) -> bool:
    if answer.status_code in AGAIN or answer.status_code == httpx.codes.UNAUTHORIZED:
        return True
    return answer.status_code == httpx.codes.CONFLICT and answer.json().get("type") == STILL_RUNNING
