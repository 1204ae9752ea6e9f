"""The composition root of the crisis service."""

import asyncio
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from functools import partial
from typing import Any, Final

import httpx
from fastapi import FastAPI

from kit.app import StateLoop, keep_running
from kit.app import create_app as create
from kit.calls import Calls
from kit.crypto import Keyring
from kit.messengers import companies
from kit.migrations import folder_of
from kit.outward import TRIAL, Outward
from kit.pulse import Pulse
from kit.serve import serve
from kit.settings import Settings
from kit.timer import TimerHandler
from services.crisis.cases import endpoints as cases
from services.crisis.cases import service as wing
from services.crisis.cases.december import endpoints as december
from services.crisis.cases.requests import endpoints as requests
from services.crisis.checkins import endpoints as checkins
from services.crisis.checkins import inbound
from services.crisis.checkins.clients import bringers
from services.crisis.checkins.recordings import endpoints as recordings
from services.crisis.checkins.recordings.fetching import fetch_what_waits
from services.crisis.consumers import SUBSCRIPTIONS
from services.crisis.contingency import endpoints as contingency
from services.crisis.contingency import service as plans
from services.crisis.decisions import endpoints as decisions
from services.crisis.decisions.deciding import WINDOW_ENDS
from services.crisis.decisions.service import release_when_window_ends
from services.crisis.deployed import endpoints as deployed
from services.crisis.duty import counting
from services.crisis.duty import endpoints as duty
from services.crisis.enquiries import endpoints as enquiries
from services.crisis.evacuation import endpoints as evacuation
from services.crisis.evacuation.legs import endpoints as legs
from services.crisis.evacuation.legs import telling
from services.crisis.evacuation.totals import endpoints as totals
from services.crisis.evacuation.totals.service import RECONCILE, each_night
from services.crisis.exposure import endpoints as exposure
from services.crisis.exposure.asking import ask_for_all
from services.crisis.handover import endpoints as handover
from services.crisis.handover.service import STAYS_SILENT
from services.crisis.incidents import endpoints as incidents
from services.crisis.incidents import errands
from services.crisis.issued import endpoints as issued
from services.crisis.lineage import endpoints as lineage
from services.crisis.outreach import endpoints as outreach
from services.crisis.outreach.lists import LONGEST_LINK, TEXTS
from services.crisis.outreach.planning import service as planning
from services.crisis.outreach.push import service as browsers
from services.crisis.outreach.push.clients import vapid_of
from services.crisis.outreach.rules import TOKEN_LETTERS
from services.crisis.outreach.sending.clients import messengers
from services.crisis.outreach.sending.left.service import send_what_is_left
from services.crisis.outreach.sending.service import send_what_is_queued
from services.crisis.outreach.settings import Carriers
from services.crisis.paging import endpoints as pagings
from services.crisis.paging import sending as pages
from services.crisis.paging import service as paging
from services.crisis.reports import endpoints as reports
from services.crisis.rota import endpoints as rota
from services.crisis.settings import Reading
from services.crisis.signals import endpoints as signals
from services.crisis.signals.service import RUN, run_when_due
from services.crisis.sources import endpoints as sources
from services.crisis.sources import lists
from services.crisis.sources.polling import Poller
from services.crisis.sources.watching import WATCH, keep_watching, watcher
from services.crisis.warnings import endpoints as warnings
from services.crisis.warnings.cap import MAX_BYTES
from services.crisis.warnings.service import DIRECTORY
from services.crisis.warnings.stream import CHANNEL

MOST_CONNECTIONS: Final = 200
# Fixed paths first: a reference is any word.
ROUTERS: Final = [
    warnings.router,
    duty.router,
    decisions.router,
    incidents.router,
    reports.router,
    contingency.router,
    deployed.router,
    enquiries.router,
    evacuation.router,
    legs.router,
    totals.router,
    issued.router,
    lineage.router,
    exposure.router,
    signals.router,
    outreach.router,
    checkins.router,
    recordings.router,
    sources.router,
    handover.router,
    pagings.router,
    rota.router,
    december.router,
    requests.router,
    cases.router,
]


