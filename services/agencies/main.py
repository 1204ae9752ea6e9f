"""The composition root of the agencies service."""

from fastapi import FastAPI

from kit.app import create_app as create
from kit.migrations import folder_of
from kit.serve import serve
from kit.settings import Settings
from services.agencies.consumers import SUBSCRIPTIONS
from services.agencies.endpoints import router
from services.agencies.ratings import endpoints as ratings
from services.agencies.redress import endpoints as redress
from services.agencies.runs import endpoints as runs
from services.agencies.service import CLASSIFY_AGAIN, classify_again


def create_app(settings: Settings) -> FastAPI:
    return create(
        settings,
        title="Recruitment agencies",
        routers=[ratings.router, runs.router, redress.router, router],
        subscriptions=SUBSCRIPTIONS,
        timers={CLASSIFY_AGAIN: classify_again},
        migrations=folder_of("agencies"),
    )


if __name__ == "__main__":
    serve(create_app)
