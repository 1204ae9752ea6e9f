"""The composition root of the monitor."""

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


def create_app(settings: Settings) -> FastAPI:
    load()
    return create(
        settings,
        title="Framework monitor",
        routers=[evidence.router, opendata.router, router],
        subscriptions=SUBSCRIPTIONS,
        migrations=folder_of("monitor"),
        loops={"figures": keep_figures},
    )


if __name__ == "__main__":
    serve(create_app)
