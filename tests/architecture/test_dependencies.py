"""No dependency of a route is a plain function: the framework would run it in a thread, and a thread costs more than the request."""

import inspect
from collections.abc import Iterator
from importlib import import_module
from pathlib import Path

import pytest
from fastapi.dependencies.models import Dependant
from fastapi.routing import APIRoute, iter_route_contexts

from runner.place import SERVICES


def calls(dependant: Dependant) -> Iterator[object]:
    for one in dependant.dependencies:
        yield one.call
        yield from calls(one)


def runs_in_a_thread(call: object) -> bool:
    called = call if inspect.isroutine(call) else getattr(call, "__call__", call)  # noqa: B004 - an object that is called
    return not (inspect.iscoroutinefunction(called) or inspect.isasyncgenfunction(called))


def test_the_look_itself_sees_one() -> None:
    assert runs_in_a_thread(lambda: None)
    assert runs_in_a_thread(Path)


@pytest.mark.parametrize("service", SERVICES)
def test_dependencies_and_handlers_are_coroutines(service: str) -> None:
    routers = getattr(import_module(f"services.{service}.main"), "ROUTERS", None) or [import_module(f"services.{service}.endpoints").router]
    found = [one.original_route for router in routers for one in iter_route_contexts(router.routes)]
    routes = [route for route in found if isinstance(route, APIRoute)]
    assert routes
    threaded = {f"{route.path}: {call}" for route in routes for call in [route.endpoint, *calls(route.dependant)] if runs_in_a_thread(call)}
    assert not threaded
