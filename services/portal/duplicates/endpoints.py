"""Pages on which a person judges whether two complaints are one, and sees where many are against one respondent."""

import re
from typing import Any, Final
from urllib.parse import quote

from fastapi import APIRouter, Request, Response
from fastapi.responses import RedirectResponse

from kit.auth import public
from services.portal.access import CASES, DECIDE, Officer
from services.portal.clients import AwayError, RefusedError, Services, ServicesDep
from services.portal.complaints.clients import categories, read, search
from services.portal.forms import Form, Posted, answered_with, body_of
from services.portal.language import said
from services.portal.page import language_of, page
from services.portal.redress import clients

router = APIRouter(dependencies=[public()], include_in_schema=False)

TOGETHER: Final = ("members", "more", "note")
FIELDS: Final = ("verdict", "reason", "note", "into")
PAIRS: Final = "/v1/complaints/duplicates"


async def section(services: Services, complaint: Any) -> Any:
    """For the complaint's page: what it is tied to, and what may be tied to it; None where it stands alone and is not theirs."""
    links = await clients.one(services, complaint["reference"], "links")
    is_tied = any(links[name] for name in ("merged_into", "merged", "lead", "members", "appeal_of", "waiting_pairs"))
    is_lead = links["lead"] in {None, complaint["reference"]}
    roles = services.visitor.caller.roles if services.visitor else frozenset()
    may_lead = (
        links["may_change"]
        and is_lead
        and not DECIDE.isdisjoint(roles)
        and not (complaint["restricted"] or links["merged_into"] or links["appeal_of"])
    )
    may_grow = links["may_change"] and not CASES.isdisjoint(roles) and not links["merged_into"] and complaint["kind"] != "death"
    return links | {"may_lead": may_lead, "may_grow": may_grow} if is_tied or may_lead or may_grow else None


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


@router.get("/complaints/{reference}/together")
async def choose_members(request: Request, reference: str, _: Officer, services: ServicesDep) -> Response:
    return await _together_page(request, services, reference, Form())


@router.post("/complaints/{reference}/together")
async def join(request: Request, reference: str, form: Posted, _: Officer, services: ServicesDep) -> Response:
    """Those that are ticked, and those whose references are written."""
    members = list(dict.fromkeys([*form.chosen("members"), *re.split(r"[\s,;]+", form.value("more").strip())]))
    body = {"members": [one for one in members if one], "note": form.value("note")}
    try:
        await clients.do(services, clients.path_of(reference, "collective"), body, key=form.key)
    except (RefusedError, AwayError) as error:
        again = answered_with(form, error, TOGETHER, language_of(request))
        return await _together_page(request, services, reference, again, error.code)
    return RedirectResponse(f"/complaints/{quote(reference, safe='')}#links", 303)


@router.post("/complaints/{reference}/together/leave")
async def leave(reference: str, form: Posted, _: Officer, services: ServicesDep) -> Response:
    await clients.do(services, clients.path_of(reference, "collective", "leaving"), {"member": form.value("member")}, key=form.key)
    return RedirectResponse(f"/complaints/{quote(reference, safe='')}#links", 303)


async def _together_page(request: Request, services: Services, reference: str, form: Form, status: int = 200) -> Response:
    """With those against the same licence: the others are known by their references."""
    complaint, links = await read(services, reference), await clients.one(services, reference, "links")
    licence = (complaint["respondent"] or {}).get("licence")
    found = (await search(services, {"licence": licence}, key=form.key))["items"] if licence else []
    known = {complaint["reference"], *links["members"]}
    open_ = [
        one for one in found if one["reference"] not in known and not one["restricted"] and one["status"] not in {"resolved", "merged"}
    ]
    names = dict(await categories(services, language_of(request)))
    return page(request, "duplicates/together.html", status=status, complaint=complaint, found=open_, names=names, form=form)


async def _pair_page(request: Request, services: Services, pair: str, form: Form, status: int = 200) -> Response:
    both = await services.get(clients.NAME, f"{PAIRS}/{quote(pair, safe='')}")
    lists = await clients.lists(services, "duplicates/lists")
    language = language_of(request)
    reasons = [(one["code"], said(one, language)) for one in lists.get("verdict_reasons", [])]
    names = dict(await categories(services, language))
    return page(request, "duplicates/one.html", status=status, pair=both, reasons=reasons, names=names, form=form)
