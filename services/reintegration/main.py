"""The composition root of the reintegration service."""

from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from typing import Any

import httpx
from fastapi import FastAPI

from kit.app import create_app as create
from kit.calls import Calls
from kit.migrations import folder_of
from kit.serve import serve
from kit.settings import Settings
from services.reintegration.abroad import endpoints as abroad
from services.reintegration.abroad.asking import ask_and_tell
from services.reintegration.abroad.rules import BACKFILL
from services.reintegration.abroad.service import ask_about_earlier
from services.reintegration.arrivals import endpoints as arrivals
from services.reintegration.casework import endpoints as casework
from services.reintegration.claims import endpoints as claims
from services.reintegration.conflicts import endpoints as conflicts
from services.reintegration.consents import endpoints as consents
from services.reintegration.consents.service import MOST_BYTES, keep_files
from services.reintegration.consumers import SUBSCRIPTIONS
from services.reintegration.counter import endpoints as counter
from services.reintegration.endpoints import router
from services.reintegration.expected import endpoints as expected
from services.reintegration.field import endpoints as field
from services.reintegration.field.lane import Lane
from services.reintegration.matching import endpoints as matching
from services.reintegration.outcomes import endpoints as outcomes
from services.reintegration.protection import endpoints as protection
from services.reintegration.protection.emergency import endpoints as emergency
from services.reintegration.referrals import endpoints as referrals
from services.reintegration.referrals.service import ACCEPT_BY, bring_back
from services.reintegration.tasks import endpoints as tasks
from services.reintegration.tasks.service import OVERDUE, mark_overdue
from services.reintegration.transfers import endpoints as transfers
from services.reintegration.transfers import service as transfer_times
from services.reintegration.workload import endpoints as workload


def create_app(settings: Settings) -> FastAPI:
    return create(
        settings,
        title="Reintegration",
        routers=[
            arrivals.router,
            expected.router,
            claims.router,
            emergency.router,
            protection.router,
            transfers.router,
            tasks.router,
            matching.router,
            abroad.router,
            field.router,
            conflicts.router,
            referrals.router,
            consents.router,
            casework.router,
            workload.router,
            outcomes.router,
            counter.router,
            router,
        ],
        subscriptions=SUBSCRIPTIONS,
        timers={
            OVERDUE: mark_overdue,
            ACCEPT_BY: bring_back,
            transfer_times.ACCEPT_BY: transfer_times.bring_back,
            BACKFILL: ask_about_earlier,
        },
        migrations=folder_of("reintegration"),
        max_body=MOST_BYTES,
        resources=_resources,
        loops={"abroad": ask_and_tell} | ({"files": keep_files} if settings.files else {}),
    )


@asynccontextmanager
async def _resources(settings: Settings) -> AsyncIterator[Mapping[str, Any]]:
    async with httpx.AsyncClient() as http:
        yield {field.LANE: Lane(), "calls": Calls(settings, http)}


if __name__ == "__main__":
    serve(create_app)
