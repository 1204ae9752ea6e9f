"""Pages of the desk that receives returnees: register one, open a case, print the slip."""

from typing import Final
from urllib.parse import quote

import segno
from fastapi import APIRouter, Request, Response
from fastapi.responses import RedirectResponse

from kit.auth import public
from services.portal.access import Registrar
from services.portal.clients import AwayError, RefusedError, Services, ServicesDep
from services.portal.forms import Form, Posted, answered_with, blank_or_parked
from services.portal.page import language_of, often, page
from services.portal.returnees import clients, forms
from services.portal.returnees.sections import SECTIONS
from services.portal.sections import load_sections

router = APIRouter(dependencies=[public()], include_in_schema=False)

PAPER_SIZES: Final = frozenset({"a6", "80mm"})


@router.get("/returnees/new")
async def new_returnee(request: Request, visitor: Registrar, services: ServicesDep) -> Response:
    lists = await clients.lists(services, language_of(request))
    return _form_page(request, await blank_or_parked(request, visitor), lists)


@router.post("/returnees/new")
async def register_returnee(request: Request, form: Posted, _: Registrar, services: ServicesDep) -> Response:
    language = language_of(request)
    try:
        receipt = await clients.register(services, forms.returnee_of(form), key=form.key)
    except (RefusedError, AwayError) as error:
        again = mended(form, error, language)
        return _form_page(request, again, await clients.lists(services, language), error.code)
    opened = await _try_to_open(services, receipt["reference"], form)
    return RedirectResponse(f"/returnees/{receipt['reference']}?new={'case' if opened else 'person'}", 303)


async def _try_to_open(services: Services, reference: str, form: Form) -> bool:
    """The person is registered whatever becomes of the case: it can be opened on their page."""
    if not form.chosen("needs"):
        return False
    try:
        await clients.open_case(services, reference, forms.case_of(form), key=f"{form.key}-case")
    except (RefusedError, AwayError):
        return False
    return True


@router.get("/returnees")
async def list_returnees(request: Request, _: Registrar, services: ServicesDep, cursor: str = "", reference: str = "") -> Response:
    if reference.strip():
        return RedirectResponse(f"/returnees/{quote(reference.strip(), safe='')}", 303)
    items, following = await clients.newest(services, cursor)
    return page(request, "returnees/list.html", items=items, next=following)


@router.get("/returnees/{reference}")
async def read_returnee(request: Request, reference: str, _: Registrar, services: ServicesDep, new: str = "") -> Response:
    return await _returnee_page(request, services, reference, Form(), new=new)


@router.post("/returnees/{reference}/case")
async def open_case(request: Request, reference: str, form: Posted, _: Registrar, services: ServicesDep) -> Response:
    try:
        await clients.open_case(services, reference, forms.case_of(form), key=form.key)
    except (RefusedError, AwayError) as error:
        again = answered_with(form, error, forms.CASE, language_of(request))
        return await _returnee_page(request, services, reference, again, status=error.code)
    return RedirectResponse(f"/returnees/{quote(reference, safe='')}?new=case", 303)


@router.get("/returnees/{reference}/slip")
async def slip(request: Request, reference: str, _: Registrar, services: ServicesDep, paper: str = "a6", neutral: str = "") -> Response:
    """The square holds the reference alone: a desk's scanner types it, and whoever finds the slip learns nothing."""
    returnee = await clients.read(services, reference)
    return page(
        request,
        "returnees/slip.html",
        returnee=returnee,
        square=square_of(returnee["reference"]),
        paper=paper if paper in PAPER_SIZES else "a6",
        neutral=bool(neutral) or returnee["neutral_slip"],
    )


def square_of(reference: str) -> str:
    return segno.make(reference, error="m").svg_data_uri(scale=4, dark="#0b0c0c", border=2)


def mended(form: Form, error: RefusedError | AwayError, language: str) -> Form:
    """As `answered_with`, for the questions about a returnee."""
    if isinstance(error, RefusedError):
        error.errors = forms.placed(form, error.errors)
    return answered_with(form, error, forms.FIELDS, language)


def _form_page(request: Request, form: Form, lists: clients.Lists, status: int = 200) -> Response:
    return page(request, "returnees/new.html", status=status, form=form, lists=lists, often=often(request))


async def _returnee_page(request: Request, services: Services, reference: str, form: Form, *, new: str = "", status: int = 200) -> Response:
    returnee = await clients.read(services, reference)
    lists = await clients.lists(services, language_of(request))
    sections = await load_sections(services, request.state.visitor.caller, returnee, SECTIONS)
    shown = {"returnee": returnee, "form": form, "lists": lists, "new": new, "sections": sections}
    return page(request, "returnees/one.html", status=status, **shown)
