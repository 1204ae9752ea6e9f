"""The composition root of the complaints service."""

from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from typing import Any, Final

import httpx
from fastapi import FastAPI

from kit.app import create_app as create
from kit.calls import Calls
from kit.crypto import Keyring
from kit.files import Folder
from kit.messengers import companies
from kit.migrations import folder_of
from kit.outward import TRIAL, Outward
from kit.serve import serve
from kit.settings import Settings
from kit.timer import TimerHandler
from services.complaints.answers.documents.endpoints import router as papers
from services.complaints.answers.endpoints import router as answers
from services.complaints.answers.service import TIMERS as ANSWERS
from services.complaints.attachments import endpoints as attachments
from services.complaints.attachments.service import timers as file_timers
from services.complaints.calls import endpoints as calls
from services.complaints.calls import stream, timers
from services.complaints.calls.callbacks import endpoints as callbacks
from services.complaints.calls.shifts import endpoints as shifts
from services.complaints.cases import endpoints as cases
from services.complaints.cases.protection.service import TIMERS as VISITS
from services.complaints.clocks import endpoints as clocks
from services.complaints.consents import endpoints as consents
from services.complaints.consumers import SUBSCRIPTIONS
from services.complaints.contact import endpoints as contact
from services.complaints.contact.clients import messengers
from services.complaints.contact.sender import send_what_is_due
from services.complaints.doors import endpoints as doors_of
from services.complaints.duplicates.endpoints import router as duplicates
from services.complaints.endpoints import router
from services.complaints.escalation import endpoints as queues
from services.complaints.escalation import service as escalation
from services.complaints.figures import endpoints as figures
from services.complaints.figures import service as counting
from services.complaints.grs.endpoints import router as grs
from services.complaints.lifecycle import endpoints as lifecycle
from services.complaints.lifecycle.corrections import endpoints as corrections
from services.complaints.lifecycle.decisions import endpoints as decisions
from services.complaints.lifecycle.hearings import endpoints as hearings
from services.complaints.lifecycle.procedures import RETENTION
from services.complaints.lifecycle.protection import endpoints as protection
from services.complaints.lifecycle.protection.service import list_when_due
from services.complaints.lifecycle.queues import endpoints as queued
from services.complaints.messages import endpoints as messages
from services.complaints.messages.clients import bringers
from services.complaints.messages.fetcher import fetch_what_waits
from services.complaints.messages.service import timers as talks
from services.complaints.redress.endpoints import router as redress
from services.complaints.redress.tasks.service import TIMERS as REMINDERS
from services.complaints.referrals.endpoints import router as referrals
from services.complaints.referrals.service import TIMERS as REFERRALS
from services.complaints.retention.service import timers as erasing
from services.complaints.settings import Doors
from services.complaints.tracking import endpoints as tracking

# An area's fixed paths before the root's, which takes any word for a reference.
ROUTERS: Final = [
    *(shifts.router, callbacks.router, calls.router),
    *(tracking.router, messages.router, doors_of.router, attachments.router),
    *cases.ROUTERS,
    *(figures.router, queues.router, clocks.router, contact.router),
    *(redress, duplicates, answers, papers, referrals, grs),
    *(lifecycle.router, corrections.router, decisions.router, hearings.router, protection.router, protection.procedure, consents.router),
    *(queued.router, router),
]


def create_app(settings: Settings, doors: Doors | None = None) -> FastAPI:
    known = doors or Doors()

    @asynccontextmanager
    async def resources(_: Settings) -> AsyncIterator[Mapping[str, Any]]:
        outward = Outward(is_trial=settings.environment in TRIAL)
        try:
            async with httpx.AsyncClient(timeout=10) as http, companies() as carried_by, stream.listening(settings) as desk:
                carrying = {"messengers": messengers(known, carried_by), "bringers": bringers(known), "outward": outward}
                yield {"doors": known, "calls": Calls(settings, http), **carrying, **desk}
        finally:
            await outward.close()

    return create(
        settings,
        title="Complaints",
        routers=ROUTERS,
        subscriptions=SUBSCRIPTIONS,
        timers={
            **REMINDERS,
            **ANSWERS,
            **REFERRALS,
            **VISITS,
            **escalation.TIMERS,
            **counting.TIMERS,
            **timers.handlers(settings),
            **_talks(settings, known),
            **_file_timers(settings),
            RETENTION: list_when_due,
        },
        migrations=folder_of("complaints"),
        resources=resources,
        loops={"texts": send_what_is_due} | ({"recordings": fetch_what_waits} if settings.files else {}),
    )


def _talks(settings: Settings, doors: Doors) -> Mapping[str, TimerHandler]:
    """None where the process cannot open what was written."""
    return talks(Keyring.load(settings.keyring, service=settings.service), doors) if settings.keyring else {}


def _file_timers(settings: Settings) -> Mapping[str, TimerHandler]:
    """None where the process has no place for files: it then takes none."""
    if settings.files is None or settings.keyring is None:
        return {}
    keyring = Keyring.load(settings.keyring, service=settings.service)
    files = Folder(settings.files, keyring)
    return {**file_timers(files), **erasing(files, keyring)}


if __name__ == "__main__":
    serve(create_app)
