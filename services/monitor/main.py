"""The composition root of the monitor."""

from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from typing import Any

from fastapi import FastAPI

from kit.app import create_app as create
from kit.migrations import folder_of
from kit.serve import serve
from kit.settings import Settings
from services.monitor.consumers import SUBSCRIPTIONS
from services.monitor.endpoints import router
from services.monitor.evidence import endpoints as evidence
from services.monitor.evidence.service import keep_figures
from services.monitor.opendata import endpoints as opendata
from services.monitor.opendata.lists import load
from services.monitor.opendata.service import Editions
from services.monitor.reports import endpoints as reports
from services.monitor.reports import lists as report_lists


@asynccontextmanager
async def resources(_: Settings) -> AsyncIterator[Mapping[str, Any]]:
    yield {"editions": Editions()}


def create_app(settings: Settings) -> FastAPI:
    load()
    report_lists.load()
    return create(
        settings,
        title="Framework monitor",
        routers=[evidence.router, opendata.router, reports.router, router],
        subscriptions=SUBSCRIPTIONS,
        migrations=folder_of("monitor"),
        resources=resources,
        loops={"figures": keep_figures},
    )


if __name__ == "__main__":
    serve(create_app)
