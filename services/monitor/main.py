"""The composition root of the monitor."""

from typing import Final

from fastapi import FastAPI

from kit.app import create_app as create
from kit.migrations import folder_of
from kit.serve import serve
from kit.settings import Settings
from services.monitor.activities import endpoints as activities
from services.monitor.activities.lists import load as load_reporting
from services.monitor.consumers import SUBSCRIPTIONS
from services.monitor.evidence import endpoints as evidence
from services.monitor.evidence.service import keep_figures
from services.monitor.opendata import endpoints as opendata
from services.monitor.opendata.lists import load

ROUTERS: Final = [evidence.router, opendata.router, activities.router]


def create_app(settings: Settings) -> FastAPI:
    load()
    load_reporting()
    return create(
        settings,
        title="Framework monitor",
        routers=ROUTERS,
        subscriptions=SUBSCRIPTIONS,
        migrations=folder_of("monitor"),
        loops={"figures": keep_figures},
    )


if __name__ == "__main__":
    serve(create_app)
