"""The service of partners: asked, at each call, for which organisation a program answers and whether it may at this moment."""

from typing import Annotated

from fastapi import Depends, Request

from kit import programs
from kit.programs import Receiving
from services.complaints.referrals.access import Receiver


async def receiving(request: Request, caller: Receiver) -> Receiving:
    return await programs.receiving(request.state.calls, "partners", caller)


ReceivingDep = Annotated[Receiving, Depends(receiving)]
