from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from typing import Annotated, Any, Final

import pytest
from fastapi import FastAPI, Header
from pydantic import SecretStr

from gateway.testing import free_port
from runner.testing import APP_OPTIONS, served, service_fixture
from services.registry.settings import IdentityCheck

CARDS_PORT: Final = free_port()
CARDS_SECRET: Final = "secret-of-the-card-register"
APP_OPTIONS["registry"] = {
    "identity_check": IdentityCheck(nid_url=f"http://127.0.0.1:{CARDS_PORT}", nid_secret=SecretStr(CARDS_SECRET)),
}
registry = service_fixture("registry")


@dataclass
class Cards:
    """The body that compares card numbers, played by the tests: what it was asked, and what it answers."""

    known: set[str] = field(default_factory=set)
    asked: list[dict[str, Any]] = field(default_factory=list)


@pytest.fixture
async def cards() -> AsyncIterator[Cards]:
    played, app = Cards(), FastAPI()

    @app.post("/comparisons")
    async def compare(said: dict[str, Any], authorization: Annotated[str, Header()]) -> dict[str, bool]:
        assert authorization == f"Bearer {CARDS_SECRET}"
        played.asked.append(said)
        return {"matches": said["number"] in played.known}

    async with served(app, CARDS_PORT):
        yield played
