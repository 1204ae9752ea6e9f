import json
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest

from gateway.testing import Service, running_gateway, running_service
from kit.testing.tokens import TokenIssuer

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


@pytest.fixture(scope="module")
def contracts(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("openapi")
    for name, document in OPENAPI.items():
        (folder / f"{name}.json").write_text(json.dumps(document))
    return folder


@pytest.fixture
def service() -> Service:
    return Service()


@pytest.fixture
def service_url(service: Service) -> Iterator[str]:
    with running_service(service) as url:
        yield url


@pytest.fixture
def gateway(tokens: TokenIssuer, contracts: Path, service_url: str) -> Iterator[Callable[..., str]]:
    """Starts a gateway in front of the service under every name; keywords are its settings."""
    with ExitStack() as stack:

        def start(urls: dict[str, str] | None = None, **limits: Any) -> str:
            names = ("complaints", "agencies", "reintegration", "crisis", "monitor", "portal")
            everywhere = dict.fromkeys(names, service_url) | (urls or {})
            limits.setdefault("identity_url", service_url)
            return stack.enter_context(running_gateway(tokens, everywhere, contracts, **limits))

        yield start
