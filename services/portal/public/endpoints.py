"""Pages for somebody without an account: tell what happened, and follow it with reference and secret.

Nothing of either stands in an address: what a shared phone remembers are `/report` and `/track`. No answer is kept by a cache.
"""

import time
from typing import Annotated, Any, Final
from uuid import UUID

import segno
from fastapi import APIRouter, Depends, Request, Response
from fastapi.responses import RedirectResponse
from starlette.datastructures import UploadFile

from contracts.text import Text
from kit.auth import public
from kit.errors import ConflictError
from services.portal.access import Anybody
from services.portal.clients import AwayError, RefusedError, Services, ServicesDep
from services.portal.complaints.clients import as_chosen, categories, offices, old_font
from services.portal.complaints.rules import about_whom
from services.portal.files.clients import kept_headers
from services.portal.forms import NO_FILE, Form, address_of, answered_with, body_of, check_origin, read_form
from services.portal.page import language_of, often, page
from services.portal.public import clients
from services.portal.uploads import add_whole, passed_on

router = APIRouter(dependencies=[public()], include_in_schema=False)

FIELDS: Final = (
    "caller_safe",
    "narrative",
    "category",
    "country",
    "reporter.relation",
    "reporter.name",
    "reporter.phone",
    "victim.name",
    "victim.sex",
    "victim.age_band",
    "victim.disability",
    "district",
    "safe_contact.may_call",
    "safe_contact.may_text",
    "safe_contact.hours_from",
    "safe_contact.hours_to",
    "safe_contact.ask_for",
    "safe_contact.wording",
    "respondent.kind",
    "respondent.office",
    "respondent.name",
    "respondent.licence",
)
ENTRY: Final = ("reference", "secret", "phone")
_YES_NO: Final = {"yes": True, "no": False}
_SAFE: Final = "safe_contact."
COOKIE: Final = "following"
MOST_WHOLE: Final = 900_000


class NotEnteredError(ConflictError):
    slug = "not-entered"
    title = Text("Enter your reference and secret again.", "আপনার রেফারেন্স ও গোপন নম্বর আবার দিন।")


async def _open_form(request: Request, _: Anybody) -> Form:
    """The form of anybody; it must come from our own page."""
    check_origin(request)
    return await read_form(request)


OpenForm = Annotated[Form, Depends(_open_form)]


def complaint_of(form: Form, language: str) -> dict[str, Any]:
    values: dict[str, Any] = {name: form.value(name) for name in FIELDS}
    for name in ("caller_safe", f"{_SAFE}may_call", f"{_SAFE}may_text"):
        values[name] = _YES_NO.get(form.value(name))
    if form.value("reporter.relation") == "self":
        values["victim.name"] = form.value("reporter.name")
    values["respondent.kind"] = about_whom(form.value)
    began = form.value("began")
    more = {
        "language": language,
        "website": form.value("website"),
        "filled_in_s": max(int(time.time()) - int(began), 0) if began.isascii() and began.isdigit() and len(began) < 12 else None,  # noqa: PLR2004 - digits of a moment
    }
    return {"reporter": {}, **body_of(values | more)}


def _hidden(answer: Response) -> Response:
    answer.headers["Cache-Control"] = "no-store"
    return answer


async def _report_page(request: Request, services: Services, form: Form, status: int = 200, **more: Any) -> Response:
    language = language_of(request)
    choices = {"categories": await categories(services, language), "offices": await offices(services, language), "often": often(request)}
    shown = {"found": None, "old_font": None, **more}
    values = {"form": form, "began": form.value("began") or int(time.time()), **choices}
    return _hidden(page(request, "public/report.html", status=status, **values, **shown))


@router.get("/report")
async def new_report(request: Request, _: Anybody, services: ServicesDep) -> Response:
    return await _report_page(request, services, Form())


