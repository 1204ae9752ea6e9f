"""Pages on agencies: open ones for whoever is about to pay, an agency's own file, and the office's imports."""

from typing import Any, Final
from urllib.parse import quote

from fastapi import APIRouter, Request, Response
from fastapi.responses import RedirectResponse

from kit.auth import public
from services.portal.access import AGENCY_OFFICE, FACT_NOTERS, Anybody, FileReader, Importer
from services.portal.agencies import clients
from services.portal.clients import AwayError, RefusedError, Services, ServicesDep
from services.portal.forms import Form, Posted, PostedFile, answered_with, asked_openly
from services.portal.page import language_of, often, page

router = APIRouter(dependencies=[public()], include_in_schema=False)

ASKED: Final = ("query", "country", "sex")


@router.get("/agencies")
async def find_agency(request: Request, _: Anybody, services: ServicesDep, query: str = "") -> Response:
    """Nothing is listed until something is asked. A link may name an agency; what is typed here travels in a body."""
    form = Form({"query": [query.strip()[:100]]} if query.strip() else {})
    return await _check_page(request, services, form)


@router.post("/agencies")
async def check_agency(request: Request, _: Anybody, services: ServicesDep) -> Response:
    return await _check_page(request, services, await asked_openly(request))


async def _check_page(request: Request, services: Services, form: Form) -> Response:
    if not form.value("query"):
        return page(request, "agencies/check.html", form=form, found=None, often=often(request))
    asked = {name: form.value(name)[:100] for name in ASKED if form.value(name)}
    try:
        found = await clients.check(services, asked)
    except (RefusedError, AwayError) as error:
        again = answered_with(form, error, ASKED, language_of(request))
        return page(request, "agencies/check.html", status=error.code, form=again, found=None, often=often(request))
    return page(request, "agencies/check.html", form=form, found=found, often=often(request))


@router.get("/agencies/imports")
async def list_imports(request: Request, _: Importer, services: ServicesDep, cursor: str = "") -> Response:
    return await _imports_page(request, services, Form({"mode": ["all"], "kind": ["register"]}), cursor)


@router.post("/agencies/imports")
async def import_sheet(request: Request, sent: PostedFile, _: Importer, services: ServicesDep) -> Response:
    form, _file, content = sent
    try:
        made = await clients.import_sheet(services, form.value("kind") or "register", form.value("mode") or "all", content, key=form.key)
    except (RefusedError, AwayError) as error:
        again = answered_with(form, error, ("kind", "mode", "file"), language_of(request))
        return await _imports_page(request, services, again, "", error.code)
    return RedirectResponse(f"/agencies/imports/{made['id']}", 303)


async def _imports_page(request: Request, services: Services, form: Form, cursor: str, status: int = 200) -> Response:
    items, following = await clients.imports(services, cursor)
    return page(request, "agencies/imports.html", status=status, form=form, items=items, next=following)


@router.get("/agencies/imports/{identity}")
async def read_import(request: Request, identity: str, _: Importer, services: ServicesDep) -> Response:
    return page(request, "agencies/import.html", run=await clients.read_import(services, identity))


@router.get("/agencies/mine")
async def my_file(visitor: FileReader) -> Response:
    """An agency has one licence as a rule; whoever has several chooses by the address."""
    mine = sorted(visitor.caller.licence - {"*"})
    return RedirectResponse(f"/agencies/{quote(mine[0], safe='')}/file" if mine else "/agencies", 303)


@router.get("/agencies/{licence}/file")
async def read_file(request: Request, licence: str, visitor: FileReader, services: ServicesDep) -> Response:
    return await _file_page(request, services, licence, Form(), is_own=licence in visitor.caller.licence)


@router.post("/agencies/{licence}/file/{fact}/answer")
async def answer_fact(request: Request, licence: str, fact: str, form: Posted, visitor: FileReader, services: ServicesDep) -> Response:
    try:
        await clients.answer(services, licence, fact, form.value("words"), key=form.key)
    except (RefusedError, AwayError) as error:
        again = answered_with(form, error, ("words",), language_of(request))
        return await _file_page(request, services, licence, again, is_own=licence in visitor.caller.licence, status=error.code)
    return RedirectResponse(f"/agencies/{quote(licence, safe='')}/file", 303)


@router.post("/agencies/{licence}/file/documents")
async def upload(request: Request, licence: str, sent: PostedFile, visitor: FileReader, services: ServicesDep) -> Response:
    form, name, content = sent
    try:
        await clients.upload(services, licence, name or "document", content, fact=form.value("fact"), key=form.key)
    except (RefusedError, AwayError) as error:
        again = answered_with(form, error, ("file",), language_of(request))
        return await _file_page(request, services, licence, again, is_own=licence in visitor.caller.licence, status=error.code)
    return RedirectResponse(f"/agencies/{quote(licence, safe='')}/file", 303)


async def _file_page(request: Request, services: Services, licence: str, form: Form, *, is_own: bool, status: int = 200) -> Response:
    shown: dict[str, Any] = {"file": await clients.file(services, licence), "is_own": is_own, "form": form}
    return page(request, "agencies/file.html", status=status, **shown)


@router.get("/agencies/{licence}")
async def read_agency(request: Request, licence: str, visitor: Anybody, services: ServicesDep) -> Response:
    reads = visitor is not None and visitor.caller.has(*AGENCY_OFFICE)
    notes = visitor is not None and not reads and visitor.caller.has(*FACT_NOTERS)
    return page(request, "agencies/one.html", **await clients.read(services, licence), reads_office=reads, notes_facts=notes)
