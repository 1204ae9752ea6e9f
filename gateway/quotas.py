"""How much a partner's program has left. `partners` counts for all gateways and hands out parts of it, called leases.

Where it is away nobody is stopped: the rate of one client still holds, and each service asks for rights itself.
"""

import asyncio
import logging
import math
import time
from collections import Counter
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Final, Self

from gateway.problems import ProgramStoppedError, QuotaSpentError
from kit.calls import AwayError, RefusedCallError

log = logging.getLogger(__name__)

# A suspension, a new quota and another gateway's use are learnt after this long.
LEASE_S: Final = 2.0
FIRST_PART: Final = 10
LARGEST_PART: Final = 1000
_MINUTE_S: Final = 60
_DAY_S: Final = 86_400
_CLIENT_ERRORS: Final = 400
_SERVER_ERRORS: Final = 500

Ask = Callable[[Mapping[str, Any]], Awaitable[Any]]


@dataclass(frozen=True, slots=True)
class Window:
    """`left` for others too, `ends` on the monotonic clock."""

    name: str
    lasts: int
    limit: int
    left: int
    ends: float

    @classmethod
    def of(cls, name: str, lasts: int, told: Mapping[str, int], now: float) -> Self:
        return cls(name, lasts, told["limit"], told["left"], now + told["resets_in"])

    def wait(self, now: float) -> int:
        return max(1, math.ceil(self.ends - now))


@dataclass(slots=True)
class Lease:
    """A part of a program's quota. `left` of None: nobody granted it, partners was away. `is_short`: it is less than was asked for."""

    until: float
    left: int | None = None
    is_short: bool = False
    minute: str = ""
    refusal: str | None = None
    windows: tuple[Window, ...] = ()
    origins: frozenset[str] = frozenset()

    @classmethod
    def of(cls, told: Mapping[str, Any], wanted: int, now: float) -> Self:
        windows = (Window.of("minute", _MINUTE_S, told["in_minute"], now), Window.of("day", _DAY_S, told["in_day"], now))
        # One that got too little asks again when there is more.
        until = min(now + LEASE_S, windows[0].ends)
        is_short = told["granted"] < wanted
        return cls(until, told["granted"], is_short, told["minute"], told["refusal"], windows, frozenset(told["origins"]))

    def is_good(self, now: float) -> bool:
        return now < self.until and (self.left is None or self.left > 0 or self.is_short)

    def headers(self, now: float) -> list[tuple[bytes, bytes]]:
        """Of draft-ietf-httpapi-ratelimit-headers-10; none where nobody knows."""
        if self.left is None or not self.windows:
            return []
        policy = ", ".join(f'"{one.name}";q={one.limit};w={one.lasts}' for one in self.windows)
        limit = ", ".join(f'"{one.name}";r={one.left + self.left};t={one.wait(now)}' for one in self.windows)
        return [(b"ratelimit-policy", policy.encode()), (b"ratelimit", limit.encode())]


@dataclass(slots=True)
class _Program:
    lease: Lease = field(default_factory=lambda: Lease(float("-inf")))
    counts: Counter[str] = field(default_factory=Counter)
    renewing: asyncio.Lock = field(default_factory=asyncio.Lock)

    def wanted(self) -> int:
        """As much as a lease lasts, at the rate that the quota allows."""
        if not self.lease.windows:
            return FIRST_PART
        return max(1, min(LARGEST_PART, math.ceil(self.lease.windows[0].limit * LEASE_S / _MINUTE_S)))


class Quotas:
    """One per process. `ask` posts a lease to `partners`, is waited for `within` seconds, and raises `AwayError`, `RefusedCallError`."""

    def __init__(self, ask: Ask, clock: Callable[[], float] = time.monotonic, within: float = 1.0) -> None:
        self._ask = ask
        self._within = within
        self._clock = clock
        self._programs: dict[str, _Program] = {}
        self._is_away = False

    async def lease(self, client_id: str) -> Lease:
        """The one that a program has now, asked for where it has none."""
        program = self._programs.setdefault(client_id, _Program())
        if not program.lease.is_good(self._clock()):
            async with program.renewing:
                if not program.lease.is_good(self._clock()):
                    await self._renew(client_id, program, program.wanted())
        return program.lease

    def take(self, client_id: str, *, to_partners: bool) -> None:
        """One request, at once after `lease`. Raises `QuotaSpentError`; `ProgramStoppedError` but where it goes `to_partners`."""
        program = self._programs[client_id]
        lease = program.lease
        if lease.refusal is not None:
            if not to_partners:
                raise ProgramStoppedError(lease.refusal)
        elif lease.left == 0:
            program.counts["refused"] += 1
            raise self._spent(lease)
        elif lease.left is not None:
            lease.left -= 1

    def _spent(self, lease: Lease) -> QuotaSpentError:
        now = self._clock()
        spent = [one.wait(now) for one in lease.windows if one.left == 0]
        return QuotaSpentError(max(spent, default=1), lease.headers(now))

    def count(self, client_id: str, status: int) -> None:
        """What became of a request that was admitted; 0 where the caller went away."""
        counts = self._programs[client_id].counts
        counts["requests"] += 1
        if status >= _SERVER_ERRORS:
            counts["server_errors"] += 1
        elif status >= _CLIENT_ERRORS:
            counts["client_errors"] += 1

    async def tell(self, *, everything: bool = False) -> None:
        """What was counted of programs that asked nothing since, and what they did not use; `everything` before the process ends."""
        for client_id, program in list(self._programs.items()):
            if everything or not program.lease.is_good(self._clock()):
                async with program.renewing:
                    if program.counts or program.lease.left:
                        await self._renew(client_id, program, 0)

    async def _renew(self, client_id: str, program: _Program, wanted: int) -> None:
        counts, program.counts = program.counts, Counter()
        said: dict[str, Any] = {"client_id": client_id, "wanted": wanted, "counts": dict(counts)}
        if program.lease.left:
            said |= {"unused": program.lease.left, "lease_of": program.lease.minute}
        try:
            async with asyncio.timeout(self._within):
                told = await self._ask(said)
        except (AwayError, RefusedCallError, TimeoutError) as error:
            program.counts += counts
            self._note_away(error)
            program.lease = Lease(self._clock() + LEASE_S, windows=program.lease.windows, origins=program.lease.origins)
            return
        self._is_away = False
        program.lease = Lease.of(told, wanted, self._clock())

    def _note_away(self, error: Exception) -> None:
        if not self._is_away:
            self._is_away = True
            log.warning("quotas are not counted: %s", type(error).__name__)
