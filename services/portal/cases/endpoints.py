"""Pages of cases: who waits, one case and what is written into it, and the desks of the airport, the board and the district."""

from dataclasses import replace
from typing import Any, Final
from urllib.parse import quote

from fastapi import APIRouter, Request, Response
from fastapi.responses import RedirectResponse

from kit.auth import public
from kit.errors import NotFoundError
from services.portal.access import AtAirport, AtBoard, CaseReader, CaseWorker, InDistrict, Searcher
from services.portal.act_forms import Lists, act_page, body, day_of_today, money, names_of
from services.portal.acts import Act
from services.portal.cases import clients
from services.portal.cases.rules import ACTS, FIRST, HAND_OVER, PAY_GRANT, REMAINS, offered
from services.portal.clients import AwayError, RefusedError, Services, ServicesDep
from services.portal.forms import Form, Posted, answered_with
from services.portal.page import language_of, page

router = APIRouter(dependencies=[public()], include_in_schema=False)
_TRANSPORT_GRANT: Final = "BDT"


def _own(reference: str) -> str:
    return f"/complaints/{quote(reference, safe='')}/case"


def _words(request: Request) -> dict[str, Any]:
    language = language_of(request)
    return {"money": lambda amount, currency: money(amount, currency, language)}


@router.get("/cases")
async def list_waiting(request: Request, visitor: CaseWorker, services: ServicesDep, cursor: str = "", kind: str = "") -> Response:
    items, following = await clients.listed(services, "waiting", cursor, kind=kind)
    desks = [path for path, roles in _DESKS.items() if visitor.caller.has(*roles)]
    return page(request, "cases/waiting.html", items=items, next=following, kind=kind, desks=desks)


_DESKS: Final[dict[str, Any]] = {"/cases/visits": ("demo", "supervisor"), "/cases/remains": ("wing", "officer", "supervisor")}


@router.get("/cases/visits")
async def list_visits(request: Request, _: InDistrict, services: ServicesDep, cursor: str = "") -> Response:
    items, following = await clients.listed(services, "visits", cursor)
    return page(request, "cases/visits.html", items=items, next=following)


@router.get("/cases/arrivals")
async def list_arrivals(request: Request, _: AtAirport, services: ServicesDep) -> Response:
    return page(request, "cases/arrivals.html", arrivals=await clients.arrivals(services), **_words(request))


@router.get("/cases/arrivals/{reference}")
async def hand_over(request: Request, reference: str, _: AtAirport) -> Response:
    return act_page(request, HAND_OVER, Form(), {}, f"/cases/arrivals/{quote(reference, safe='')}", back="/cases/arrivals")


@router.post("/cases/arrivals/{reference}")
async def handed_over(request: Request, reference: str, form: Posted, _: AtAirport, services: ServicesDep) -> Response:
    done = body(HAND_OVER, form, _TRANSPORT_GRANT)
    if "grant" in done:
        done["grant"]["proof"] = "cheque"
    own = f"/cases/arrivals/{quote(reference, safe='')}"
    return await _send(
        request, services, HAND_OVER, form, (f"arrivals/{quote(reference, safe='')}/handed-over", done), own, "/cases/arrivals"
    )


@router.get("/cases/grants")
async def list_grants(request: Request, _: AtBoard, services: ServicesDep, cursor: str = "") -> Response:
    items, following = await clients.listed(services, "grants", cursor)
    return page(request, "cases/grants.html", items=items, next=following, **_words(request))


@router.get("/cases/grants/{line}")
async def pay_grant(request: Request, line: str, _: AtBoard) -> Response:
    return act_page(request, PAY_GRANT, Form(), {}, f"/cases/grants/{quote(line, safe='')}", back="/cases/grants")


@router.post("/cases/grants/{line}")
async def grant_paid(request: Request, line: str, form: Posted, _: AtBoard, services: ServicesDep) -> Response:
    own, made = f"/cases/grants/{quote(line, safe='')}", body(PAY_GRANT, form)
    return await _send(request, services, PAY_GRANT, form, (f"grants/{quote(line, safe='')}/payments", made), own, "/cases/grants")


@router.get("/cases/remains")
async def list_remains(request: Request, _: Searcher, services: ServicesDep, cursor: str = "") -> Response:
    matches, following = await clients.listed(services, "matches", cursor)
    remains, _more = await clients.listed(services, "remains", "")
    return page(request, "cases/remains.html", matches=matches, remains=remains, next=following, form=Form())


