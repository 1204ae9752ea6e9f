"""The service of partners: asked, at each call, for which organisation a program answers and whether it may at this moment."""

from dataclasses import replace
from typing import Annotated, Final
from urllib.parse import quote

from fastapi import Depends, Request

from contracts.text import Text
from kit.auth import Caller
from kit.calls import Calls, RefusedCallError
from kit.errors import ConflictError
from services.reintegration.access import Receiver

SCOPE: Final = "referrals_answer"


class ProgramNotAllowedError(ConflictError):
    slug = "program-not-allowed"
    title = Text(
        "Your program may not answer referrals at the moment. GET /v1/partners/rights says what it may do.",
        "আপনার প্রোগ্রাম এই মুহূর্তে রেফারেলের উত্তর দিতে পারে না। কী করতে পারে তা GET /v1/partners/rights থেকে জানা যাবে।",
    )


async def receiving(request: Request, caller: Receiver) -> Caller:
    """A person with the bodies of their account; a program with the organisation that it belongs to. Raises `ProgramNotAllowedError`."""
    if not caller.has("partner"):
        return caller
    calls: Calls = request.state.calls
    try:
        rights = await calls.get("partners", f"/v1/partners/rights/{quote(caller.client_id, safe='')}")
    except RefusedCallError as error:
        raise ProgramNotAllowedError from error
    if SCOPE not in rights["scopes"]:
        raise ProgramNotAllowedError
    return replace(caller, org=frozenset({rights["organisation"]}))


ReceivingDep = Annotated[Caller, Depends(receiving)]
