"""Reports with figures: for everybody what is published, edition by edition."""

from collections.abc import Callable, Mapping
from html import unescape
from typing import Any
from urllib.parse import urlsplit

from fastapi import APIRouter, Request, Response
from markupsafe import Markup

from kit.auth import public
from services.portal.access import REPORT_EDIT, Anybody
from services.portal.clients import ServicesDep
from services.portal.language import Language, country, district, numerals, written_out
from services.portal.page import environment, language_of, page
from services.portal.reports import charts, clients
from services.portal.reports.rules import UNKNOWN, Division, has_left_out, sections_of

router = APIRouter(dependencies=[public()], include_in_schema=False)


@router.get("/framework/reports")
async def list_reports(request: Request, _: Anybody, services: ServicesDep, cursor: str = "") -> Response:
    found = await clients.published(services, cursor)
    return page(request, "reports/list.html", items=found["items"], next=urlsplit(found["next"] or "").query)


@router.get("/framework/reports/{name}/{period}/{number}")
async def show_report(request: Request, name: str, period: str, number: str, visitor: Anybody, services: ServicesDep) -> Response:
    """`number` of the edition, whose address stays; or latest."""
    found = await clients.edition(services, name, period, number)
    shown = edition_shown(found["content"], language_of(request))
    may_correct = visitor is not None and visitor.caller.has(*REPORT_EDIT)
    return page(request, "reports/one.html", about=found["about"], newest=found["newest"], may_correct=may_correct, **shown)


def edition_shown(content: Mapping[str, Any], language: Language) -> dict[str, Any]:
    """What `reports/parts.html` needs of an edition: its text, its tables, and how a group is named and a chart is drawn."""
    sections = sections_of(content)
    name = naming(language)

    def draw(one: Division, title: str, description: str, left_out: str) -> Markup:
        words = charts.Words(
            title=unescape(title),
            description=unescape(description),
            left_out=unescape(left_out),
            name=lambda code: name(one.by, code),
            number=lambda facts: numerals(written_out(facts, 0), language),
        )
        return charts.chart(charts.shown(one.rows), words, f"chart-{one.number}")

    return {
        "content": content,
        "sections": sections,
        "left_out": has_left_out(sections),
        "group": name,
        "drawn": {one.number: len(charts.shown(one.rows)) for section in sections for one in section.divisions},
        "draw": draw,
    }


def naming(language: Language) -> Callable[[str, str], str]:
    """How a code of a dimension is called."""
    words: Any = environment(language).get_template("words.html").module
    people = {"sex": dict(words.sexes), "age_band": dict(words.ages)}

    def name(by: str, code: str) -> str:
        if code in UNKNOWN:
            return str(people["sex"]["unknown"])
        match by:
            case "district":
                return district(code, language)
            case "country":
                return country(code, language)
            case _:
                return str(people[by].get(code, code))

    return name
