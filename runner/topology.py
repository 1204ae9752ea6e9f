"""What each service does on NATS, as the services themselves declare it."""

from importlib import import_module
from importlib.util import find_spec

from contracts import catalogue as _all_events  # noqa: F401  # declares every event type
from contracts.events import event_types
from kit.bus import Declaration, nats_config
from runner.keys import Secrets
from runner.nats import store
from runner.place import HOST, SERVICES, Place


def declarations() -> tuple[Declaration, ...]:
    return tuple(_declaration(name) for name in SERVICES)


def _declaration(service: str) -> Declaration:
    heard = import_module(f"services.{service}.consumers").SUBSCRIPTIONS if find_spec(f"services.{service}.consumers") else ()
    return Declaration(service, any(event.owner() == service for event in event_types().values()), tuple(heard))


def nats_configuration(place: Place, secrets: Secrets, more: tuple[Declaration, ...] = ()) -> str:
    declared = (*declarations(), *more)
    return nats_config(
        declared,
        {one.service: secrets.get("nats", one.service) for one in declared},
        host=HOST,
        port=place.port("nats"),
        monitor_port=place.port("nats-monitor"),
        store=str(store(place)),
    )
