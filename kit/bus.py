"""The connection to NATS JetStream, and the one declaration from which streams, consumers and the server's users are made."""

import asyncio
import json
import logging
from collections.abc import Awaitable, Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, Final, Generic, Self, TypeVar

from nats.aio.client import Client
from nats.errors import Error as NatsError
from nats.js import JetStreamContext
from nats.js.api import AckPolicy, ConsumerConfig, DiscardPolicy, RetentionPolicy, StorageType, StreamConfig
from nats.js.errors import BadRequestError
from sqlalchemy.ext.asyncio import AsyncSession

from contracts.events import CloudEvent, Event, stream_of

log = logging.getLogger(__name__)

DAY: Final = 86_400.0
KEPT_DAYS: Final = 30
DUPLICATE_WINDOW_S: Final = 600.0
ACK_WAIT_S: Final = 10.0  # how long the events of a consumer that was killed wait; a slower handler is only asked again
OTHER_SETTINGS: Final = 10058  # the server's code: a stream of this name exists with another configuration


E_co = TypeVar("E_co", bound=Event, covariant=True)


@dataclass(frozen=True)
class Received(Generic[E_co]):
    """One event as a handler sees it: `data` is typed, `envelope` names record, version and restriction."""

    envelope: CloudEvent
    data: E_co


Handle = Callable[[AsyncSession, Sequence[Received[Any]]], Awaitable[None]]


@dataclass(frozen=True, slots=True)
class Subscription:
    """What one service hears from one other. `handle` gets up to 100 events in the order of the stream, inside one transaction.

    The durable consumer is `<service>-<name>`; all replicas of the service share it. All `events` must have one owner.
    `rereads`: a table is built from them, so that the service may read the stream from its beginning once more (`kit.reread`).
    """

    service: str
    name: str
    events: tuple[type[Event], ...]
    handle: Handle
    ack_wait_s: float = ACK_WAIT_S
    rereads: bool = False

    @property
    def durable(self) -> str:
        return f"{self.service}-{self.name}"

    @property
    def once_more(self) -> str:
        """The consumer that reads from the beginning, beside the durable one."""
        return f"{self.durable}-again"

    @property
    def stream(self) -> str:
        owners = {event.owner() for event in self.events}
        if len(owners) != 1:
            raise ValueError(f"{self.durable} must hear exactly one owner, not {sorted(owners)}")
        return stream_of(owners.pop())

    def consumer_config(self) -> ConsumerConfig:
        # The server never gives up (max_deliver -1): the code parks a poison message itself, as a row of its own database.
        return ConsumerConfig(
            name=self.durable,
            durable_name=self.durable,
            filter_subjects=[event.nats_subject() for event in self.events],
            ack_policy=AckPolicy.EXPLICIT,
            ack_wait=self.ack_wait_s,
            max_deliver=-1,
            max_ack_pending=2_000,
        )


def stream_config(owner: str) -> StreamConfig:
    return StreamConfig(
        name=stream_of(owner),
        subjects=[f"{owner}.>"],
        retention=RetentionPolicy.LIMITS,
        discard=DiscardPolicy.OLD,
        storage=StorageType.FILE,
        max_age=KEPT_DAYS * DAY,
        duplicate_window=DUPLICATE_WINDOW_S,
        allow_direct=False,
    )


