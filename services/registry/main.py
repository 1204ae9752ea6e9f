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

ROUTERS: Final[list[APIRouter]] = []


@asynccontextmanager
async def _resources(settings: Settings) -> AsyncIterator[Mapping[str, Any]]:
    async with httpx.AsyncClient() as http:
        yield {"calls": Calls(settings, http)}


def create_app(settings: Settings) -> FastAPI:
    return create(settings, title="Register of nationals abroad", routers=ROUTERS, migrations=folder_of("registry"), resources=_resources)


if __name__ == "__main__":
    serve(create_app)
