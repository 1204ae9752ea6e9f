"""The open pages of what is tracked step by step, and the forms by which an office tells of it."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import Any
from urllib.parse import quote, urlsplit

from fastapi import APIRouter, Request, Response
from fastapi.responses import RedirectResponse

from contracts.text import Text
from kit.auth import public
from kit.text import digits
from services.portal.access import FRAMEWORK_REPORT, Anybody, FrameworkReporter
from services.portal.act_forms import act_page, body, day_of_today, names_of
from services.portal.acts import Act
from services.portal.clients import AwayError, RefusedError, Services, ServicesDep
from services.portal.forms import Form, PostedFile, answered_with, blank_or_parked
from services.portal.framework.clients import actors
from services.portal.language import said
from services.portal.page import language_of, page
from services.portal.papers.clients import brought
from services.portal.session.service import Visitor
from services.portal.tracker import acts, clients
from services.portal.tracker.rules import by_kind, steps_of

router = APIRouter(prefix="/framework", dependencies=[public()], include_in_schema=False)


@router.get("/matters")
async def show_matters(
    request: Request, visitor: Anybody, services: ServicesDep, kind: str = "", late: str = "", cursor: str = ""
) -> Response:
    """`kind` narrows to one; any other value shows all."""
    known = await clients.kinds(services)
    narrowed = {"kind": kind} if kind in {one["code"] for one in known["items"]} else {}
    found = await clients.matters(services, cursor, limit="50", **narrowed, **({"late": "true"} if late else {}))
    return page(
        request,
        "tracker/all.html",
        groups=by_kind(found["items"], known["items"]),
        next=urlsplit(found["next"] or "").query,
        kinds=known["items"],
        chosen=kind,
        late=late,
        label=known["label"],
        may_tell=_may(visitor),
    )


@router.get("/matters/new")
async def new_matter(request: Request, visitor: FrameworkReporter, services: ServicesDep) -> Response:
    return await _matter_page(request, services, await blank_or_parked(request, visitor))


@router.post("/matters/new")
async def send_matter(request: Request, sent: PostedFile, _: FrameworkReporter, services: ServicesDep) -> Response:
    form = sent[0]
    try:
        form = await brought(services, sent)
        said_of = body(acts.MATTER, form)
        said_of["activities"] = digits(form.value("activities")).replace(",", " ").split()
        code = await clients.open_matter(services, said_of, key=form.key)
    except (RefusedError, AwayError) as error:
        again = answered_with(form, error, names_of(acts.MATTER), language_of(request))
        return await _matter_page(request, services, again, error.code)
    return RedirectResponse(_place(code), 303)


@router.get("/matters/{code}")
async def show_matter(request: Request, code: str, visitor: Anybody, services: ServicesDep) -> Response:
    matter = await clients.matter(services, code)
    holds = matter["of_kind"]["holds_actions"]
    decided = await clients.actions(services, matter=code) if holds else {"items": [], "next": None}
    names = await _names(request, services)
    return page(request, "tracker/one.html", one=matter, steps=steps_of(matter), actions=decided, names=names, may_tell=_may(visitor))


@router.get("/matters/{code}/history")
async def show_history(request: Request, code: str, _: Anybody, services: ServicesDep, cursor: str = "") -> Response:
    told = await clients.history(services, code, cursor)
    matter = await clients.matter(services, code)
    return page(
        request, "tracker/history.html", one=matter, told=told["items"], next=clients.cursor_of(told), names=await _names(request, services)
    )


@router.get("/actions")
async def show_actions(request: Request, _: Anybody, services: ServicesDep, late: str = "", cursor: str = "") -> Response:
    """Those that are still to be done, the first due first."""
    found = await clients.actions(services, cursor, state="open", **({"late": "true"} if late else {}))
    titles = {one["code"]: one["title"] for one in await clients.all_matters(services)}
    names = await _names(request, services)
    return page(
        request, "tracker/actions.html", actions=found["items"], next=clients.cursor_of(found), late=late, titles=titles, names=names
    )


@router.get("/actions/{identity}")
async def show_action(request: Request, identity: str, visitor: Anybody, services: ServicesDep) -> Response:
    action = await clients.action(services, identity)
    matter = await clients.matter(services, action["matter"])
    names = await _names(request, services)
    return page(request, "tracker/action.html", one=action, matter=matter, names=names, may_tell=_may(visitor))


@router.get("/matters/{code}/steps/{step}/new")
async def new_step(
    request: Request, code: str, step: str, visitor: FrameworkReporter, services: ServicesDep, replaces: str = ""
) -> Response:
    """`replaces`: the number of what was told, whose place the new word takes."""
    parked, matter = await blank_or_parked(request, visitor), await clients.matter(services, code)
    fresh = {**day_of_today(acts.STEP), "version": [str(matter["version"])], "of": [replaces]}
    return await _step_page(request, services, matter, step, parked if parked.values else Form(fresh))


@router.post("/matters/{code}/steps/{step}/new")
async def send_step(request: Request, code: str, step: str, sent: PostedFile, _: FrameworkReporter, services: ServicesDep) -> Response:

    async def again(faulty: Form, status: int) -> Response:
        return await _step_page(request, services, await clients.matter(services, code), step, faulty, status)

    async def tell(form: Form) -> None:
        replaces = form.value("of")
        said_of = {**body(acts.STEP, form), "step": step, **({"replaces": digits(replaces)} if replaces else {})}
        await clients.tell_step(services, code, said_of, key=form.key, version=form.value("version"))

    return await _sent(request, services, sent, tell, acts.STEP, again, _place(code))


@router.get("/matters/{code}/actions/new")
async def new_action(request: Request, code: str, visitor: FrameworkReporter, services: ServicesDep) -> Response:
    return await _action_page(request, services, code, await blank_or_parked(request, visitor))


@router.post("/matters/{code}/actions/new")
async def send_action(request: Request, code: str, sent: PostedFile, _: FrameworkReporter, services: ServicesDep) -> Response:
    async def again(faulty: Form, status: int) -> Response:
        return await _action_page(request, services, code, faulty, status)

    async def decide(form: Form) -> None:
        await clients.decide_action(services, code, body(acts.ACTION, form), key=form.key)

    return await _sent(request, services, sent, decide, acts.ACTION, again, f"{_place(code)}#actions")


@router.get("/actions/{identity}/change")
async def new_change(request: Request, identity: str, visitor: FrameworkReporter, services: ServicesDep) -> Response:
    parked, action = await blank_or_parked(request, visitor), await clients.action(services, identity)
    form = parked if parked.values else Form({**day_of_today(acts.CHANGE), "version": [str(action["version"])]})
    return await _change_page(request, services, action, form)


@router.post("/actions/{identity}/change")
async def send_change(request: Request, identity: str, sent: PostedFile, _: FrameworkReporter, services: ServicesDep) -> Response:
    async def again(faulty: Form, status: int) -> Response:
        return await _change_page(request, services, await clients.action(services, identity), faulty, status)

    async def change(form: Form) -> None:
        await clients.change_action(services, identity, body(acts.CHANGE, form), key=form.key, version=form.value("version"))

    return await _sent(request, services, sent, change, acts.CHANGE, again, f"/framework/actions/{quote(identity, safe='')}")


async def _sent(
    request: Request,
    services: Services,
    sent: tuple[Form, str, bytes],
    tell: Callable[[Form], Awaitable[None]],
    act: Act,
    again: Callable[[Form, int], Awaitable[Response]],
    there: str,
) -> Response:
    form = sent[0]
    try:
        form = await brought(services, sent)
        await tell(form)
    except (RefusedError, AwayError) as error:
        return await again(answered_with(form, error, names_of(act), language_of(request)), error.code)
    return RedirectResponse(there, 303)


async def _matter_page(request: Request, services: Services, form: Form, status: int = 200) -> Response:
    language = language_of(request)
    kinds = [(one["code"], said(one["title"], language)) for one in (await clients.kinds(services))["items"]]
    lists = {"kinds": kinds, "actors": await _bodies(request, services)}
    return act_page(request, acts.MATTER, form, lists, "/framework/matters/new", back="/framework/matters", status=status)


async def _step_page(request: Request, services: Services, matter: Mapping[str, Any], step: str, form: Form, status: int = 200) -> Response:
    """Whoever was overtaken reads on the matter's page what the other said before they send again."""
    language = language_of(request)
    known: Mapping[str, Any] = next((one for one in matter["of_kind"]["steps"] if one["code"] == step), {"title": step, "outcomes": []})
    lists = {
        "actors": await _bodies(request, services, matter["owners"]),
        "outcomes": [(one["code"], said(one["title"], language)) for one in known["outcomes"]],
    }
    act = acts.STEP if known["outcomes"] else acts.STEP_WITHOUT_OUTCOME
    about = f"{said(matter['title'], language)}: {said(known['title'], language)}"
    place = _place(matter["code"])
    return act_page(request, _about(act, about), form, lists, f"{place}/steps/{quote(step, safe='')}/new", back=place, status=status)