@asynccontextmanager
async def resources(settings: Settings, carriers: Carriers) -> AsyncIterator[Mapping[str, Any]]:
    url = settings.required_database_url()
    pulses = {"pulse": Pulse(url, CHANNEL), "errands": Pulse(url, errands.CHANNEL), "outreach_pulse": Pulse(url, planning.CHANNEL)}
    pulses |= {"duty": Pulse(url, counting.CHANNEL), "paging": Pulse(url, paging.CHANNEL)}
    async with (
        httpx.AsyncClient() as http,
        companies(MOST_CONNECTIONS) as providers,
        asyncio.TaskGroup() as group,
    ):
        tasks = [group.create_task(keep_running(name, one.run)) for name, one in pulses.items()]
        known = {"carriers": messengers(carriers, providers, TEXTS.subject.bn), "known_carriers": carriers, "bringers": bringers(carriers)}
        known["vapid"] = vapid_of(carriers, settings.public_url)
        yield {**pulses, **known, "calls": Calls(settings, http), "http": http}
        for task in tasks:
            task.cancel()


def create_app(settings: Settings, carriers: Carriers | None = None) -> FastAPI:
    """Raises `ValueError` where the data of sources does not hold together, or the suite's address is longer than a text has room for."""
    if len(f"{settings.public_url}/c/") + TOKEN_LETTERS > LONGEST_LINK:
        raise ValueError("PROBASHI_PUBLIC_URL is too long for a text: outreach has room for less")
    registry, is_reading = lists.load(DIRECTORY.sources, settings.environment), Reading().reads(settings)

    @asynccontextmanager
    async def all_resources(_: Settings) -> AsyncIterator[Mapping[str, Any]]:
        outward = Outward(is_trial=settings.environment in TRIAL)
        try:
            async with resources(settings, carriers or Carriers()) as more, outward.kept() as kept:
                yield {**more, "sources": registry, "is_reading": is_reading, "outward": outward, "kept": kept}
        finally:
            await outward.close()

    loops: dict[str, StateLoop] = {"errands": partial(errands.run, errands.KINDS | telling.KINDS), "exposure": ask_for_all}
    loops |= {"browsers that are gone": browsers.tell_of_gone}
    loops |= {"duty": counting.count_for_all, "paging": pages.send_pages}
    loops |= {"outreach": planning.plan_what_went_out, "sending": send_what_is_queued, "browsers that are left": send_what_is_left}
    loops |= {"passing on": inbound.pass_on_what_is_not_ours}
    if settings.files is not None:
        loops |= {"files": plans.keep_files, "recordings": fetch_what_waits}
    if is_reading:
        loops |= {"feeds": read_feeds, "watch": watch_over_feeds}
    return create(
        settings,
        title="Crisis",
        routers=ROUTERS,
        subscriptions=SUBSCRIPTIONS,
        timers={
            WINDOW_ENDS: release_when_window_ends,
            RECONCILE: each_night,
            RUN: run_when_due,
            WATCH: watcher(registry),
            STAYS_SILENT: paging.hand_over_the_silent,
            paging.PAGE_STEP: paging.take_step,
            **wing.TIMERS,
            **_text_timers(settings),
        },
        migrations=folder_of("crisis"),
        resources=all_resources,
        loops=loops,
        max_body=MAX_BYTES,
    )


def _text_timers(settings: Settings) -> Mapping[str, TimerHandler]:
    """None where the process has no keys: it then takes no text."""
    return {} if settings.keyring is None else inbound.timers(Keyring.load(settings.keyring, service=settings.service))


async def read_feeds(state: Mapping[str, Any]) -> None:
    await Poller(state["sessions"], state["sources"], state["outward"]).run(state["settings"].required_database_url())


async def watch_over_feeds(state: Mapping[str, Any]) -> None:
    await keep_watching(state["sessions"])


if __name__ == "__main__":
    serve(create_app)
