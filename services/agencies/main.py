"""The composition root of the agencies service."""

from fastapi import FastAPI

from kit.app import create_app as create
from kit.migrations import folder_of
from kit.serve import serve
from kit.settings import Settings
from services.agencies.check import endpoints as check
from services.agencies.consumers import SUBSCRIPTIONS
from services.agencies.endpoints import router
from services.agencies.evidence import endpoints as evidence
from services.agencies.imports import endpoints as imports
from services.agencies.imports.spreadsheet import MOST_BYTES
from services.agencies.oversight import endpoints as oversight
from services.agencies.ratings import endpoints as ratings
from services.agencies.redress import endpoints as redress
from services.agencies.register import endpoints as register
from services.agencies.register.service import REGISTER_TODAY, keep_today
from services.agencies.runs import endpoints as runs
from services.agencies.service import CLASSIFY_AGAIN, classify_again
from services.agencies.unregistered import endpoints as unregistered


def create_app(settings: Settings) -> FastAPI:
    return create(
        settings,
        title="Recruitment agencies",
        # Before the one that takes anything for a licence number.
        routers=[
            check.router,
            imports.router,
            unregistered.router,
            evidence.router,
            register.router,
            ratings.router,
            runs.router,
            redress.router,
            oversight.router,
            router,
        ],
        subscriptions=SUBSCRIPTIONS,
        timers={CLASSIFY_AGAIN: classify_again, REGISTER_TODAY: keep_today},
        migrations=folder_of("agencies"),
        max_body=MOST_BYTES,
    )


if __name__ == "__main__":
    serve(create_app)
