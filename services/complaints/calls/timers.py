"""What of the call centre waits for time: calls that settle or fall silent, call-backs that nobody made, shifts that nobody ended."""

from collections.abc import Mapping
from functools import cache

from sqlalchemy.ext.asyncio import AsyncSession

from kit.crypto import Keyring
from kit.settings import Settings
from kit.timer import DueTimer, TimerHandler
from services.complaints.calls import service
from services.complaints.calls.callbacks import questions
from services.complaints.calls.callbacks import service as callbacks
from services.complaints.calls.shifts import service as shifts
from services.complaints.redress.tasks.service import ASK


def handlers(settings: Settings) -> Mapping[str, TimerHandler]:
    @cache
    def keyring() -> Keyring:
        if settings.keyring is None:
            raise ValueError("PROBASHI_KEYRING is not set")
        return Keyring.load(settings.keyring, service=settings.service)

    async def give_up_ringing(session: AsyncSession, due: DueTimer) -> None:
        await service.give_up_ringing(session, keyring(), due)

    async def ask(session: AsyncSession, due: DueTimer) -> None:
        await questions.join(session, keyring(), due)

    return {
        ASK: ask,
        service.SETTLE: service.settle,
        service.SILENT: give_up_ringing,
        callbacks.ESCALATE: callbacks.escalate,
        shifts.FORGOTTEN: shifts.end_forgotten,
        shifts.TO_SEAT: shifts.send_to_seat,
    }
