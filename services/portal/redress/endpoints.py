"""Pages of the money of a complaint: what is claimed, ordered, paid, recovered; and the tasks that follow it."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any, Final
from urllib.parse import quote

from fastapi import APIRouter, Request, Response
from fastapi.responses import RedirectResponse

from contracts.days import DHAKA
from contracts.text import Text
from kit.auth import public
from services.portal.access import Handler
from services.portal.clients import AwayError, RefusedError, Services, ServicesDep
from services.portal.forms import Form, Posted, answered_with, body_of, iso_date
from services.portal.page import language_of, page
from services.portal.redress import clients
from services.portal.redress.rules import smallest_units

router = APIRouter(dependencies=[public()], include_in_schema=False)

# Several forms stand on one page: each has its own prefix, and the service's pointers get it too.
FIELDS: Final[Mapping[str, Sequence[str]]] = {
    "claim": ("head", "currency", "payer", "amount"),
    "order": ("head", "currency", "payer", "amount", "basis", "ordered_on", "due_on"),
    "payment": ("line", "amount", "paid_on", "way", "source", "proof", "confirmed_with"),
    "giving": ("line", "reason", "note"),
    "deposit": ("line", "amount", "requested_on"),
    "step": ("step", "amount", "on", "reason", "proof"),
    "court": ("law", "body", "number", "filed_on", "next_date"),
}
DATES: Final = frozenset({"ordered_on", "due_on", "paid_on", "requested_on", "on", "filed_on", "next_date"})
PATHS: Final = {"claim": "redress/claims", "order": "redress/orders", "payment": "redress/payments", "court": "court-cases"}
NO_AMOUNT: Final = Text("Write an amount in figures, such as 2,00,000.", "অঙ্কে পরিমাণ লিখুন, যেমন ২,০০,০০০।")


async def section(services: Services, complaint: Mapping[str, Any]) -> Any:
    """For the complaint's page: None where nothing is claimed and the reader could claim nothing."""
    redress = await clients.one(services, complaint["reference"], "redress")
    lists = await clients.lists(services, "redress-lists")
    return {"redress": redress, "heads": _names(lists, "heads") | _names(lists, "grants")}


@router.get("/complaints/{reference}/money")
async def money(request: Request, reference: str, _: Handler, services: ServicesDep) -> Response:
    return await _money_page(request, services, reference, {})


@router.post("/complaints/{reference}/money/{name}")
async def change(request: Request, reference: str, name: str, form: Posted, _: Handler, services: ServicesDep) -> Response:
    """One of `FIELDS`; what is none of them the service does not know."""
    redress = await clients.one(services, reference, "redress")
    lists = await clients.lists(services, "redress-lists")
    body, fault = body_for(name, form, redress, lists)
    if fault is not None:
        errors = {fault: NO_AMOUNT.in_language(language_of(request))}
        return await _money_page(request, services, reference, {name: replace(form, errors=errors)}, 422)
    try:
        path = address(reference, name, body, form)
        await clients.do(services, path, body, key=form.key, version=form.value("version"))
    except (RefusedError, AwayError) as error:
        return await _money_page(request, services, reference, {name: _again(name, form, error, language_of(request))}, error.code)
    return RedirectResponse(f"/complaints/{reference}/money?done={name}", 303)


@router.post("/complaints/{reference}/money/payments/{payment}/confirmation")
async def confirm(request: Request, reference: str, payment: str, form: Posted, _: Handler, services: ServicesDep) -> Response:
    path = clients.path_of(reference, "redress", "payments", payment, "confirmation")
    body = {"confirmed_with": form.value("confirmed_with")}
    try:
        await clients.do(services, path, body, key=form.key, version=form.value("version"))
    except (RefusedError, AwayError) as error:
        again = Form(general=(str(error),))
        return await _money_page(request, services, reference, {"payment": again}, error.code)
    return RedirectResponse(f"/complaints/{reference}/money?done=confirmation", 303)


@router.get("/money-tasks")
async def tasks(request: Request, _: Handler, services: ServicesDep, cursor: str = "") -> Response:
    items, following = await clients.listed(services, "/v1/complaints/redress-tasks", cursor)
    return page(request, "redress/tasks.html", items=items, next=following, form=Form())


