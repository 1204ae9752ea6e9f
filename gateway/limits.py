"""How much of the gateway one client and one service may take. Pure but for the counts that it holds."""

import math
from collections import Counter, OrderedDict
from collections.abc import Callable
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
    """Places at each service, of which one client gets but a part. A service that hangs fills its own places only.

    Who finds none is told at once. `client` is a `client_key`: none is also the name of a service.
    """

    per_service: int
    per_client: int
    _taken: Counter[str] = field(default_factory=Counter)

    def take(self, service: str, client: str) -> None:
        """Raises `UnavailableError` where no place is free, `TooManyRequestsError` where this client has enough of them."""
        if self._taken[client] >= self.per_client:
            raise TooManyRequestsError(1)
        if self._taken[service] >= self.per_service:
            raise UnavailableError(retry_after=1)
        self._taken.update((service, client))

    def leave(self, service: str, client: str) -> None:
        for name in (service, client):
            _give_back(self._taken, name, 1)

    def __len__(self) -> int:
        return len(self._taken)


@dataclass(slots=True)
class Room:
    """Bytes of request bodies held at once. One client gets but a share: who sends slowly must not keep everybody else from sending."""

    size: int
    share: int
    taken: int = 0
    _held: Counter[str] = field(default_factory=Counter)

    def take(self, client: str, count: int) -> None:
        """Raises `UnavailableError` where there is no room, `TooManyRequestsError` where the client's share is used up."""
        if self._held[client] + count > self.share:
            raise TooManyRequestsError(1)
        if self.taken + count > self.size:
            raise UnavailableError(retry_after=1)
        self.taken += count
        self._held[client] += count

    def leave(self, client: str, count: int) -> None:
        self.taken -= count
        _give_back(self._held, client, count)


@dataclass(slots=True)
class Peers:
    """Connections open from each address, idle ones too. `exempt` tells whether an address is a load balancer of ours."""

    places: int
    exempt: Callable[[str], bool]
    _open: Counter[str] = field(default_factory=Counter)

    def come(self, address: str) -> bool:
        """Whether it may stay. Each one that came has to `go`, also the one that may not stay."""
        self._open[client_key(address)] += 1
        return self._open[client_key(address)] <= self.places or self.exempt(address)

    def go(self, address: str) -> None:
        _give_back(self._open, client_key(address), 1)


def _give_back(counted: Counter[str], name: str, count: int) -> None:
    """Who holds nothing is forgotten: there are as many names as clients."""
    counted[name] -= count
    if counted[name] <= 0:
        del counted[name]
