"""Pages on which a person judges whether two complaints are one, and sees where many are against one respondent."""

from typing import Any, Final
from urllib.parse import quote

from fastapi import APIRouter, Request, Response
from fastapi.responses import RedirectResponse

from kit.auth import public
from services.portal.access import Officer
from services.portal.clients import AwayError, RefusedError, Services, ServicesDep
from services.portal.complaints.clients import categories
from services.portal.forms import Form, Posted, answered_with, body_of
from services.portal.language import said
from services.portal.page import language_of, page
from services.portal.redress import clients

router = APIRouter(dependencies=[public()], include_in_schema=False)

FIELDS: Final = ("verdict", "reason", "note", "into")
PAIRS: Final = "/v1/complaints/duplicates"


async def section(services: Services, complaint: Any) -> Any:
    """For the complaint's page: what it is tied to; None where it stands alone."""
    links = await clients.one(services, complaint["reference"], "links")
    is_tied = any(links[name] for name in ("merged_into", "merged", "lead", "members", "appeal_of", "waiting_pairs"))
    return links if is_tied else None


@router.get("/duplicates")
async def list_pairs(request: Request, _: Officer, services: ServicesDep, cursor: str = "") -> Response:
    items, following = await clients.listed(services, PAIRS, cursor)
    bursts = await services.get(clients.NAME, "/v1/complaints/bursts")
    names = dict(await categories(services, language_of(request)))
    return page(request, "duplicates/list.html", items=items, next=following, names=names, bursts=bursts["items"], days=bursts["days"])


@router.get("/duplicates/{pair}")
async def read_pair(request: Request, pair: str, _: Officer, services: ServicesDep) -> Response:
    return await _pair_page(request, services, pair, Form())


@router.post("/duplicates/{pair}")
async def judge(request: Request, pair: str, form: Posted, _: Officer, services: ServicesDep) -> Response:
    values = {name: form.value(name) for name in FIELDS}
    if values["verdict"] != "same":
        values["into"] = ""
    try:
        await clients.do(services, f"{PAIRS}/{quote(pair, safe='')}/verdicts", body_of(values), key=form.key)
    except (RefusedError, AwayError) as error:
        again = answered_with(form, error, FIELDS, language_of(request))
        return await _pair_page(request, services, pair, again, error.code)
    kept = values["into"]
    return RedirectResponse(f"/complaints/{quote(kept, safe='')}#links" if kept else "/duplicates", 303)


@router.post("/complaints/{reference}/unmerge")
async def unmerge(reference: str, form: Posted, _: Officer, services: ServicesDep) -> Response:
    body = {"note": form.value("note")}
    await clients.do(services, clients.path_of(reference, "unmerge"), body, key=form.key, version=form.value("version"))
    return RedirectResponse(f"/complaints/{quote(reference, safe='')}", 303)


async def _pair_page(request: Request, services: Services, pair: str, form: Form, status: int = 200) -> Response:
    both = await services.get(clients.NAME, f"{PAIRS}/{quote(pair, safe='')}")
    lists = await clients.lists(services, "duplicates/lists")
    language = language_of(request)
    reasons = [(one["code"], said(one, language)) for one in lists.get("verdict_reasons", [])]
    names = dict(await categories(services, language))
    return page(request, "duplicates/one.html", status=status, pair=both, reasons=reasons, names=names, form=form)
