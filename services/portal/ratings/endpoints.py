"""Pages of the classification of agencies: the office's runs, an agency's own class, reviews, corrections, what the ministry compares."""

from typing import Any, Final
from urllib.parse import quote
from uuid import UUID

from fastapi import APIRouter, Request, Response
from fastapi.responses import RedirectResponse

from kit.auth import public
from services.portal.access import Classifier, Comparer, FileReader, RuleReader
from services.portal.clients import ServicesDep
from services.portal.forms import Form, Posted, body_of
from services.portal.page import page
from services.portal.ratings import clients

router = APIRouter(prefix="/classes", dependencies=[public()], include_in_schema=False)

CLASSES: Final = ("A", "B", "C", "D", "insufficient_data")


@router.get("")
async def list_runs(request: Request, visitor: Classifier, services: ServicesDep, cursor: str = "") -> Response:
    items, following = await clients.listed(services, "/runs", cursor)
    usable = [one for one in await clients.rule_sets(services) if one["purpose"] == "classification"]
    shown: dict[str, Any] = {
        "items": items,
        "next": following,
        "rule_sets": usable,
        "form": Form(),
        "may_decide": "decider" in visitor.caller.roles,
    }
    return page(request, "ratings/runs.html", **shown)


@router.post("/start")
async def start_run(form: Posted, _: Classifier, services: ServicesDep) -> Response:
    run = await clients.do(services, "/runs", body_of({"rule_set": form.value("rule_set")}), key=form.key)
    return RedirectResponse(f"/classes/runs/{run['id']}", 303)


@router.get("/runs/{identity}")
async def read_run(
    request: Request, identity: UUID, visitor: Classifier, services: ServicesDep, cursor: str = "", chosen: str = "", state: str = ""
) -> Response:
    run = await clients.one(services, clients.of_run(identity))
    items, following = await clients.listed(services, f"{clients.of_run(identity)}/results", cursor, **{"class": chosen, "state": state})
    shown: dict[str, Any] = {"run": run, "items": items, "next": following, "chosen": chosen, "state": state, "form": Form()}
    return page(request, "ratings/run.html", **shown, may_decide="decider" in visitor.caller.roles, address=f"/classes/runs/{identity}")


@router.post("/runs/{identity}/{step}")
async def step_run(identity: UUID, step: str, form: Posted, _: Classifier, services: ServicesDep) -> Response:
    """`notice`, `withdrawal` or `publication`; what is none of these the service does not know."""
    await clients.do(services, f"{clients.of_run(identity)}/{quote(step, safe='')}", {}, key=form.key, version=form.value("version"))
    return RedirectResponse(f"/classes/runs/{identity}", 303)


@router.get("/runs/{identity}/results/{licence}")
async def read_result(request: Request, identity: UUID, licence: str, visitor: Classifier, services: ServicesDep) -> Response:
    result = await clients.one(services, clients.of_run(identity, licence))
    shown: dict[str, Any] = {"result": result, "may_decide": "decider" in visitor.caller.roles, "back": f"/classes/runs/{identity}"}
    return page(request, "ratings/result.html", **shown, form=Form())


@router.post("/runs/{identity}/results/{licence}/replies/{reply}/answer")
async def answer_reply(identity: UUID, licence: str, reply: UUID, form: Posted, _: Classifier, services: ServicesDep) -> Response:
    said = {"words": form.value("words"), "is_accepted": form.value("is_accepted") == "yes"}
    await clients.do(services, f"/replies/{reply}/answer", said, key=form.key)
    return RedirectResponse(f"/classes/runs/{identity}/results/{quote(licence, safe='')}", 303)


@router.get("/mine")
async def my_class(visitor: FileReader) -> Response:
    """An agency has one licence as a rule; whoever has several chooses by the address."""
    mine = sorted(visitor.caller.licence - {"*"})
    return RedirectResponse(f"/classes/files/{quote(mine[0], safe='')}" if mine else "/agencies", 303)


@router.get("/files/{licence}")
async def read_file(request: Request, licence: str, visitor: FileReader, services: ServicesDep) -> Response:
    shown: dict[str, Any] = {
        "file": await clients.one(services, clients.of_file(licence)),
        "is_own": licence in visitor.caller.licence,
        "form": Form(),
    }
    return page(request, "ratings/file.html", **shown, address=f"/classes/files/{quote(licence, safe='')}")


@router.post("/files/{licence}/reply")
async def reply(licence: str, form: Posted, _: FileReader, services: ServicesDep) -> Response:
    await clients.do(
        services, f"/runs/{quote(form.value('run'), safe='')}/results/{quote(licence, safe='')}/replies", _words(form), key=form.key
    )
    return RedirectResponse(f"/classes/files/{quote(licence, safe='')}", 303)


