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
from services.registry.emergency import endpoints as emergency
from services.registry.emergency.service import FORGET, forget
from services.registry.exposure import endpoints as exposure
from services.registry.matching import endpoints as matching

# In this order: a person's own address takes whatever no other does.
ROUTERS: Final[list[APIRouter]] = [exposure.router, emergency.router, matching.router, persons.router]
# An area of an official warning may have tens of thousands of corners.
MOST_BYTES: Final = 8_388_608


@asynccontextmanager
async def _resources(settings: Settings) -> AsyncIterator[Mapping[str, Any]]:
    async with httpx.AsyncClient() as http:
        yield {"calls": Calls(settings, http)}


def create_app(settings: Settings) -> FastAPI:
    return create(
        settings,
        title="Register of nationals abroad",
        routers=ROUTERS,
        timers={FORGET: forget},
        migrations=folder_of("registry"),
        resources=_resources,
        max_body=MOST_BYTES,
    )


if __name__ == "__main__":
    serve(create_app)
