"""Registering without a connection: the page that a browser keeps, its service worker, its queue; and what becomes of it at a desk."""

import hashlib
from typing import Annotated, Any, Final
from uuid import UUID

from fastapi import APIRouter, Path, Request, Response
from fastapi.responses import JSONResponse, RedirectResponse

from contracts.text import Text
from kit.auth import public
from kit.errors import UnavailableError
from services.portal.access import CaseOfficer, Registrar, SignedIn
from services.portal.assets import asset, worker
from services.portal.clients import AwayError, RefusedError, Services, ServicesDep
from services.portal.field import clients
from services.portal.forms import Form, Posted, answered_with, check_origin, refused
from services.portal.language import Language, country_choices
from services.portal.page import OFTEN, environment, language_of, often, page
from services.portal.returnees import clients as returnees
from services.portal.returnees import forms
from services.portal.returnees.endpoints import mended

router = APIRouter(dependencies=[public()], include_in_schema=False)

LANGUAGES: Final[tuple[Language, ...]] = ("bn", "en")
FILES: Final = (
    *("field.js", "field-form.js", "field-seal.js", "field-store.js", "field-sync.js", "qr.js"),
    *("portal.css", "icon.svg", "noto-sans-bengali.woff2"),
)
APP_NAME: Final = Text("Probashi: registration without a connection", "প্রবাসী: সংযোগ ছাড়া নিবন্ধন")
SHORT_NAME: Final = Text("Registration", "নিবন্ধন")
NO_STORE: Final = {"Cache-Control": "no-store"}
# Read by machines alone, and asked for again each time.
FRESH: Final = {"Cache-Control": "no-cache"}


@router.get("/field")
@router.get("/field/")
async def open_desk(request: Request) -> Response:
    return RedirectResponse(f"/field/{language_of(request)}", 303)


@router.get("/field/sw.js")
async def service_worker(services: ServicesDep) -> Response:
    """Named anew whenever a page, a list or a script has changed: the browser then fetches all of it again, whole or not at all."""
    shells = [await _shell(services, language) for language in LANGUAGES]
    files = [asset(name) for name in FILES]
    version = hashlib.sha256("".join([*shells, *files]).encode()).hexdigest()[:12]
    return worker(version, pages=[f"/field/{language}" for language in LANGUAGES], files=files)


@router.get("/field/key")
async def sync_key(services: ServicesDep) -> Response:
    return JSONResponse(await clients.sync_key(services), headers=NO_STORE)


@router.post("/field/sync")
async def sync(request: Request, _: SignedIn, services: ServicesDep) -> Response:
    """The boxes are passed on as they are: nothing is opened here. 401 where nobody is signed in: the queue waits."""
    check_origin(request)
    answer = await clients.sync(services, await request.body())
    headers = NO_STORE | ({"Retry-After": answer.headers["retry-after"]} if "retry-after" in answer.headers else {})
    return Response(answer.content, answer.status_code, headers, media_type=answer.headers.get("content-type"))


@router.get("/field/{language}.webmanifest")
async def app_manifest(language: Language) -> Response:
    icon = {"src": asset("icon.svg"), "sizes": "any", "type": "image/svg+xml", "purpose": "any"}
    app = {
        "name": APP_NAME.in_language(language),
        "short_name": SHORT_NAME.in_language(language),
        "lang": language,
        "id": "/field/",
        "start_url": f"/field/{language}",
        "scope": "/field/",
        "display": "standalone",
        "background_color": "#eef4f1",
        "theme_color": "#00573f",
        "icons": [icon],
    }
    return JSONResponse(app, headers=FRESH, media_type="application/manifest+json")


@router.get("/field/{language}")
async def desk(language: Language, services: ServicesDep) -> Response:
    """The same for everybody, signed in or not, and without a word on anybody: a browser keeps it."""
    headers = FRESH | {"Content-Language": language}
    return Response(await _shell(services, language), headers=headers, media_type="text/html; charset=utf-8")


