import json
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest

from gateway.testing import Service, running_gateway, running_service
from kit.testing.tokens import TokenIssuer

NAMES = ("complaints", "agencies", "reintegration", "crisis", "registry", "monitor", "partners", "portal")
OPENAPI: dict[str, dict[str, Any]] = {
    "complaints": {
        "paths": {
            "/v1/complaints": {"get": {"operationId": "list", "security": [{"oidc": []}]}, "post": {"operationId": "lodge"}},
            "/livez": {"get": {"security": []}},
        },
    },
    "monitor": {
        "paths": {
            "/v1/framework/activities": {"get": {"operationId": "activities", "summary": "All activities", "security": []}},
            "/v1/framework/activities/{number}": {"get": {"operationId": "activity", "security": []}},
            "/v1/framework/activities/rebuild": {"post": {"operationId": "rebuild"}, "get": {"operationId": "state"}},
        },
    },
}


@pytest.fixture(scope="session")
def contracts(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("openapi")
    for name, document in OPENAPI.items():
        (folder / f"{name}.json").write_text(json.dumps(document))
    return folder


@pytest.fixture(scope="session")
def _service() -> Service:
    return Service()


@pytest.fixture
def service(_service: Service) -> Service:
    """The one service behind every gateway of these tests, as if nobody had called it yet."""
    _service.forget()
    return _service


@pytest.fixture(scope="session")
def service_url(_service: Service) -> Iterator[str]:
    with running_service(_service) as url:
        yield url


@pytest.fixture(scope="session")
def usual_gateway(tokens: TokenIssuer, contracts: Path, service_url: str) -> Iterator[str]:
    with running_gateway(tokens, dict.fromkeys(NAMES, service_url), contracts, identity_url=service_url) as url:
        yield url


@pytest.fixture
def gateway(tokens: TokenIssuer, contracts: Path, service_url: str, usual_gateway: str) -> Iterator[Callable[..., str]]:
    """A gateway in front of the service under every name; keywords are settings, and start one for this test alone."""
    with ExitStack() as stack:

        def start(urls: dict[str, str] | None = None, **limits: object) -> str:
            if not urls and not limits:
                return usual_gateway
            limits.setdefault("identity_url", service_url)
            return stack.enter_context(running_gateway(tokens, dict.fromkeys(NAMES, service_url) | (urls or {}), contracts, **limits))

        yield start
