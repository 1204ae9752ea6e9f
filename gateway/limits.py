"""How much of the gateway one client and one service may take. Pure but for the counts that it holds."""

import math
from collections import Counter, OrderedDict
from dataclasses import dataclass, field
from ipaddress import IPv6Address
from typing import Final

from gateway.problems import TooManyRequestsError
from kit.errors import UnavailableError

IPV6_HOUSEHOLD: Final = 64


def client_key(address: str, subject: str | None = None) -> str:
    """A token's holder counts as one client wherever they are; else an address, of IPv6 the network that one subscriber is given."""
    if subject is not None:
        return "s:" + subject
    if ":" in address:
        return f"a:{int(IPv6Address(address.partition('%')[0])) >> (128 - IPV6_HOUSEHOLD):x}"
    return "a:" + address


@dataclass(slots=True)
class Buckets:
    """Token buckets, one per client. The one not used longest is forgotten first: it would be full again by then, or nearly."""

    rate: float
    burst: int
    capacity: int
    _levels: OrderedDict[str, tuple[float, float]] = field(default_factory=OrderedDict)

    def take(self, key: str, now: float) -> None:
        """One request of `key` at `now` (monotonic seconds). Raises `TooManyRequestsError` with the whole seconds to wait."""
        level, since = self._levels.pop(key, (float(self.burst), now))
        level = min(self.burst, level + (now - since) * self.rate)
        allowed = level >= 1
        self._levels[key] = (level - 1 if allowed else level, now)
        if len(self._levels) > self.capacity:
            self._levels.popitem(last=False)
        if not allowed:
            raise TooManyRequestsError(math.ceil((1 - level) / self.rate))

    def __len__(self) -> int:
        return len(self._levels)


@dataclass(slots=True)
class Slots:
    """Places at each service. A service that hangs fills its own places only, and who finds none is told at once."""

    places: int
    _taken: Counter[str] = field(default_factory=Counter)

    def take(self, service: str) -> None:
        """Raises `UnavailableError` where no place is free."""
        if self._taken[service] >= self.places:
            raise UnavailableError(retry_after=1)
        self._taken[service] += 1

    def leave(self, service: str) -> None:
        self._taken[service] -= 1

    def taken(self, service: str) -> int:
        return self._taken[service]


@dataclass(slots=True)
class Room:
    """Bytes of request bodies held at once."""

    size: int
    taken: int = 0

    def take(self, count: int) -> None:
        """Raises `UnavailableError` where there is no room."""
        if self.taken + count > self.size:
            raise UnavailableError(retry_after=1)
        self.taken += count

    def leave(self, count: int) -> None:
        self.taken -= count
