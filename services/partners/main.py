"""The composition root of partners."""

import asyncio
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from typing import Any

from fastapi import FastAPI

from kit.app import create_app as create
from kit.app import keep_running
from kit.migrations import folder_of
from kit.outward import TRIAL, Outward
from kit.pulse import Pulse
from kit.serve import serve
from kit.settings import Settings
from services.partners.consumers import SUBSCRIPTIONS
from services.partners.endpoints import router
from services.partners.feed import endpoints as feed
from services.partners.hooks import endpoints as hooks
from services.partners.hooks.repository import CHANNEL
from services.partners.hooks.sending.service import send_what_waits
from services.partners.hooks.settings import Sending
from services.partners.kept.service import forget_what_is_over
from services.partners.onboarding import endpoints as onboarding
from services.partners.onboarding.clients import registrar_of
from services.partners.onboarding.repository import CHANNEL as CREDENTIALS
from services.partners.onboarding.service import follow_what_is_wanted
from services.partners.onboarding.settings import Onboarding
from services.partners.quotas import endpoints as quotas
from services.partners.simulator import endpoints as simulator
from services.partners.withdrawals import endpoints as withdrawals
from services.partners.withdrawals.service import UNCONFIRMED, remind

# Where events may go to this machine itself, by http too.


def create_app(settings: Settings, sending: Sending | None = None, onboarding_settings: Onboarding | None = None) -> FastAPI:
    told = sending or Sending()
    registrar = registrar_of(settings, onboarding_settings or Onboarding())

    @asynccontextmanager
    async def resources(_: Settings) -> AsyncIterator[Mapping[str, Any]]:
        outward = Outward(is_trial=settings.environment in TRIAL)
        pulses = {channel: Pulse(settings.required_database_url(), channel) for channel in (CHANNEL, CREDENTIALS)}
        listening = [asyncio.create_task(keep_running(channel, pulse.run)) for channel, pulse in pulses.items()]
        try:
            yield {"outward": outward, "sending": told, "registrar": registrar, **pulses}
        finally:
            for task in listening:
                task.cancel()
            await outward.close()
            if registrar is not None:
                await registrar.close()

    return create(
        settings,
        title="Partners",
        routers=[feed.router, hooks.router, quotas.router, onboarding.router, withdrawals.router, simulator.router, router],
        subscriptions=SUBSCRIPTIONS,
        timers={UNCONFIRMED: remind},
        migrations=folder_of("partners"),
        resources=resources,
        loops={
            "forgetting": forget_what_is_over,
            **({"sending": send_what_waits} if told.send_hooks else {}),
            **({"onboarding": follow_what_is_wanted} if registrar else {}),
        },
    )


if __name__ == "__main__":
    serve(create_app)
