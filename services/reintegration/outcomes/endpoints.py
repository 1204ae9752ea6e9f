"""The HTTP edge of outcomes and of the needs of those who came back."""

from collections.abc import Callable
from datetime import date
from typing import Annotated, Any, Final

from fastapi import APIRouter, Query, Response
from pydantic import AfterValidator

from contracts.text import Text
from kit.auth import public
from kit.database import SessionDep
from kit.dated import Choice
from kit.quarters import Quarter
from kit.spreadsheet import csv_file
from services.reintegration.lists import has
from services.reintegration.outcomes import service, views
from services.reintegration.outcomes.access import Reader
from services.reintegration.outcomes.lists import OUTCOMES
from services.reintegration.outcomes.schemas import OutcomesOut, ProfileOut, PublicOut
from services.reintegration.referrals.helps import HELPS

router = APIRouter(prefix="/v1/returnees/outcomes", tags=["outcomes"])


def _one_of(choices: tuple[Choice, ...]) -> Callable[[str], str]:
    def check(code: str) -> str:
        if not has(choices, code):
            names = ", ".join(one.code for one in choices)
            raise ValueError(Text(f"Choose one of: {names}.", f"একটি বেছে নিন: {names}।"))
        return code

    return check


At = Annotated[Annotated[str, AfterValidator(_one_of(OUTCOMES.follow_ups))], Query(max_length=40)]
OfHelp = Annotated[Annotated[str, AfterValidator(_one_of(HELPS.helps))] | None, Query(alias="help", max_length=40)]
CSV: Final[dict[int | str, dict[str, Any]]] = {200: {"content": {"text/csv": {}}}}


@router.get("")
async def read_outcomes(
    caller: Reader, session: SessionDep, since: date | None = None, until: date | None = None, at: At = "latest", help_code: OfHelp = None
) -> OutcomesOut:
    return await service.outcomes(session, caller, since, until, at, help_code, purpose="figures")


@router.get("/export", response_class=Response, responses=CSV)
async def export_outcomes(
    caller: Reader, session: SessionDep, since: date | None = None, until: date | None = None, at: At = "latest", help_code: OfHelp = None
) -> Response:
    return csv_file(
        views.outcomes_csv(await service.outcomes(session, caller, since, until, at, help_code, purpose="export")), "outcomes.csv"
    )


@router.get("/profile")
async def read_profile(caller: Reader, session: SessionDep, since: date | None = None, until: date | None = None) -> ProfileOut:
    return await service.profile(session, caller, since, until, purpose="figures")


@router.get("/profile/export", response_class=Response, responses=CSV)
async def export_profile(caller: Reader, session: SessionDep, since: date | None = None, until: date | None = None) -> Response:
    return csv_file(views.profile_csv(await service.profile(session, caller, since, until, purpose="export")), "needs.csv")


@router.get("/public", dependencies=[public()])
async def read_public_outcomes(session: SessionDep, quarter: Quarter = None) -> PublicOut:
    return await service.public(session, quarter)


@router.get("/public/export", dependencies=[public()], response_class=Response, responses=CSV)
async def export_public_outcomes(session: SessionDep, quarter: Quarter = None) -> Response:
    """Both tables in one file; empty while nothing is published of the quarter."""
    found = await service.public(session, quarter)
    parts = [views.outcomes_csv(found.outcomes) if found.outcomes else "", views.profile_csv(found.profile) if found.profile else ""]
    return csv_file("\r\n".join(parts), f"returnees-{found.quarter}.csv")
