"""A stream from its beginning once more: for a table that is built from events and was lost, or is doubted."""

from collections.abc import AsyncIterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from nats.aio.msg import Msg
from nats.js.api import AckPolicy, ConsumerConfig, DeliverPolicy
from nats.js.errors import NotFoundError

from contracts.events import Event
from kit.bus import Bus, Received, Subscription
from kit.inbox import read_envelope

AT_ONCE: Final = 500
WAIT_S: Final = 10.0
FORGOTTEN_AFTER_S: Final = 300.0


@dataclass(frozen=True, slots=True)
class Kept:
    """`stored_at`: when the stream took it (UTC)."""

    event: Received[Event]
    stored_at: datetime


async def reread(bus: Bus, subscription: Subscription) -> AsyncIterator[Sequence[Kept]]:
    """All that the stream still holds (`kit.bus.KEPT_DAYS`), in its order, until it has caught up with what comes.

    Nothing is acknowledged: the service's own consumer goes on where it was. What is no event of the subscription is left out; its consumer
    has parked it. One reader at a time: a second one ends the first. Raises `nats.errors.Error`, `TimeoutError` where the server is away.
    """
    stream, name = subscription.stream, subscription.once_more
    with suppress(NotFoundError):
        await bus.jetstream.delete_consumer(stream, name)
    try:
        made = await bus.jetstream.add_consumer(stream, _from_the_beginning(subscription))
    except NotFoundError:
        return  # its owner has never been started
    pulled = await bus.jetstream.pull_subscribe_bind(consumer=name, stream=stream)
    left = made.num_pending or 0
    while left:
        messages = await pulled.fetch(AT_ONCE, timeout=WAIT_S)
        yield [kept for one in messages if (kept := _kept(one, subscription)) is not None]
        left = messages[-1].metadata.num_pending
    await pulled.unsubscribe()
    await bus.jetstream.delete_consumer(stream, name)


def _from_the_beginning(subscription: Subscription) -> ConsumerConfig:
    return ConsumerConfig(
        name=subscription.once_more,
        durable_name=subscription.once_more,
        filter_subjects=[event.nats_subject() for event in subscription.events],
        deliver_policy=DeliverPolicy.ALL,
        ack_policy=AckPolicy.NONE,
        mem_storage=True,
        inactive_threshold=FORGOTTEN_AFTER_S,
    )


def _kept(message: Msg, subscription: Subscription) -> Kept | None:
    try:
        return Kept(read_envelope(message.data, subscription.events), message.metadata.timestamp)
    except ValueError:
        return None
