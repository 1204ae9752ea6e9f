"""Who may call what of a wing's cases, and the desk at which they work."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Annotated

from fastapi import Depends, Path
from pydantic import AfterValidator
from sqlalchemy.ext.asyncio import AsyncSession

from contracts.days import DHAKA
from kit.auth import Caller
from kit.crypto import Keyring, KeyringDep
from kit.database import SessionDep
from kit.reference import parse
from services.crisis.cases.rules import Sight
from services.crisis.handover.access import on_duty
from services.crisis.handover.rules import EVERYWHERE

PREFIX = "A"
Reference = Annotated[str, Path(max_length=40), AfterValidator(lambda text: parse(text, PREFIX))]
Worker = Annotated[Caller, on_duty("wing", "supervisor")]


@dataclass(frozen=True, slots=True)
class Desk:
    """Where somebody works: their session, what they may open and see, and one moment for all that a request writes."""

    session: AsyncSession
    keyring: Keyring
    caller: Caller
    now: datetime

    @property
    def sight(self) -> Sight:
        supervises = self.caller.has("supervisor")
        everything = supervises or EVERYWHERE in self.caller.countries
        return Sight(self.caller.countries, self.caller.subject, everything=everything, supervises=supervises)

    @property
    def by(self) -> str:
        return self.caller.subject

    @property
    def today(self) -> date:
        return self.now.astimezone(DHAKA).date()

    @property
    def ends(self) -> datetime:
        """The end of today."""
        return datetime.combine(self.today + timedelta(days=1), time(), DHAKA)


async def _desk(session: SessionDep, keyring: KeyringDep, caller: Worker) -> Desk:
    return Desk(session, keyring, caller, datetime.now(UTC))


DeskDep = Annotated[Desk, Depends(_desk)]
