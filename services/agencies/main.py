"""The composition root of the agencies service."""

from fastapi import FastAPI

from kit.app import create_app as create
from kit.migrations import folder_of
from kit.serve import serve
from kit.settings import Settings
from services.agencies.consumers import SUBSCRIPTIONS
from services.agencies.endpoints import router
from services.agencies.register import endpoints as register
from services.agencies.register.service import REGISTER_TODAY, keep_today
from services.agencies.service import CLASSIFY_AGAIN, classify_again


def create_app(settings: Settings) -> FastAPI:
    return create(
        settings,
        title="Recruitment agencies",
        routers=[router, register.router],
        subscriptions=SUBSCRIPTIONS,
        timers={CLASSIFY_AGAIN: classify_again, REGISTER_TODAY: keep_today},
        migrations=folder_of("agencies"),
    )


if __name__ == "__main__":
    serve(create_app)
