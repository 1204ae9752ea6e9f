"""Pages on which an office brings a file of many persons, says what its columns are, and another person releases it."""

import re
from typing import Any, Final
from urllib.parse import quote

from fastapi import APIRouter, Request, Response
from fastapi.responses import JSONResponse, RedirectResponse

from contracts.text import Text
from kit.auth import public
from services.portal.access import Importer
from services.portal.clients import AwayError, RefusedError, Services, ServicesDep
from services.portal.forms import Form, Posted, PostedFile, answered_with
from services.portal.language import Language, numerals
from services.portal.nationals import clients as nationals
from services.portal.nationals.imports import clients
from services.portal.page import language_of, often, page
from services.portal.session.service import Visitor
from services.portal.uploads import add_whole, passed_on

router = APIRouter(dependencies=[public()], include_in_schema=False)

NO_FILE: Final = Text("Choose a file first.", "আগে একটি ফাইল বেছে নিন।")
COLUMN: Final = re.compile(r"column\.([0-9]{1,3})")
WORKING: Final = frozenset({"judging", "taking"})


@router.get("/nationals/imports")
async def list_imports(request: Request, _: Importer, services: ServicesDep, cursor: str = "") -> Response:
    return await _list_page(request, services, Form(), cursor)


async def _list_page(request: Request, services: Services, form: Form, cursor: str = "", status: int = 200) -> Response:
    items, following = await nationals.listed(services, "imports", cursor)
    return page(request, "nationals/imports.html", status=status, items=items, next=following, form=form)


@router.post("/nationals/imports")
async def bring(request: Request, sent: PostedFile, _: Importer, services: ServicesDep) -> Response:
    """Without scripts: a small file, in one piece."""
    form, name, content = sent
    if not content:
        words = {"file": NO_FILE.in_language(language_of(request))}
        return await _list_page(request, services, Form(form.values, errors=words, key=form.key), status=422)
    try:
        identity = await add_whole(services, clients.PLACE, content, name=name, service=nationals.NAME, more={"as_of": form.value("as_of")})
    except (RefusedError, AwayError) as error:
        again = answered_with(form, error, ("as_of", "file"), language_of(request))
        return await _list_page(request, services, again, status=error.code)
    return RedirectResponse(f"/nationals/imports/{identity}", 303)


@router.post("/nationals/imports/uploads")
async def begin(request: Request, _: Importer, services: ServicesDep) -> Response:
    return await passed_on(request, services, "POST", clients.PLACE, service=nationals.NAME)


@router.head("/nationals/imports/uploads/{upload}")
@router.get("/nationals/imports/uploads/{upload}")
async def ask_offset(request: Request, upload: str, _: Importer, services: ServicesDep) -> Response:
    return await passed_on(request, services, "GET", clients.place_of(upload), service=nationals.NAME)


@router.patch("/nationals/imports/uploads/{upload}")
async def send_part(request: Request, upload: str, _: Importer, services: ServicesDep) -> Response:
    return await passed_on(request, services, "PATCH", clients.place_of(upload), service=nationals.NAME)


@router.post("/nationals/imports/uploads/{upload}/completion")
async def complete(request: Request, upload: str, _: Importer, services: ServicesDep) -> Response:
    return await passed_on(request, services, "POST", f"{clients.place_of(upload)}/completion", service=nationals.NAME)


@router.get("/nationals/imports/{identity}")
async def read_import(request: Request, identity: str, visitor: Importer, services: ServicesDep, after: int = 0) -> Response:
    return await _import_page(request, visitor, services, identity, Form(), after)


async def _import_page(
    request: Request, visitor: Visitor, services: Services, identity: str, form: Form, after: int = 0, status: int = 200
) -> Response:
    run = await clients.read(services, identity)
    shown: dict[str, Any] = {"run": run, "form": form, "columns": None, "report": None, "sample": None, "often": often(request)}
    if run["state"] == "received":
        shown["columns"] = await clients.columns(services, identity)
        shown["lists"] = await nationals.lists(services, language_of(request))
    elif run["state"] not in {"receiving", "judging"}:
        shown["report"] = await clients.report(services, identity, after)
    if run["state"] == "judged":
        shown["sample"] = await clients.sample(services, identity)
    shown["is_own"] = run["by"] == visitor.caller.subject
    shown["words"] = progress_words(run, language_of(request))
    return page(request, "nationals/import.html", status=status, **shown)


@router.get("/nationals/imports/{identity}/progress")
async def progress(request: Request, identity: str, _: Importer, services: ServicesDep) -> Response:
    """For the bar of the page, every two seconds."""
    run = await clients.read(services, identity)
    words = progress_words(run, language_of(request))
    return JSONResponse({"state": run["state"], "share": run["read_share"], "words": words}, headers={"Cache-Control": "no-store"})


SECONDS: Final = 90
READ: Final = Text("%(rows)s rows read.", "%(rows)sটি সারি পড়া হয়েছে।")
ADDED: Final = Text("%(rows)s persons added.", "%(rows)s জন যুক্ত হয়েছেন।")
LEFT_MINUTES: Final = Text("About %(minutes)s minutes left.", "আর প্রায় %(minutes)s মিনিট।")
LEFT_SECONDS: Final = Text("Less than two minutes left.", "আর দুই মিনিটের কম।")


def progress_words(run: dict[str, Any], language: Language) -> str:
    done, rows = (ADDED, run["taken"]) if run["state"] == "taking" else (READ, run["rows"])
    words = [done.in_language(language) % {"rows": f"{rows:,}"}]
    left = run["seconds_left"]
    if left is not None:
        words.append(
            LEFT_SECONDS.in_language(language) if left < SECONDS else LEFT_MINUTES.in_language(language) % {"minutes": -(-left // 60)}
        )
    return numerals(" ".join(words), language)


@router.post("/nationals/imports/{identity}/mapping")
async def set_mapping(request: Request, identity: str, form: Posted, visitor: Importer, services: ServicesDep) -> Response:
    columns: dict[str, int] = {}
    for name, chosen in form.values.items():
        if (found := COLUMN.fullmatch(name)) and chosen and chosen[0]:
            columns[chosen[0]] = int(found[1])
    body: dict[str, Any] = {"columns": columns, "kind": form.value("kind") or "worker"}
    if form.value("country"):
        body["country"] = form.value("country")
    return await _acted(request, visitor, services, identity, form, "PUT", "mapping", body)


@router.post("/nationals/imports/{identity}/release")
async def release(request: Request, identity: str, form: Posted, visitor: Importer, services: ServicesDep) -> Response:
    return await _acted(request, visitor, services, identity, form, "POST", "release", {})


@router.post("/nationals/imports/{identity}/refusal")
async def refuse(request: Request, identity: str, form: Posted, visitor: Importer, services: ServicesDep) -> Response:
    return await _acted(request, visitor, services, identity, form, "POST", "refusal", {"because": form.value("because")})


async def _acted(
    request: Request, visitor: Visitor, services: Services, identity: str, form: Form, method: str, what: str, body: dict[str, Any]
) -> Response:
    try:
        await clients.act(services, method, identity, what, body, form.value("version"))
    except (RefusedError, AwayError) as error:
        again = answered_with(form, error, ("country", "kind", "because"), language_of(request))
        return await _import_page(request, visitor, services, identity, again, status=error.code)
    return RedirectResponse(f"/nationals/imports/{quote(identity, safe='')}", 303)


@router.get("/nationals/imports/{identity}/report.csv")
async def download(request: Request, identity: str, _: Importer, services: ServicesDep) -> Response:
    return await clients.download(services, identity, language_of(request))
