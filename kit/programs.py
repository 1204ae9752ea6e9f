"""What a partner's program may do at this moment: asked at each call of the service that keeps its rights. Its token has none."""

from dataclasses import dataclass, replace
from datetime import date
from typing import Final, Literal
from urllib.parse import quote

from pydantic import BaseModel

from contracts.text import Text
from kit.auth import Caller
from kit.calls import Calls, RefusedCallError
from kit.errors import ConflictError
from kit.policy import Agreement

ANSWER: Final = "referrals_answer"


class ProgramNotAllowedError(ConflictError):
    slug = "program-not-allowed"
    title = Text(
        "Your program may not answer referrals at the moment. GET /v1/partners/rights says what it may do.",
        "আপনার প্রোগ্রাম এই মুহূর্তে রেফারেলের উত্তর দিতে পারে না। কী করতে পারে তা GET /v1/partners/rights থেকে জানা যাবে।",
    )


@dataclass(frozen=True, slots=True)
class Receiving:
    """Who receives, of which bodies. A program brings what was agreed with its organisation; a person's reading rests on consent alone."""

    caller: Caller
    agreements: tuple[Agreement, ...] = ()

    @property
    def kind(self) -> Literal["program", "member"]:
        return "program" if self.caller.has("partner") else "member"


async def receiving(calls: Calls, service: str, caller: Caller) -> Receiving:
    """A person with the bodies of their account; a program with the organisation that it belongs to, as `service` says.

    Raises `ProgramNotAllowedError`, `AwayError`.
    """
    if not caller.has("partner"):
        return Receiving(caller)
    try:
        rights = await calls.get(service, f"/v1/partners/rights/{quote(caller.client_id, safe='')}")
    except RefusedCallError as error:
        raise ProgramNotAllowedError from error
    if ANSWER not in rights["scopes"]:
        raise ProgramNotAllowedError
    agreements = tuple(_Agreement.model_validate(one).as_agreement() for one in rights["agreements"])
    return Receiving(replace(caller, org=frozenset({rights["organisation"]})), agreements)


class _Agreement(BaseModel):
    """As partners tells it."""

    id: str
    purposes: list[str]
    fields: list[str]
    valid_from: date
    valid_until: date

    def as_agreement(self) -> Agreement:
        return Agreement(self.id, self.purposes, self.fields, self.valid_from, self.valid_until)
