"""Pages: Jinja templates in the language of the request, with what every page needs: who is signed in, their tasks, the way out."""

import gzip
from functools import cache
from pathlib import Path
from typing import Any, Final

from fastapi import Request, Response
from jinja2 import Environment, FileSystemLoader, StrictUndefined

from services.portal.access import SHARED, menu_of, tasks_of
from services.portal.assets import asset
from services.portal.forms import masked
from services.portal.language import Language, country_choices, district_choices, filters, translations
from services.portal.session.service import Visitor

OFTEN: Final = ("SA", "AE", "OM", "QA", "KW", "MY", "SG", "BH", "JO", "LB", "IQ", "LY", "IT")
TEMPLATES: Final = Path(__file__).parent / "templates"


@cache
def environment(language: Language) -> Environment:
    made = Environment(
        loader=FileSystemLoader(TEMPLATES),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        extensions=["jinja2.ext.i18n"],
    )
    known = translations(language)
    made.install_gettext_callables(known.gettext, known.ngettext, newstyle=True)  # type: ignore[attr-defined]  # added by the extension
    made.filters |= filters(language)
    choices = {"countries": country_choices(language), "districts": district_choices(language)}
    made.globals |= {"asset": asset, "language": language, **choices}
    return made


def language_of(request: Request) -> Language:
    chosen: Language = request.state.language
    return chosen


def page(request: Request, template: str, *, status: int = 200, **values: Any) -> Response:
    """A page that no cache keeps once somebody is signed in; open ones are asked for again each time: a cookie chooses the language."""
    visitor: Visitor | None = getattr(request.state, "visitor", None)
    frame = {
        "visitor": visitor,
        "csrf": masked(visitor.csrf) if visitor else "",
        "menu": menu_of(tasks_of(visitor), request.url.path),
        "lock_minutes": request.state.limits.lock_minutes if visitor and visitor.caller.has(*SHARED) else 0,
        "path": request.url.path,
        "other_language": _in_other_language(request),
    }
    content = environment(language_of(request)).get_template(template).render(frame | values).encode()
    headers = {
        "Cache-Control": "no-store" if visitor else "no-cache",
        "Vary": "Cookie, Accept-Language",
        "Content-Language": language_of(request),
    }
    if "gzip" in request.headers.get("accept-encoding", ""):
        content, headers["Content-Encoding"] = gzip.compress(content, 6), "gzip"
        headers["Vary"] += ", Accept-Encoding"
    return Response(content, status, headers, media_type="text/html; charset=utf-8")


def often(request: Request) -> list[tuple[str, str]]:
    """The countries that are chosen most: where most of the workers are."""
    named = dict(country_choices(language_of(request)))
    return [(code, named[code]) for code in OFTEN]


def _in_other_language(request: Request) -> str:
    """The page's own address with the other language: what was narrowed stays narrowed."""
    other = "en" if language_of(request) == "bn" else "bn"
    return f"{request.url.path}?{request.url.include_query_params(lang=other).query}"
