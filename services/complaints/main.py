"""The composition root of the complaints service."""

from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from typing import Any

import httpx
from fastapi import FastAPI

from kit.app import create_app as create
from kit.migrations import folder_of
from kit.serve import serve
from kit.settings import Settings
from services.complaints.cases import endpoints as cases
from services.complaints.cases.death import endpoints as death
from services.complaints.cases.distress import endpoints as distress
from services.complaints.cases.missing import endpoints as missing
from services.complaints.cases.protection import endpoints as protection
from services.complaints.cases.protection.service import TIMER, visit_is_overdue
from services.complaints.contact import endpoints as contact
from services.complaints.contact.clients import messengers
from services.complaints.contact.sender import send_what_is_due
from services.complaints.endpoints import router
from services.complaints.settings import Doors

CASES = [
    *(cases.desk_router, death.desk_router, missing.desk_router, protection.desk_router),
    *(cases.router, distress.router, death.router, missing.router, protection.router),
]
TIMERS = {TIMER: visit_is_overdue}


def create_app(settings: Settings, doors: Doors | None = None) -> FastAPI:
    known = doors or Doors()

    @asynccontextmanager
    async def resources(_: Settings) -> AsyncIterator[Mapping[str, Any]]:
        async with httpx.AsyncClient(timeout=10) as http:
            yield {"doors": known, "http": http, "messengers": messengers(known, http)}

    return create(
        settings,
        title="Complaints",
        routers=[*CASES, contact.router, router],
        timers=TIMERS,
        migrations=folder_of("complaints"),
        resources=resources,
        loops={"texts": send_what_is_due},
    )


if __name__ == "__main__":
    serve(create_app)