async def _shell(services: Services, language: Language) -> str:
    lists = await returnees.lists(services, language)
    if not lists.flags:
        raise UnavailableError  # a page without its lists would be kept for days
    named = dict(country_choices(language))
    often_chosen = [(code, named[code]) for code in OFTEN]
    return environment(language).get_template("field/desk.html").render(lists=lists, form=Form(key=""), often=often_chosen, csrf="")


@router.get("/returnees/mend")
async def list_to_mend(request: Request, _: Registrar, services: ServicesDep, cursor: str = "", done: str = "") -> Response:
    items, following = await clients.list_to_mend(services, cursor)
    items = sorted(items, key=lambda one: not one["flags"])
    return page(request, "field/mend_list.html", items=items, next=following, done=done)


EntryId = Annotated[UUID, Path()]


@router.get("/returnees/mend/{identity}")
async def read_to_mend(request: Request, identity: EntryId, _: Registrar, services: ServicesDep) -> Response:
    entry = await clients.read_to_mend(services, str(identity))
    typed = Form(forms.typed_again(entry["registration"]))
    faults = [{"pointer": one["pointer"], "detail": one["detail"][language_of(request)]} for one in entry["faults"]]
    return await _mend_page(request, services, entry, refused(typed, forms.placed(typed, faults), forms.FIELDS))


@router.post("/returnees/mend/{identity}")
async def mend(request: Request, identity: EntryId, form: Posted, _: Registrar, services: ServicesDep) -> Response:
    language, version = language_of(request), form.value("version")
    try:
        if form.value("do") == "dismiss":
            await clients.dismiss(services, str(identity), form.value("because"), version, key=form.key)
            return RedirectResponse("/returnees/mend?done=dismissed", 303)
        result = await clients.mend(services, str(identity), forms.returnee_of(form), version)
    except (RefusedError, AwayError) as error:
        again = mended(form, error, language)
        return await _mend_page(request, services, await clients.read_to_mend(services, str(identity)), again, error.code)
    return RedirectResponse(
        f"/returnees/{result['reference']}?new=person" if result["outcome"] == "stored" else "/returnees/conflicts", 303
    )


async def _mend_page(request: Request, services: Services, entry: dict[str, Any], form: Form, status: int = 200) -> Response:
    lists = await returnees.lists(services, language_of(request))
    return page(request, "field/mend.html", status=status, entry=entry, form=form, lists=lists, often=often(request))


@router.get("/returnees/conflicts")
async def list_conflicts(request: Request, _: CaseOfficer, services: ServicesDep, cursor: str = "", done: str = "") -> Response:
    items, following = await clients.list_conflicts(services, cursor)
    return page(request, "field/conflicts.html", items=items, next=following, done=done)


@router.get("/returnees/conflicts/{identity}")
async def read_conflict(request: Request, identity: EntryId, _: CaseOfficer, services: ServicesDep) -> Response:
    return await _conflict_page(request, services, identity, Form())


@router.post("/returnees/conflicts/{identity}")
async def choose(request: Request, identity: EntryId, form: Posted, _: CaseOfficer, services: ServicesDep) -> Response:
    choices = {name: form.value(name) for name in forms.COMPARED if form.value(name)}
    try:
        found = await clients.choose(services, str(identity), choices, form.value("version"))
    except (RefusedError, AwayError) as error:
        return await _conflict_page(request, services, identity, answered_with(form, error, (), language_of(request)), error.code)
    return RedirectResponse("/returnees/conflicts?done=all" if found["decided_at"] else f"/returnees/conflicts/{identity}", 303)


async def _conflict_page(request: Request, services: Services, identity: UUID, form: Form, status: int = 200) -> Response:
    conflict = await clients.read_conflict(services, str(identity))
    lists = await returnees.lists(services, language_of(request))
    return page(request, "field/conflict.html", status=status, conflict=conflict, form=form, lists=lists)
