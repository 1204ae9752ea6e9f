"""The composition root of the register of nationals abroad."""

from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from typing import Any, Final

import httpx
from fastapi import APIRouter, FastAPI

from kit.app import create_app as create
from kit.calls import Calls
from kit.migrations import folder_of
from kit.serve import serve
from kit.settings import Settings
from services.registry import endpoints as persons
from services.registry.clients import card_register
from services.registry.emergency import endpoints as emergency
from services.registry.emergency.service import FORGET, forget
from services.registry.exposure import endpoints as exposure
from services.registry.matching import endpoints as matching
from services.registry.own import endpoints as own
from services.registry.settings import IdentityCheck

# In this order: a person's own address takes whatever no other does.
ROUTERS: Final[list[APIRouter]] = [exposure.router, emergency.router, matching.router, own.router, persons.router]
# An area of an official warning may have tens of thousands of corners.
MOST_BYTES: Final = 8_388_608


def create_app(settings: Settings, identity_check: IdentityCheck | None = None) -> FastAPI:
    known = identity_check or IdentityCheck()

    @asynccontextmanager
    async def resources(_: Settings) -> AsyncIterator[Mapping[str, Any]]:
        async with httpx.AsyncClient() as http:
            yield {"calls": Calls(settings, http), "card_register": card_register(known, http)}

    return create(
        settings,
        title="Register of nationals abroad",
        routers=ROUTERS,
        timers={FORGET: forget},
        migrations=folder_of("registry"),
        resources=resources,
        max_body=MOST_BYTES,
    )


if __name__ == "__main__":
    serve(create_app)