async def _action_page(request: Request, services: Services, code: str, form: Form, status: int = 200) -> Response:
    matter = await clients.matter(services, code)
    lists = {"actors": await _bodies(request, services, matter["owners"]), "bodies": await _bodies(request, services)}
    about = _about(acts.ACTION, said(matter["title"], language_of(request)))
    return act_page(request, about, form, lists, f"{_place(code)}/actions/new", back=_place(code), status=status)


async def _change_page(request: Request, services: Services, action: Mapping[str, Any], form: Form, status: int = 200) -> Response:
    matter = await clients.matter(services, action["matter"])
    lists = {"actors": await _bodies(request, services, [*matter["owners"], action["owner"]])}
    place = f"/framework/actions/{action['id']}"
    return act_page(request, _about(acts.CHANGE, action["task"]), form, lists, f"{place}/change", back=place, status=status)


async def _bodies(request: Request, services: Services, only: Sequence[str] | None = None) -> list[tuple[str, str]]:
    """Bodies that the framework names, by code and name, in the order of their names."""
    names = await _names(request, services)
    return sorted(((code, name) for code, name in names.items() if only is None or code in only), key=lambda pair: pair[1])


async def _names(request: Request, services: Services) -> dict[str, str]:
    return {one["id"]: said(one["title"], language_of(request)) for one in await actors(services)}


def _about(act: Act, about: str) -> Act:
    return Act(act.path, act.title, act.asks, hint=Text(about, about), button=act.button)


def _may(visitor: Visitor | None) -> bool:
    return visitor is not None and not FRAMEWORK_REPORT.isdisjoint(visitor.caller.roles)


def _place(code: str) -> str:
    return f"/framework/matters/{quote(code, safe='')}"
