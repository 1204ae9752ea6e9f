"""The composition root of the monitor."""

from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from typing import Any, Final

from fastapi import FastAPI

from kit.app import create_app as create
from kit.migrations import folder_of
from kit.serve import serve
from kit.settings import Settings
from services.monitor.activities import endpoints as activities
from services.monitor.activities.lists import load as load_reporting
from services.monitor.activities.service import REMIND, keep_reminders, remind
from services.monitor.committees import endpoints as committees
from services.monitor.committees.lists import load as load_committees
from services.monitor.consumers import SUBSCRIPTIONS
from services.monitor.evidence import endpoints as evidence
from services.monitor.evidence.service import Counts, keep_figures
from services.monitor.opendata import endpoints as opendata
from services.monitor.opendata.lists import load
from services.monitor.opendata.service import Editions
from services.monitor.papers import endpoints as papers
from services.monitor.papers.rules import MOST_BYTES
from services.monitor.papers.service import keep_papers
from services.monitor.reports import endpoints as reports
from services.monitor.reports import lists as report_lists
from services.monitor.tracker import endpoints as tracker
from services.monitor.tracker.lists import load as load_tracker

ROUTERS: Final = [evidence.router, opendata.router, reports.router, activities.router, tracker.router, committees.router, papers.router]


@asynccontextmanager
async def resources(_: Settings) -> AsyncIterator[Mapping[str, Any]]:
    yield {"editions": Editions(), "counts": Counts()}


def create_app(settings: Settings) -> FastAPI:
    load()
    load_reporting()
    report_lists.load()
    load_tracker()
    load_committees()
    return create(
        settings,
        title="Framework monitor",
        routers=ROUTERS,
        subscriptions=SUBSCRIPTIONS,
        migrations=folder_of("monitor"),
        resources=resources,
        max_body=MOST_BYTES,
        timers={REMIND: remind},
        loops={"figures": keep_figures, "reminders": keep_reminders, "papers": keep_papers},
    )


if __name__ == "__main__":
    serve(create_app)
