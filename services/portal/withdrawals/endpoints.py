"""Pages of what has to be confirmed once a consent is withdrawn: for a body without developers its own, for officers all that waits."""

import asyncio
from http import HTTPStatus
from typing import Any, Final, Literal
from urllib.parse import quote, urlsplit

from fastapi import APIRouter, Request, Response
from fastapi.responses import RedirectResponse

from contracts.text import Text
from kit.auth import public
from services.portal.access import PARTNER_KEEPERS, PARTNERS, WithdrawalConfirmer, WithdrawalReader
from services.portal.act_forms import act_page, body, names_of
from services.portal.acts import Act, Ask
from services.portal.casework.clients import Choices
from services.portal.clients import AwayError, RefusedError, Services, ServicesDep
from services.portal.forms import Form, Posted, answered_with
from services.portal.language import Language, said
from services.portal.page import language_of, page
from services.portal.session.service import Visitor
from services.portal.withdrawals import clients

router = APIRouter(dependencies=[public()], include_in_schema=False)
State = Literal["unconfirmed", "overdue", "unreachable", "confirmed"]
TITLE: Final = Text("Confirm a withdrawal", "প্রত্যাহার নিশ্চিত করুন")
OUTCOME: Final = Ask("outcome", "choice", Text("What became of what was received?", "প্রাপ্ত তথ্যের কী করা হয়েছে?"), choices="outcomes")
OWN: Final = Act(
    "confirmation",
    TITLE,
    (OUTCOME,),
    hint=Text(
        "The person took back the consent. Stop using what you received about them, and then say here what became of it.",
        "ব্যক্তি তাঁর সম্মতি প্রত্যাহার করেছেন। তাঁর সম্পর্কে প্রাপ্ত তথ্যের ব্যবহার বন্ধ করুন, তারপর এখানে জানান তথ্যের কী করা হয়েছে।",
    ),
    button=Text("Confirm", "নিশ্চিত করুন"),
)
NOTED: Final = Act(
    "confirmation",
    Text("Note what a body confirmed", "প্রতিষ্ঠান কী নিশ্চিত করেছে তা নথিভুক্ত করুন"),
    (
        OUTCOME,
        Ask("way", "choice", Text("How did you hear of it?", "কীভাবে জানলেন?"), choices="ways"),
        Ask(
            "words",
            "area",
            Text("Where does the letter or the note of the call lie?", "চিঠি বা ফোনালাপের নোট কোথায় আছে?"),
            Text("Name nobody whose consent it was.", "যাঁর সম্মতি ছিল তাঁর নাম লিখবেন না।"),
        ),
    ),
    button=Text("Confirm", "নিশ্চিত করুন"),
)


@router.get("/withdrawals")
async def list_withdrawals(
    request: Request, visitor: WithdrawalReader, services: ServicesDep, state: State = "unconfirmed", cursor: str = ""
) -> Response:
    return await _list_page(request, visitor, services, state, cursor)


async def _list_page(
    request: Request, visitor: Visitor, services: Services, state: str, cursor: str = "", refused: RefusedError | None = None
) -> Response:
    found, terms = await asyncio.gather(clients.listed(services, state, cursor), clients.terms(services))
    names = {one["code"]: one["name"] for one in [*terms["outcomes"], *terms["ways"]]}
    form = answered_with(Form(), refused, (), language_of(request)) if refused else Form()
    shown: dict[str, Any] = {
        "items": found["items"],
        "next": urlsplit(found["next"] or "").query,
        "state": state,
        "names": names,
        "form": form,
        "may_confirm": not visitor.caller.roles.isdisjoint(PARTNERS),
        "is_officer": _is_officer(visitor, reads=True),
    }
    return page(request, "withdrawals/list.html", status=refused.code if refused else 200, **shown)


@router.get("/withdrawals/{event_id}/confirmation")
async def confirmation_form(request: Request, event_id: str, visitor: WithdrawalConfirmer, services: ServicesDep) -> Response:
    await clients.read(services, event_id)
    lists = await _lists(services, language_of(request))
    return act_page(request, _act_of(visitor), Form(), lists, _own(event_id), back="/withdrawals")


@router.post("/withdrawals/{event_id}/confirmation")
async def confirm(request: Request, event_id: str, form: Posted, visitor: WithdrawalConfirmer, services: ServicesDep) -> Response:
    act = _act_of(visitor)
    try:
        await clients.confirm(services, event_id, body(act, form), key=form.key)
    except (RefusedError, AwayError) as error:
        if isinstance(error, RefusedError) and error.code == HTTPStatus.CONFLICT:
            return await _list_page(request, visitor, services, "unconfirmed", refused=error)
        again = answered_with(form, error, names_of(act), language_of(request))
        lists = await _lists(services, language_of(request))
        return act_page(request, act, again, lists, _own(event_id), back="/withdrawals", status=error.code)
    return RedirectResponse(f"/withdrawals?state=confirmed#w-{quote(event_id, safe='')}", 303)


async def _lists(services: Services, language: Language) -> dict[str, Choices]:
    terms = await clients.terms(services)
    return {name: [(one["code"], said(one["name"], language)) for one in terms[name]] for name in ("outcomes", "ways")}


def _is_officer(visitor: Visitor, *, reads: bool = False) -> bool:
    officers = PARTNER_KEEPERS | {"auditor"} if reads else PARTNER_KEEPERS
    return not visitor.caller.roles.isdisjoint(officers)


def _act_of(visitor: Visitor) -> Act:
    """An officer says how they heard of it; a body speaks for itself."""
    return NOTED if _is_officer(visitor) else OWN


def _own(event_id: str) -> str:
    return f"/withdrawals/{quote(event_id, safe='')}/confirmation"
