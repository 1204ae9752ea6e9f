"""The composition root of the register of nationals abroad."""

from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from typing import Any, Final

import httpx
from fastapi import APIRouter, FastAPI

from kit.app import create_app as create
from kit.calls import Calls
from kit.crypto import Keyring
from kit.files import Folder
from kit.migrations import folder_of
from kit.outward import TRIAL, Outward
from kit.serve import serve
from kit.settings import Settings
from kit.timer import TimerHandler
from services.registry import endpoints as persons
from services.registry.clients import card_register
from services.registry.emergency import endpoints as emergency
from services.registry.emergency.service import FORGET, forget
from services.registry.exposure import endpoints as exposure
from services.registry.imports import endpoints as imports
from services.registry.imports.runs import run_imports
from services.registry.imports.service import timers as import_timers
from services.registry.matching import endpoints as matching
from services.registry.own import endpoints as own
from services.registry.push import endpoints as push
from services.registry.returns import endpoints as returns
from services.registry.settings import IdentityCheck
from services.registry.updates import endpoints as updates

# In this order: a person's own address takes whatever no other does.
ROUTERS: Final[list[APIRouter]] = [
    *(exposure.router, returns.router, emergency.router, imports.router, updates.router, matching.router, own.router, push.router),
    persons.router,
]
# An area of an official warning may have tens of thousands of corners; a part of a file is as large.
MOST_BYTES: Final = 8_388_608


def create_app(settings: Settings, identity_check: IdentityCheck | None = None) -> FastAPI:
    known = identity_check or IdentityCheck()

    @asynccontextmanager
    async def resources(_: Settings) -> AsyncIterator[Mapping[str, Any]]:
        # It judges addresses of push services; none is called from here.
        outward = Outward(is_trial=settings.environment in TRIAL)
        try:
            async with httpx.AsyncClient() as http:
                yield {"calls": Calls(settings, http), "card_register": card_register(known, http), "outward": outward}
        finally:
            await outward.close()

    return create(
        settings,
        title="Register of nationals abroad",
        routers=ROUTERS,
        timers={FORGET: forget, **_file_timers(settings)},
        migrations=folder_of("registry"),
        resources=resources,
        loops={"imports": run_imports} if settings.files else {},
        max_body=MOST_BYTES,
    )


def _file_timers(settings: Settings) -> Mapping[str, TimerHandler]:
    """None where the process has no place for files: it then takes none."""
    if settings.files is None or settings.keyring is None:
        return {}
    return import_timers(Folder(settings.files, Keyring.load(settings.keyring, service=settings.service)))


if __name__ == "__main__":
    serve(create_app)