@router.post("/money-tasks/{task}")
async def answer(task: str, form: Posted, _: Handler, services: ServicesDep) -> Response:
    said = form.value("answer")
    body = body_of({"answer": "" if said == "not_reached" else said, "words": form.value("words")}) | {"reached": said != "not_reached"}
    await clients.do(services, f"/v1/complaints/redress-tasks/{quote(task, safe='')}/answers", body, key=form.key)
    return RedirectResponse("/money-tasks", 303)


def body_for(name: str, form: Form, redress: Mapping[str, Any], lists: Mapping[str, Any]) -> tuple[dict[str, Any], str | None]:
    """What the service takes, and the field whose amount is none. Amounts are written in whole units of the line's currency."""
    values: dict[str, Any] = {}
    for field in FIELDS.get(name, ()):
        typed = iso_date(form, f"{name}.{field}") if field in DATES else form.value(f"{name}.{field}")
        if field == "amount" and typed:
            amount = smallest_units(typed, _places(name, form, redress, lists))
            if amount is None:
                return {}, f"{name}.amount"
            values[field] = amount
        else:
            values[field] = typed
    return body_of(values), None


def address(reference: str, name: str, body: dict[str, Any], form: Form) -> str:
    """Where a form goes. What the address names is taken out of `body`."""
    if name in PATHS:
        return clients.path_of(reference, *PATHS[name].split("/"))
    if name == "step":
        return clients.path_of(reference, "redress", "recourse", form.value("recourse"), "steps")
    last = {"giving": "giving-up", "deposit": "recourse"}.get(name, name)
    return clients.path_of(reference, "redress", "lines", str(body.pop("line", "-")), last)


def _places(name: str, form: Form, redress: Mapping[str, Any], lists: Mapping[str, Any]) -> int:
    places = {one["code"]: one["digits"] for one in lists.get("currencies", [])}
    if name in {"claim", "order"}:
        return int(places.get(form.value(f"{name}.currency"), 2))
    wanted = form.value(f"{name}.line") or form.value("line")
    return next((int(one["digits"]) for one in redress["lines"] if one["id"] == wanted), 2)


def _again(name: str, form: Form, error: RefusedError | AwayError, language: str) -> Form:
    if isinstance(error, RefusedError):
        error.errors = [{**one, "pointer": f"/{name}{one.get('pointer', '')}"} for one in error.errors]
    return answered_with(form, error, [f"{name}.{field}" for field in FIELDS.get(name, ())], language)


async def _money_page(request: Request, services: Services, reference: str, forms: Mapping[str, Form], status: int = 200) -> Response:
    redress = await clients.one(services, reference, "redress")
    lists = await clients.lists(services, "redress-lists")
    blank = {name: _with_today(name) for name in FIELDS}
    language = language_of(request)
    names = {name: _names(lists, name) for name in lists if isinstance(lists[name], list) and name != "currencies"}
    choices = {name: [(code, words.get(language, code)) for code, words in listed.items()] for name, listed in names.items()}
    currencies = [(one["code"], one["code"]) for one in lists.get("currencies", [])]
    return page(
        request,
        "redress/money.html",
        status=status,
        reference=reference,
        redress=redress,
        names=names,
        choices=choices,
        currencies=currencies,
        forms={**blank, **forms},
        open_form=next(iter(forms), ""),
        done=request.query_params.get("done", ""),
    )


def _with_today(name: str) -> Form:
    """Most of what is written down happened today; money is mostly taka."""
    today = datetime.now(DHAKA).date()
    values: dict[str, list[str]] = {f"{name}.currency": ["BDT"]}
    for field in FIELDS[name]:
        if field in {"ordered_on", "paid_on", "requested_on", "on", "filed_on"}:
            parts = {"day": today.day, "month": today.month, "year": today.year}
            values |= {f"{name}.{field}.{part}": [str(value)] for part, value in parts.items()}
    return Form(values)


def _names(lists: Mapping[str, Any], name: str) -> dict[str, dict[str, str]]:
    return {one["code"]: {"en": one["en"], "bn": one["bn"]} for one in lists.get(name, [])}