@router.post("/files/{licence}/review")
async def ask_review(licence: str, form: Posted, _: FileReader, services: ServicesDep) -> Response:
    await clients.do(services, f"{clients.of_file(licence)}/reviews", {"grounds": form.value("words")}, key=form.key)
    return RedirectResponse(f"/classes/files/{quote(licence, safe='')}", 303)


@router.get("/reviews")
async def list_reviews(request: Request, visitor: Classifier, services: ServicesDep, cursor: str = "") -> Response:
    items, following = await clients.listed(services, "/reviews", cursor)
    shown: dict[str, Any] = {
        "items": items,
        "next": following,
        "classes": CLASSES,
        "may_decide": "officer" in visitor.caller.roles,
        "form": Form(),
    }
    return page(request, "ratings/reviews.html", **shown)


@router.post("/reviews/{identity}/decision")
async def decide_review(identity: UUID, form: Posted, _: Classifier, services: ServicesDep) -> Response:
    named = form.value("outcome")
    body = {"outcome": "rejected"} if named == "rejected" else {"outcome": "upheld", "class": named}
    await clients.do(services, f"/reviews/{identity}/decision", body | _reasons(form), key=form.key, version=form.value("version"))
    return RedirectResponse("/classes/reviews", 303)


@router.get("/corrections")
async def list_corrections(request: Request, visitor: Classifier, services: ServicesDep, cursor: str = "") -> Response:
    items, following = await clients.listed(services, "/corrections", cursor)
    shown: dict[str, Any] = {"items": items, "next": following, "may_decide": "decider" in visitor.caller.roles, "form": Form()}
    return page(request, "ratings/corrections.html", **shown)


@router.post("/corrections/{identity}/decision")
async def decide_correction(identity: UUID, form: Posted, _: Classifier, services: ServicesDep) -> Response:
    body = {"is_confirmed": form.value("decision") == "confirm"} | _reasons(form)
    await clients.do(services, f"/corrections/{identity}/decision", body, key=form.key, version=form.value("version"))
    return RedirectResponse("/classes/corrections", 303)


@router.get("/compare")
async def compare(request: Request, _: Comparer, services: ServicesDep, before: str = "", after: str = "", cursor: str = "") -> Response:
    whole = [one for one in await clients.rule_sets(services) if one["complete"]]
    names = [(f"{one['name']}@{one['version']}", one["title"]) for one in whole]
    given = {"before": before, "after": after} | ({"cursor": cursor} if cursor else {})
    found = await clients.one(services, "/comparisons", **given, limit="50") if before and after else None
    return page(request, "ratings/compare.html", names=names, before=before, after=after, found=found)


@router.get("/inspections")
async def inspections(request: Request, _: Comparer, services: ServicesDep) -> Response:
    """What to look at: inspections, watch-list, what changed, what ends."""
    plan = await clients.one(services, "/inspections", visits="25")
    watched, _more = await clients.listed(services, "/watch-list")
    changed, _more = await clients.listed(services, "/changes")
    due, _more = await clients.listed(services, "/renewals")
    return page(request, "ratings/inspections.html", plan=plan, watched=watched, changed=changed, due=due)


@router.get("/rule-sets")
async def list_rule_sets(request: Request, _: RuleReader, services: ServicesDep) -> Response:
    return page(request, "ratings/rule_sets.html", items=await clients.rule_sets(services))


@router.get("/rule-sets/{name}/{version}")
async def read_rule_set(
    request: Request, name: str, version: str, visitor: RuleReader, services: ServicesDep, cursor: str = ""
) -> Response:
    rule_set = await clients.one(services, clients.of_rule_set(name, version))
    said, following = await clients.listed(services, f"{clients.of_rule_set(name, version)}/comments", cursor)
    shown: dict[str, Any] = {
        "one": rule_set,
        "said": said,
        "next": following,
        "form": Form(),
        "address": f"/classes/rule-sets/{name}/{version}",
    }
    speaks = not visitor.caller.roles.isdisjoint({"association", "decider", "analyst"})
    return page(request, "ratings/rule_set.html", **shown, speaks=speaks)


@router.post("/rule-sets/{name}/{version}")
async def comment(name: str, version: str, form: Posted, _: RuleReader, services: ServicesDep) -> Response:
    await clients.do(services, f"{clients.of_rule_set(name, version)}/comments", _words(form), key=form.key)
    return RedirectResponse(f"/classes/rule-sets/{quote(name, safe='')}/{quote(version, safe='')}", 303)


def _words(form: Form) -> dict[str, str]:
    return {"words": form.value("words")}


def _reasons(form: Form) -> dict[str, str]:
    return {"reasons": form.value("reasons")}