@router.post("/report")
async def send_report(request: Request, form: OpenForm, services: ServicesDep) -> Response:
    if form.value("action") == "find":
        return await _find_agency(request, services, form)
    body = complaint_of(form, language_of(request))
    try:
        if (asked := await old_font(services, form.value("narrative"), form.value("font"))) is not None:
            return await _report_page(request, services, form, old_font=asked)
        body |= await as_chosen(services, form.value("narrative"), form.value("font"))
        receipt = await clients.report(services, body, key=form.key)
    except (RefusedError, AwayError) as error:
        return await _report_page(request, services, answered_with(form, error, FIELDS, language_of(request)), error.code)
    return _hidden(page(request, "public/received.html", receipt=receipt, is_safe=body.get("caller_safe") is not False))


async def _find_agency(request: Request, services: Services, form: Form) -> Response:
    """By a name in either script, a place or a licence number. Nothing else of the form is judged meanwhile."""
    words = form.value("find")
    try:
        found = await clients.agencies_like(services, words) if words else []
    except (RefusedError, AwayError):
        found = []
    return await _report_page(request, services, form, found=found)


@router.post("/report/slip")
async def slip(request: Request, form: OpenForm) -> Response:
    """To be printed. The secret only where the person wants it on paper; the square leads to the page that asks for both."""
    address = f"{request.state.settings.public_url}/track"
    square = segno.make(address, error="m").svg_data_uri(scale=4, dark="#0b0c0c", border=2)
    secret = form.value("secret") if form.value("with_secret") == "yes" else ""
    shown: dict[str, Any] = {name: form.value(name) for name in ("reference", "keypad", "spoken")}
    return _hidden(page(request, "public/slip.html", secret=secret, square=square, address=address, **shown))


@router.get("/track")
async def entry(request: Request, _: Anybody) -> Response:
    if request.cookies.get(COOKIE):
        return _hidden(RedirectResponse("/track/status", 303))
    return _hidden(page(request, "public/track.html", form=Form(), needs_phone=False))


@router.post("/track")
async def enter(request: Request, form: OpenForm, services: ServicesDep) -> Response:
    body = {name: form.value(name) for name in ENTRY if form.value(name)}
    try:
        entered = await clients.enter(services, body, address_of(request))
    except (RefusedError, AwayError) as error:
        needs_phone = bool(form.value("phone")) or str(getattr(error, "kind", "")).endswith("phone-needed")
        again = answered_with(form, error, ENTRY, language_of(request))
        return _hidden(page(request, "public/track.html", status=error.code, form=again, needs_phone=needs_phone))
    answer = RedirectResponse("/track/status", 303)
    answer.set_cookie(
        COOKIE, entered["token"], max_age=20 * 60, path="/track", httponly=True, samesite="strict", secure=request.state.is_secure
    )
    return _hidden(answer)


@router.get("/track/status")
async def status(request: Request, _: Anybody, services: ServicesDep, done: str = "") -> Response:
    return await _status_page(request, services, done=done)


@router.post("/track/withdraw")
async def withdraw(request: Request, form: OpenForm, services: ServicesDep) -> Response:
    return await _act(request, services, "withdrawal", {"reason": form.value("reason")}, "withdrawal")


@router.post("/track/appeal")
async def appeal(request: Request, form: OpenForm, services: ServicesDep) -> Response:
    try:
        lodged = await clients.act(services, _token(request), "appeal", {"grounds": form.value("grounds")}, form.key)
    except (RefusedError, AwayError) as error:
        return await _status_page(request, services, fault=_words(error, request), code=error.code)
    return _hidden(
        page(request, "public/received.html", receipt=lodged | {"reference": lodged["key"]["reference"], "next_step": None}, is_safe=True)
    )


