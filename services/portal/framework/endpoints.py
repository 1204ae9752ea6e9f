"""The open pages of the framework: what was undertaken, who does what, what leads say, what evidence and civil society say to it."""

import asyncio
from datetime import datetime
from typing import Any, Final
from urllib.parse import parse_qs, quote, urlsplit

from fastapi import APIRouter, Request, Response
from fastapi.responses import RedirectResponse

from contracts.days import DHAKA
from contracts.text import Text
from kit.auth import public
from kit.quarters import newest_over
from services.portal.access import FRAMEWORK_COMMENT, FRAMEWORK_REPORT, Anybody, FrameworkCommenter, FrameworkReporter
from services.portal.act_forms import act_page, body, day_of_today, names_of
from services.portal.acts import Act, Ask
from services.portal.clients import AwayError, RefusedError, Services, ServicesDep
from services.portal.forms import Form, PostedFile, answered_with, blank_or_parked
from services.portal.framework import clients
from services.portal.framework.rules import by_goal
from services.portal.language import said
from services.portal.page import language_of, page
from services.portal.papers.clients import brought
from services.portal.papers.rules import paper_asks
from services.portal.reports.endpoints import naming
from services.portal.reports.rules import quarters
from services.portal.tracker.clients import all_matters

router = APIRouter(dependencies=[public()], include_in_schema=False)
DIMENSIONS: Final = ("district", "country", "sex", "age_band")
_OFFERED: Final = 8

_PAPER: Final = paper_asks(
    Text("Title, number and date, as a reader would ask for it.", "শিরোনাম, স্মারক নম্বর ও তারিখ, যাতে পাঠক দলিলটি চাইতে পারেন।")
)
_OPEN_TEXT: Final = Text("Anybody may read this. Name no private person.", "লেখাটি সবাই পড়তে পারবেন। কোনো ব্যক্তির নাম লিখবেন না।")
REPORT: Final = Act(
    "",
    Text("Report how far it has come", "অগ্রগতি জানান"),
    (
        Ask("actor", "choice", Text("For which body?", "কোন সংস্থার পক্ষে?"), choices="actors"),
        Ask("state", "choice", Text("How does it stand?", "কী অবস্থায় আছে?"), choices="states"),
        Ask("as_of", "day", Text("On which day did it stand so?", "কোন তারিখের অবস্থা?")),
        Ask("text", "area", Text("What was done, and what is missing?", "কী করা হয়েছে, কী বাকি আছে?"), _OPEN_TEXT),
        *_PAPER,
        Ask(
            "corrects",
            "number",
            Text("Which report does it correct?", "কোন প্রতিবেদন সংশোধন করছেন?"),
            Text("Its number in the history. The corrected one stays there.", "ইতিহাসে তার নম্বর। আগের প্রতিবেদনটিও থেকে যাবে।"),
            needed=False,
        ),
    ),
    button=Text("Publish the report", "প্রতিবেদন প্রকাশ করুন"),
)
COMMENT: Final = Act(
    "",
    Text("Comment on an activity", "কার্যক্রম নিয়ে মন্তব্য করুন"),
    (
        Ask(
            "stance",
            "choice",
            Text("What do you say to what was reported?", "প্রতিবেদন সম্পর্কে আপনার মত কী?"),
            choices=(
                ("supports", Text("We see it so too", "আমরাও একই অবস্থা দেখি")),
                ("doubts", Text("We see it otherwise", "আমরা ভিন্ন অবস্থা দেখি")),
                ("adds", Text("Something is to be added", "আরও কিছু জানানোর আছে")),
            ),
        ),
        Ask(
            "report",
            "number",
            Text("To which report?", "কোন প্রতিবেদন সম্পর্কে?"),
            Text("Its number in the history. Empty: to the activity.", "ইতিহাসে তার নম্বর। খালি রাখলে পুরো কার্যক্রম সম্পর্কে।"),
            needed=False,
        ),
        Ask("text", "area", Text("What do you see?", "আপনারা কী দেখেছেন?"), _OPEN_TEXT),
        *_PAPER,
    ),
    button=Text("Publish the comment", "মন্তব্য প্রকাশ করুন"),
)


@router.get("/framework")
async def show_framework(request: Request, _: Anybody, services: ServicesDep, goal: str = "", overdue: str = "") -> Response:
    """`goal` narrows to one; any other value shows all."""
    found = await clients.activities(services)
    goals = by_goal(found["items"])
    late = by_goal(one for one in found["items"] if one["progress"]["overdue"]) if overdue else goals
    shown = [one for one in late if one.id == goal] or late
    return page(
        request, "framework/all.html", goals=goals, shown=shown, chosen=goal, overdue=overdue, counts=found["counts"], counted=found
    )


