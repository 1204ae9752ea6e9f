"""The composition root of the reintegration service."""

from fastapi import FastAPI

from kit.app import create_app as create
from kit.migrations import folder_of
from kit.serve import serve
from kit.settings import Settings
from services.reintegration.casework import endpoints as casework
from services.reintegration.consents import endpoints as consents
from services.reintegration.consents.service import MOST_BYTES
from services.reintegration.counter import endpoints as counter
from services.reintegration.endpoints import router
from services.reintegration.matching import endpoints as matching
from services.reintegration.referrals import endpoints as referrals
from services.reintegration.referrals.service import ACCEPT_BY, bring_back
from services.reintegration.tasks import endpoints as tasks
from services.reintegration.tasks.service import OVERDUE, mark_overdue
from services.reintegration.workload import endpoints as workload


def create_app(settings: Settings) -> FastAPI:
    return create(
        settings,
        title="Reintegration",
        routers=[
            tasks.router,
            matching.router,
            referrals.router,
            consents.router,
            casework.router,
            workload.router,
            counter.router,
            router,
        ],
        timers={OVERDUE: mark_overdue, ACCEPT_BY: bring_back},
        migrations=folder_of("reintegration"),
        max_body=MOST_BYTES,
    )


if __name__ == "__main__":
    serve(create_app)