@router.get("/cases/remains/new")
async def new_remains(request: Request, _: Searcher) -> Response:
    return act_page(request, REMAINS, Form(), {}, "/cases/remains/new", back="/cases/remains")


@router.post("/cases/remains/new")
async def report_remains(request: Request, form: Posted, _: Searcher, services: ServicesDep) -> Response:
    return await _send(request, services, REMAINS, form, ("remains", body(REMAINS, form)), "/cases/remains/new", "/cases/remains")


@router.post("/cases/matches/{match}")
async def decide_match(match: str, form: Posted, _: Searcher, services: ServicesDep) -> Response:
    decided = {"decision": form.value("decision")}
    await clients.send(services, f"matches/{quote(match, safe='')}/decisions", decided, key=form.key)
    return RedirectResponse("/cases/remains", 303)


@router.post("/complaints/{reference}/cases")
async def grow(reference: str, form: Posted, _: CaseWorker, services: ServicesDep) -> Response:
    """Out of a complaint, about the same person: the page of the new case follows."""
    body = {"kind": form.value("kind"), "narrative": form.value("narrative")}
    grown = await clients.grow(services, reference, body, key=form.key)
    return RedirectResponse(f"{_own(grown['reference'])}", 303)


@router.get("/complaints/{reference}/case")
async def read_case(request: Request, reference: str, _: CaseReader, services: ServicesDep) -> Response:
    case = await clients.read(services, reference)
    language = language_of(request)
    acts = [(name, title.in_language(language)) for name, title in offered(case["kind"])]
    return page(request, "cases/one.html", case=case, acts=acts, first=FIRST.get(case["kind"]), own=_own(reference), **_words(request))


@router.get("/complaints/{reference}/case/slip")
async def slip(request: Request, reference: str, _: CaseReader, services: ServicesDep) -> Response:
    return page(request, "cases/slip.html", case=await clients.read(services, reference), own=_own(reference))


@router.get("/complaints/{reference}/case/{act}")
async def write(request: Request, reference: str, act: str, _: CaseWorker, services: ServicesDep, of: str = "") -> Response:
    known, case = _known(act), await clients.read(services, reference)
    lists = await _lists(services, request, case)
    form = Form({"of": [of], "version": [str(case["version"])], **day_of_today(known)})
    return act_page(request, known, form, lists, f"{_own(reference)}/{act}", back=_own(reference))


@router.post("/complaints/{reference}/case/{act}")
async def written(request: Request, reference: str, act: str, form: Posted, _: CaseWorker, services: ServicesDep) -> Response:
    known, case = _known(act), await clients.read(services, reference)
    currency = next((one["currency"] for one in case["money"] if one["id"] == form.value("of")), "BDT")
    path = known.path.format(of=quote(form.value("of"), safe=""))
    try:
        await clients.act(services, reference, path, body(known, form, currency), key=form.key, version=form.value("version"))
    except (RefusedError, AwayError) as error:
        again = answered_with(form, error, names_of(known), language_of(request))
        # They are told that somebody changed it meanwhile, and may then send it again.
        again = replace(again, values={**again.values, "version": [str(case["version"])]})
        own = f"{_own(reference)}/{act}"
        return act_page(request, known, again, await _lists(services, request, case), own, back=_own(reference), status=error.code)
    return RedirectResponse(_own(reference), 303)


def _known(act: str) -> Act:
    if act not in ACTS:
        raise NotFoundError
    return ACTS[act]


async def _lists(services: Services, request: Request, case: dict[str, Any]) -> Lists:
    """With the papers of this case: their list depends on the country and the family's wish."""
    language = language_of(request)
    papers = (case.get("death") or {}).get("papers", [])
    return {**await clients.lists(services, language), "papers": [(one["code"], one["label"][language]) for one in papers]}


async def _send(
    request: Request, services: Services, act: Act, form: Form, sent: tuple[str, dict[str, Any]], own: str, back: str
) -> Response:
    try:
        await clients.send(services, sent[0], sent[1], key=form.key)
    except (RefusedError, AwayError) as error:
        again = answered_with(form, error, names_of(act), language_of(request))
        return act_page(request, act, again, {}, own, back=back, status=error.code)
    return RedirectResponse(back, 303)