@router.get("/framework/activities/{number}")
async def show_activity(request: Request, number: str, visitor: Anybody, services: ServicesDep, cursor: str = "") -> Response:
    told = await clients.told(services, number, cursor)
    following = parse_qs(urlsplit(told.reports["next"] or "").query).get("cursor", [""])[0]
    may_report = visitor is not None and not FRAMEWORK_REPORT.isdisjoint(visitor.caller.roles)
    may_comment = visitor is not None and not FRAMEWORK_COMMENT.isdisjoint(visitor.caller.roles)
    may = {"may_report": may_report, "may_comment": may_comment}
    return page(request, "framework/activity.html", told=told, next=following, matters=await all_matters(services, activity=number), **may)


@router.get("/framework/activities/{number}/figures")
async def show_figures(
    request: Request, number: str, _: Anybody, services: ServicesDep, by: str = "district", quarter: str = ""
) -> Response:
    """What stands behind the count of an activity: figures, never a person."""
    chosen = by if by in DIMENSIONS else DIMENSIONS[0]
    activity, found = await asyncio.gather(clients.activity(services, number), clients.figures(services, number, chosen, quarter))
    offered = quarters(newest_over(datetime.now(DHAKA).date()), _OFFERED)
    shown: dict[str, Any] = {"one": activity, "found": found, "quarters": offered, "group": naming(language_of(request))}
    return page(request, "framework/figures.html", **shown)


@router.get("/framework/actors")
async def show_actors(request: Request, _: Anybody, services: ServicesDep) -> Response:
    return page(request, "framework/actors.html", actors=await clients.actors(services))


@router.get("/framework/actors/{name}")
async def show_actor(request: Request, name: str, _: Anybody, services: ServicesDep) -> Response:
    return page(request, "framework/actor.html", actor=await clients.actor(services, name))


@router.get("/framework/duties")
async def show_duties(request: Request, _: FrameworkReporter, services: ServicesDep) -> Response:
    found = await clients.duties(services)
    return page(request, "framework/duties.html", duties=found["items"], counted=found)


@router.get("/framework/activities/{number}/report/new")
async def new_report(request: Request, number: str, visitor: FrameworkReporter, services: ServicesDep) -> Response:
    parked = await blank_or_parked(request, visitor)
    version = str((await clients.activity(services, number))["progress"]["version"])
    form = parked if parked.values else Form({**day_of_today(REPORT), "version": [version]})
    return await _report_page(request, services, number, form)


@router.post("/framework/activities/{number}/report/new")
async def send_report(request: Request, number: str, sent: PostedFile, _: FrameworkReporter, services: ServicesDep) -> Response:
    form = sent[0]
    try:
        form = await brought(services, sent)
        await clients.report(services, number, body(REPORT, form), key=form.key, version=form.value("version"))
    except (RefusedError, AwayError) as error:
        again = answered_with(form, error, names_of(REPORT), language_of(request))
        return await _report_page(request, services, number, again, error.code)
    return RedirectResponse(_place(number), 303)


@router.get("/framework/activities/{number}/comment/new")
async def new_comment(request: Request, number: str, visitor: FrameworkCommenter, services: ServicesDep) -> Response:
    return await _comment_page(request, services, number, await blank_or_parked(request, visitor))


@router.post("/framework/activities/{number}/comment/new")
async def send_comment(request: Request, number: str, sent: PostedFile, _: FrameworkCommenter, services: ServicesDep) -> Response:
    form = sent[0]
    try:
        form = await brought(services, sent)
        await clients.comment(services, number, body(COMMENT, form), key=form.key)
    except (RefusedError, AwayError) as error:
        again = answered_with(form, error, names_of(COMMENT), language_of(request))
        return await _comment_page(request, services, number, again, error.code)
    return RedirectResponse(f"{_place(number)}#comments", 303)


async def _report_page(request: Request, services: Services, number: str, form: Form, status: int = 200) -> Response:
    """Whoever was overtaken reads what the other said before they send again: the form then carries the version that they see."""
    language = language_of(request)
    found = await clients.duties(services)
    activity: dict[str, Any] = await clients.activity(services, number)
    own: list[str] = next((one["actors"] for one in found["items"] if one["activity"]["id"] == number), [])
    lists = {
        "actors": [(one["id"], said(one["title"], language)) for one in activity["leads"] if one["id"] in own],
        "states": [(one["code"], said(one["title"], language)) for one in found["states"]],
    }
    return act_page(request, _about(REPORT, activity), form, lists, f"{_place(number)}/report/new", back=_place(number), status=status)


async def _comment_page(request: Request, services: Services, number: str, form: Form, status: int = 200) -> Response:
    about = _about(COMMENT, await clients.activity(services, number))
    return act_page(request, about, form, {}, f"{_place(number)}/comment/new", back=_place(number), status=status)


def _about(act: Act, activity: dict[str, Any]) -> Act:
    title = activity["title"]
    return Act(act.path, act.title, act.asks, hint=Text(title["en"], title["bn"]), button=act.button)


def _place(number: str) -> str:
    return f"/framework/activities/{quote(number, safe='')}"
