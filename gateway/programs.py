"""Programs of partners at the door: their quotas, the web pages that may use their tokens, and `partners`, which knows both."""

import asyncio
import time
from collections.abc import Collection, Mapping
from contextlib import suppress
from typing import Any, Final
from uuid import uuid4

import httpx

from gateway import cors
from gateway.quotas import Quotas
from gateway.settings import GatewaySettings
from kit.auth import Caller
from kit.calls import Calls

TOLD_EVERY_S: Final = 5.0
_PARTNERS: Final = "partners"


class Programs:
    """Made inside a running loop; `close` tells what was counted last and ends its connections."""

    def __init__(self, settings: GatewaySettings) -> None:
        self._http = httpx.AsyncClient()
        self._calls = Calls(settings, self._http)
        self._within = settings.quota_timeout
        self._quotas = Quotas(self._lease, within=self._within)
        self.preflights = cors.Preflights(self._origins)
        self._telling = asyncio.create_task(self._tell())

    async def close(self) -> None:
        self._telling.cancel()
        with suppress(TimeoutError):
            async with asyncio.timeout(self._within):
                await self._quotas.tell(everything=True)
        await self._http.aclose()

    async def admit(self, caller: Caller, service: str, origin: str | None, added: cors.Headers) -> None:
        """One request; headers for its answer are `added`, for a refusal too.

        Raises `OriginUnknownError`, `QuotaSpentError`, `ProgramStoppedError`.
        """
        lease = await self._quotas.lease(caller.client_id)
        if origin is not None:
            added += cors.for_program(origin, lease.origins)
        self._quotas.take(caller.client_id, to_partners=service == _PARTNERS)
        added += lease.headers(time.monotonic())

    def count(self, client_id: str, status: int) -> None:
        self._quotas.count(client_id, status)

    async def _lease(self, said: Mapping[str, Any]) -> Any:
        return await self._calls.post(_PARTNERS, "/v1/partners/leases", said, key=str(uuid4()))

    async def _origins(self) -> Collection[str]:
        told = await self._calls.get(_PARTNERS, "/v1/partners/origins")
        return frozenset(told["items"])

    async def _tell(self) -> None:
        while True:
            await asyncio.sleep(TOLD_EVERY_S)
            await self._quotas.tell()
