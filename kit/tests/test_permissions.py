"""The server itself keeps each service to what it declared: whoever takes one over can neither tell nor hear what is another's."""

from collections.abc import Iterator
from typing import Final

import pytest
from nats.aio.client import Client

from contracts.events import event_types, stream_of
from kit.bus import Declaration
from kit.testing.waiting import until
from runner import topology
from runner.testing import Engines

DECLARED: Final = topology.declarations()
NO_SUCH: Final = "999999999"
STREAM_VERBS: Final = {"CREATE": True, "UPDATE": True, "INFO": True, "DELETE": False, "PURGE": False, "MSG.GET": False, "MSG.DELETE": False}
CONSUMER_VERBS: Final = {"CREATE": True, "INFO": True, "MSG.NEXT": True, "DELETE": False, "PAUSE": False}


def telling(service: Declaration) -> Iterator[tuple[str, bool]]:
    """What can be published to, and whether this service may."""
    for event in event_types().values():
        yield event.nats_subject(), event.owner() == service.service
    for other in DECLARED:
        for verb, usual in STREAM_VERBS.items():
            yield f"$JS.API.STREAM.{verb}.{stream_of(other.service)}", usual and other is service and service.publishes
        for subscription in other.subscriptions:
            consumer = f"{subscription.stream}.{subscription.durable}"
            for verb, usual in CONSUMER_VERBS.items():
                yield f"$JS.API.CONSUMER.{verb}.{consumer}", usual and other is service
            yield f"$JS.ACK.{consumer}.1.{NO_SUCH}.{NO_SUCH}.0.0", other is service
        yield f"_INBOX.{other.service}.x", False
    yield "$SYS.REQ.SERVER.PING", False


def hearing(service: Declaration) -> Iterator[tuple[str, bool]]:
    for other in DECLARED:
        yield f"{other.service}.>", False
        yield f"_INBOX.{other.service}.x", other is service
    yield from ((subject, False) for subject in (">", "*.>", "_INBOX.>", "$JS.>", "$SYS.>", "$JS.ACK.>"))


@pytest.mark.parametrize("service", DECLARED, ids=lambda one: one.service)
async def test_a_service_may_what_it_declared_and_nothing_else(engines: Engines, service: Declaration) -> None:
    refused: set[str] = set()

    async def note(error: Exception) -> None:
        refused.add(str(error))

    client = Client()
    await client.connect(engines.nats_url(service.service), error_cb=note, allow_reconnect=False)
    for subject, _ in telling(service):
        await client.publish(subject, b"?")
    for subject, _ in hearing(service):
        await client.subscribe(subject)
    await client.flush()

    async def wrong() -> dict[str, bool]:
        said = "\n".join(refused).lower()
        ways = (("publish to", telling(service)), ("subscription to", hearing(service)))
        return {subject: may for way, asked in ways for subject, may in asked if (f'{way} "{subject}"'.lower() in said) is may}

    # The server's refusals are told in order, but after the flush: the last ones are those of the subscriptions.
    await until(wrong, {})
    await client.close()


def test_the_list_is_not_empty() -> None:
    assert {one.service for one in DECLARED} >= {"complaints", "agencies", "monitor"}
    assert {may for service in DECLARED for _, may in telling(service)} == {True, False}
