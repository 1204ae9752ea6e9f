"""Pages for a body to which returnees are passed on, for people without developers: see, accept or decline, say what was given."""

from http import HTTPStatus
from typing import Any, Final
from urllib.parse import quote, urlsplit

from fastapi import APIRouter, Request, Response
from fastapi.responses import RedirectResponse

from contracts.text import Text
from kit.auth import public
from kit.errors import NotFoundError
from services.portal.access import HelpReceiver
from services.portal.act_forms import act_page, body, names_of
from services.portal.acts import Act, Ask
from services.portal.casework import clients
from services.portal.casework.rules import GIVEN
from services.portal.clients import AwayError, RefusedError, Services, ServicesDep
from services.portal.forms import Form, Posted, answered_with
from services.portal.page import language_of, page

router = APIRouter(dependencies=[public()], include_in_schema=False)
_PATH: Final = "/v1/returnees/received"
ACTS: Final = {
    "decline": Act(
        "answer",
        Text("Decline", "গ্রহণ করছি না"),
        (
            Ask("decline_code", "choice", Text("Why?", "কেন?"), choices="decline_codes"),
            Ask("note", "area", Text("Note for the office that sent it", "প্রেরক দপ্তরের জন্য মন্তব্য"), needed=False),
        ),
        hint=Text(
            "The person's details are then taken away from your list, and the office looks for another body.",
            "এরপর ব্যক্তির তথ্য আপনার তালিকা থেকে সরিয়ে নেওয়া হবে এবং দপ্তর অন্য প্রতিষ্ঠান খুঁজবে।",
        ),
    ),
    "report": Act(
        "delivery",
        Text("Say what was given", "কী দেওয়া হয়েছে জানান"),
        (Ask("outcome", "choice", Text("Was the help given?", "সহায়তা দেওয়া হয়েছে?"), choices=GIVEN),),
        hint=Text("The office then asks the returnee.", "এরপর দপ্তর প্রত্যাগতকে জিজ্ঞাসা করবে।"),
    ),
}


@router.get("/received")
async def list_received(request: Request, _: HelpReceiver, services: ServicesDep, cursor: str = "") -> Response:
    return await _list_page(request, services, cursor)


async def _list_page(request: Request, services: Services, cursor: str = "", refused: RefusedError | None = None) -> Response:
    """`refused`: somebody of the same body pressed first. How it stands is on the list itself."""
    found = await services.get(clients.NAME, _PATH, **({"cursor": cursor} if cursor else {}), limit="25")
    form = answered_with(Form(), refused, (), language_of(request)) if refused else Form()
    shown = {"items": found["items"], "next": urlsplit(found["next"] or "").query, "form": form}
    return page(request, "received/list.html", status=refused.code if refused else 200, **shown)


@router.post("/received/{referral}/accept")
async def accept(request: Request, referral: str, form: Posted, _: HelpReceiver, services: ServicesDep) -> Response:
    try:
        await clients.write(services, "POST", f"{_PATH}/{quote(referral, safe='')}/answer", {"accept": True}, key=form.key)
    except RefusedError as error:
        return await _list_page(request, services, refused=error)
    return RedirectResponse(f"/received#r-{quote(referral, safe='')}", 303)


@router.get("/received/{referral}/{act}")
async def act_form(request: Request, referral: str, act: str, _: HelpReceiver, services: ServicesDep) -> Response:
    lists = await clients.lists(services, language_of(request))
    return act_page(request, _known(act), Form(), lists, _own(referral, act), back="/received")


@router.post("/received/{referral}/{act}")
async def act_sent(request: Request, referral: str, act: str, form: Posted, _: HelpReceiver, services: ServicesDep) -> Response:
    known = _known(act)
    said_of: dict[str, Any] = body(known, form) | ({"accept": False} if act == "decline" else {})
    try:
        await clients.write(services, "POST", f"{_PATH}/{quote(referral, safe='')}/{known.path}", said_of, key=form.key)
    except (RefusedError, AwayError) as error:
        if isinstance(error, RefusedError) and error.code == HTTPStatus.CONFLICT:
            return await _list_page(request, services, refused=error)
        again = answered_with(form, error, names_of(known), language_of(request))
        lists = await clients.lists(services, language_of(request))
        return act_page(request, known, again, lists, _own(referral, act), back="/received", status=error.code)
    return RedirectResponse("/received", 303)


def _known(act: str) -> Act:
    if act not in ACTS:
        raise NotFoundError
    return ACTS[act]


def _own(referral: str, act: str) -> str:
    return f"/received/{quote(referral, safe='')}/{act}"
