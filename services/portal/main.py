"""The composition root of the portal."""

from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from datetime import timedelta
from typing import Any

import httpx
from fastapi import FastAPI

from kit.app import create_app as create
from kit.crypto import Keyring
from kit.migrations import folder_of
from kit.serve import serve
from kit.settings import Settings
from services.portal import assets, home
from services.portal.agencies import endpoints as agencies
from services.portal.alerts import endpoints as alerts
from services.portal.answers import endpoints as answers
from services.portal.cases import endpoints as cases
from services.portal.casework import endpoints as casework
from services.portal.committees import endpoints as committees
from services.portal.complaints import endpoints as complaints
from services.portal.deployed import endpoints as deployed
from services.portal.desk import endpoints as desk
from services.portal.developers import endpoints as developers
from services.portal.duplicates import endpoints as duplicates
from services.portal.evacuation import endpoints as evacuation
from services.portal.evacuation.people import endpoints as evacuation_people
from services.portal.family import endpoints as family
from services.portal.field import endpoints as field
from services.portal.files import endpoints as files
from services.portal.framework import endpoints as framework
from services.portal.front import Front, front_headers
from services.portal.handover import arrivals, claims, emergencies, expected, trained, transfers
from services.portal.handover import endpoints as handover
from services.portal.helps import endpoints as helps
from services.portal.incidents import endpoints as incidents
from services.portal.incidents.people import endpoints as incident_people
from services.portal.incidents.reports import endpoints as incident_reports
from services.portal.licences import endpoints as licences
from services.portal.nationals import endpoints as nationals
from services.portal.nationals.imports import endpoints as national_imports
from services.portal.nationals.open import endpoints as registration
from services.portal.notices import endpoints as notices
from services.portal.outcomes import endpoints as outcomes
from services.portal.page import environment
from services.portal.papers import endpoints as papers
from services.portal.partners import endpoints as partners
from services.portal.partners.hooks import endpoints as hooks
from services.portal.partners.onboarding import endpoints as onboarding
from services.portal.posture import endpoints as posture
from services.portal.problems import install_problem_pages
from services.portal.protection import endpoints as protection
from services.portal.providers import endpoints as providers
from services.portal.public import endpoints as open_doors
from services.portal.ratings import endpoints as ratings
from services.portal.reach import endpoints as reach
from services.portal.reach import relays, texts
from services.portal.received import endpoints as received
from services.portal.redress import endpoints as redress
from services.portal.referrals import endpoints as referrals
from services.portal.replay import endpoints as replay
from services.portal.reports import endpoints as reports
from services.portal.reports.drafts import endpoints as report_drafts
from services.portal.returnees import endpoints as returnees
from services.portal.session import endpoints as session
from services.portal.session.clients import Provider
from services.portal.session.rules import Span
from services.portal.settings import Limits
from services.portal.sharing import endpoints as sharing
from services.portal.signals import endpoints as signals
from services.portal.sources import endpoints as sources
from services.portal.supervision import endpoints as supervision
from services.portal.today import endpoints as today
from services.portal.tracker import endpoints as tracker
from services.portal.unregistered import endpoints as unregistered
from services.portal.wing import december, duty, rota
from services.portal.wing import endpoints as wing
from services.portal.withdrawals import endpoints as withdrawals

ROUTERS = [
    assets.router,
    home.router,
    session.router,
    cases.router,
    supervision.router,
    protection.router,
    complaints.router,
    redress.router,
    answers.router,
    duplicates.router,
    referrals.router,
    desk.router,
    today.router,
    helps.router,
    providers.router,
    received.router,
    withdrawals.router,
    sharing.router,
    casework.router,
    field.router,
    emergencies.router,
    handover.router,
    claims.router,
    transfers.router,
    arrivals.router,
    trained.router,
    expected.router,
    returnees.router,
    outcomes.router,
    registration.router,
    national_imports.router,
    nationals.router,
    alerts.router,
    notices.router,
    reach.router,
    texts.router,
    relays.router,
    duty.router,
    rota.router,
    december.router,
    wing.router,
    family.router,
    deployed.router,
    posture.router,
    incidents.router,
    incident_people.router,
    incident_reports.router,
    evacuation_people.router,
    evacuation.router,
    sources.router,
    replay.router,
    signals.router,
    reports.router,
    developers.router,
    hooks.router,
    onboarding.router,
    partners.router,
    report_drafts.router,
    committees.router,
    framework.router,
    tracker.router,
    licences.router,
    unregistered.router,
    agencies.router,
    open_doors.router,
    files.router,
    papers.router,
    ratings.router,
]


FILE_BODY = 6 * 1024 * 1024  # a form with one file of 5 MiB; the gateway takes so much on few paths only
STREAMS = 2_000  # as many as the gateway lets through to one service


def create_app(settings: Settings, limits: Limits | None = None) -> FastAPI:
    """Raises `RuntimeError` where the style sheet was not built, `ValueError` where the keyring or the client's secret is missing."""
    assets.manifest()
    for language in ("en", "bn"):
        environment(language)
    known = limits or Limits()

    @asynccontextmanager
    async def resources(_: Settings) -> AsyncIterator[Mapping[str, Any]]:
        # A stream holds its connection for minutes: a pool of its own, lest many open pages leave none for a call.
        async with (
            httpx.AsyncClient(timeout=5, limits=httpx.Limits(max_connections=200, max_keepalive_connections=50)) as http,
            httpx.AsyncClient(timeout=5, limits=httpx.Limits(max_connections=STREAMS)) as streams,
        ):
            yield {**_resources(settings, known, http), "streams": streams}

    app = create(settings, title="Portal", routers=ROUTERS, migrations=folder_of("portal"), resources=resources, max_body=FILE_BODY)
    install_problem_pages(app, front_headers(settings.issuer))
    app.add_middleware(Front, issuer=settings.issuer, is_secure=_is_secure(settings))
    return app


def _resources(settings: Settings, limits: Limits, http: httpx.AsyncClient) -> Mapping[str, Any]:
    if settings.keyring is None:
        raise ValueError("PROBASHI_KEYRING is not set")
    return {
        "http": http,
        "limits": limits,
        "remembered": {},
        "keyring": Keyring.load(settings.keyring, service="portal"),
        "provider": Provider(settings, http),
        "span": Span(timedelta(minutes=limits.session_idle_minutes), timedelta(hours=limits.session_hours)),
        "parked_for": timedelta(minutes=limits.parked_minutes),
        "is_secure": _is_secure(settings),
    }


def _is_secure(settings: Settings) -> bool:
    return settings.public_url.startswith("https://")


if __name__ == "__main__":
    serve(create_app)