@dataclass
class Bus:
    """One connection per process. It keeps trying for ever; `connected` tells the truth to `/readyz`."""

    url: str = field(repr=False)  # the password is in it
    service: str
    client: Client = field(default_factory=Client)
    epoch: int = 0
    last_error: str | None = None
    _up: asyncio.Event = field(default_factory=asyncio.Event)
    _told: set[Callable[[], None]] = field(default_factory=set)

    @property
    def connected(self) -> bool:
        return self.client.is_connected

    @cached_property
    def jetstream(self) -> JetStreamContext:
        """One for all: each keeps a subscription for its acknowledgements."""
        return self.client.jetstream(timeout=5, publish_async_max_pending=4_000)

    async def stay_connected(self) -> None:
        """Runs until cancelled. The client finds a lost server again by itself, but stays closed where that one ended it with an error."""
        while True:
            await self.connect()
            while not self.client.is_closed:  # noqa: ASYNC110 - the client does not always tell
                await asyncio.sleep(0.5)
            log.warning("nats: the server ended the connection; connecting anew")
            self.client = Client()
            self.__dict__.pop("jetstream", None)

    async def connect(self) -> Self:
        """Returns once connected; meanwhile and afterwards a lost server is looked for twice a second."""
        while not self.client.is_connected:
            try:
                await self.client.connect(
                    self.url,
                    name=self.service,
                    inbox_prefix=f"_INBOX.{self.service}",
                    connect_timeout=2,
                    reconnect_time_wait=0.5,  # type: ignore[arg-type]  # a float works: it goes to asyncio.sleep
                    max_reconnect_attempts=-1,
                    ping_interval=5,
                    max_outstanding_pings=2,
                    error_cb=self._on_error,
                    reconnected_cb=self._on_up,
                )
            except (OSError, NatsError, TimeoutError) as error:
                await self._on_error(error)
                await asyncio.sleep(0.5)
        await self._on_up()
        return self

    async def wait_connected(self) -> None:
        while not self.client.is_connected:
            self._up.clear()
            await self._up.wait()

    async def close(self) -> None:
        await self.client.close()

    @contextmanager
    def telling(self, tell: Callable[[], None]) -> Iterator[None]:
        """Meanwhile `tell` is called after each new `epoch`."""
        self._told.add(tell)
        try:
            yield
        finally:
            self._told.discard(tell)

    async def _on_up(self) -> None:
        self.epoch += 1
        self.last_error = None
        self._up.set()
        for tell in self._told:
            tell()

    async def _on_error(self, error: Exception) -> None:
        # A permission that the server denies shows only here; the call itself just times out (design, trap 4).
        if self.last_error != str(error):
            log.warning("nats: %s", error)
        self.last_error = str(error)

    async def ensure_stream(self, owner: str) -> None:
        """Idempotent; that of an older release gets our settings. Raises `nats.errors.Error` when the server is away or refuses."""
        try:
            await self.jetstream.add_stream(stream_config(owner))
        except BadRequestError as error:
            if error.err_code != OTHER_SETTINGS:
                raise
            await self.jetstream.update_stream(stream_config(owner))

    async def ensure_consumer(self, subscription: Subscription) -> None:
        """Idempotent. Fails while the owner's stream is not there yet: try again."""
        await self.jetstream.add_consumer(subscription.stream, subscription.consumer_config())


@dataclass(frozen=True, slots=True)
class Declaration:
    """What a service does on NATS: whether it owns a stream, and what it hears."""

    service: str
    publishes: bool
    subscriptions: tuple[Subscription, ...] = ()


def permissions(declaration: Declaration) -> dict[str, dict[str, list[str]]]:
    """The least that the service's user needs. In a NATS permission `*` is a whole token, so names are spelt out."""
    publish = ["$JS.API.INFO"]
    if declaration.publishes:
        stream = stream_of(declaration.service)
        publish += [f"{declaration.service}.>", *(f"$JS.API.STREAM.{verb}.{stream}" for verb in ("CREATE", "UPDATE", "INFO"))]
    for subscription in declaration.subscriptions:
        target = f"{subscription.stream}.{subscription.durable}"
        publish += [
            f"$JS.API.CONSUMER.CREATE.{target}",
            f"$JS.API.CONSUMER.CREATE.{target}.>",
            f"$JS.API.CONSUMER.INFO.{target}",
            f"$JS.API.CONSUMER.MSG.NEXT.{target}",
            f"$JS.ACK.{target}.>",
        ]
        if subscription.rereads:
            target = f"{subscription.stream}.{subscription.once_more}"
            publish += [f"$JS.API.CONSUMER.{verb}.{target}" for verb in ("CREATE", "INFO", "MSG.NEXT", "DELETE")]
            publish.append(f"$JS.API.CONSUMER.CREATE.{target}.>")
    return {"publish": {"allow": publish}, "subscribe": {"allow": [f"_INBOX.{declaration.service}.>"]}}


def nats_config(
    declarations: Iterable[Declaration],
    passwords: Mapping[str, str],
    *,
    host: str,
    port: int,
    monitor_port: int,
    store: str,
) -> str:
    """The server's configuration file. Acknowledgement comes after the sync to disk: a lost power line loses nothing acknowledged."""
    users = [{"user": one.service, "password": passwords[one.service], "permissions": permissions(one)} for one in declarations]
    configuration = {
        "server_name": "probashi",
        "host": host,
        "port": port,
        "http": f"{host}:{monitor_port}",
        "max_payload": 1_048_576,
        "jetstream": {"store_dir": store, "sync_interval": "always"},
        "accounts": {"PROBASHI": {"jetstream": "enabled", "users": users}},
    }
    # NATS reads JSON as a subset of its own format.
    return json.dumps(configuration, indent=2)