@router.post("/track/document")
async def add_document(request: Request, services: ServicesDep, _: Anybody) -> Response:
    """Without scripts: one file below a megabyte, in one piece."""
    check_origin(request)
    received = await request.form(max_files=1, max_fields=5, max_part_size=65_536)
    file = received.get("file")
    if not isinstance(file, UploadFile) or not file.size:
        return await _status_page(request, services, fault=NO_FILE.in_language(language_of(request)), code=422)
    kind = received.get("kind")
    try:
        content = await file.read()
        own, named = {"Tracking": _token(request)}, kind if isinstance(kind, str) else ""
        await add_whole(services, clients.UPLOADS, content, name=file.filename or "", headers=own, more={"kind": named} if named else None)
    except (RefusedError, AwayError) as error:
        return await _status_page(request, services, fault=_words(error, request), code=error.code)
    return _hidden(RedirectResponse("/track/status?done=document", 303))


@router.get("/track/answers/{document}")
async def read_answer(request: Request, document: UUID, services: ServicesDep, _: Anybody) -> Response:
    """A paper of the other side that an officer lets the person see."""
    answer = await services.send("GET", clients.NAME, f"/v1/complaints/track/answers/{document}", {"Tracking": _token(request)})
    return Response(answer.content, headers=kept_headers(answer))


@router.post("/track/leave")
async def leave(request: Request, _: OpenForm, services: ServicesDep) -> Response:
    if request.cookies.get(COOKIE):
        await clients.act(services, _token(request), "end", {})
    answer = RedirectResponse("/", 303)
    answer.delete_cookie(COOKIE, path="/track", httponly=True, samesite="strict", secure=request.state.is_secure)
    return _hidden(answer)


@router.post("/track/uploads")
async def begin_upload(request: Request, services: ServicesDep, _: Anybody) -> Response:
    return await _passed(request, services, "POST", "")


@router.head("/track/uploads/{upload_id}")
@router.get("/track/uploads/{upload_id}")
async def ask_offset(request: Request, upload_id: UUID, services: ServicesDep, _: Anybody) -> Response:
    return await _passed(request, services, "HEAD", f"/{upload_id}")


@router.patch("/track/uploads/{upload_id}")
async def send_part(request: Request, upload_id: UUID, services: ServicesDep, _: Anybody) -> Response:
    return await _passed(request, services, "PATCH", f"/{upload_id}")


@router.post("/track/uploads/{upload_id}/completion")
async def complete_upload(request: Request, upload_id: UUID, services: ServicesDep, _: Anybody) -> Response:
    return await _passed(request, services, "POST", f"/{upload_id}/completion")


async def _passed(request: Request, services: Services, method: str, path: str) -> Response:
    return await passed_on(request, services, method, f"{clients.UPLOADS}{path}", {"Tracking": _token(request)})


async def _act(request: Request, services: Services, what: str, body: dict[str, Any], done: str) -> Response:
    try:
        await clients.act(services, _token(request), what, body)
    except (RefusedError, AwayError) as error:
        return await _status_page(request, services, fault=_words(error, request), code=error.code)
    return _hidden(RedirectResponse(f"/track/status?done={done}", 303))


async def _status_page(request: Request, services: Services, *, done: str = "", fault: str = "", code: int = 200) -> Response:
    """A session that is over leads back to the entry."""
    try:
        shown = await clients.status(services, _token(request))
    except (RefusedError, NotEnteredError):
        answer = page(
            request,
            "public/track.html",
            status=200,
            form=Form(general=(NotEnteredError.title.in_language(language_of(request)),)),
            needs_phone=False,
        )
        answer.delete_cookie(COOKIE, path="/track")
        return _hidden(answer)
    return _hidden(page(request, "public/status.html", status=code, case=shown, done=done, fault=fault, form=Form(), most=MOST_WHOLE))


def _token(request: Request) -> str:
    """Raises `NotEnteredError`."""
    token = request.cookies.get(COOKIE, "")
    if not 20 <= len(token) <= 200:  # noqa: PLR2004 - as the service takes it
        raise NotEnteredError
    return token


def _words(error: RefusedError | AwayError, request: Request) -> str:
    if isinstance(error, RefusedError) and error.errors:
        return " ".join(one.get("detail", "") for one in error.errors)
    return str(error) if isinstance(error, RefusedError) else error.title.in_language(language_of(request))
