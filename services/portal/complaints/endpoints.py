"""Pages of complaints: log one, find one, print its slip."""

from typing import Any, Final
from urllib.parse import quote

from fastapi import APIRouter, Request, Response
from fastapi.responses import RedirectResponse

from kit.auth import Caller, public
from kit.errors import NotFoundError
from services.portal.access import WORKS, Lodger, Reader
from services.portal.clients import AwayError, RefusedError, Services, ServicesDep
from services.portal.complaints import acts, clients
from services.portal.complaints.rules import about_whom
from services.portal.complaints.sections import SECTIONS
from services.portal.forms import Form, Posted, answered_with, blank_or_parked, body_of
from services.portal.language import country_choices, district_choices, said
from services.portal.page import language_of, often, page
from services.portal.redress import clients as redress
from services.portal.sections import load_sections

router = APIRouter(dependencies=[public()], include_in_schema=False)

FIELDS: Final = (
    "caller_safe",
    "narrative",
    "category",
    "country",
    "reporter.relation",
    "reporter.name",
    "reporter.phone",
    "victim.name",
    "victim.phone",
    "victim.sex",
    "victim.age_band",
    "victim.disability",
    "district",
    "safe_contact.may_call",
    "safe_contact.note",
    "language",
    "respondent.kind",
    "respondent.office",
    "respondent.name",
    "respondent.licence",
)
_YES_NO: Final = {"yes": True, "no": False}
_CHANNELS: Final = (("agent", "phone"), ("supervisor", "phone"), ("wing", "wing"), ("ngo", "ngo"), ("udc", "udc"), ("demo", "counter"))


def complaint_of(form: Form, caller: Caller) -> dict[str, Any]:
    """What the service takes. Whoever calls for themselves is the person who needs help: their name is asked once."""
    values: dict[str, Any] = {name: form.value(name) for name in FIELDS}
    values["channel"] = next((channel for role, channel in _CHANNELS if role in caller.roles), "counter")
    values["caller_safe"] = _YES_NO.get(form.value("caller_safe"))
    values["safe_contact.may_call"] = _YES_NO.get(form.value("safe_contact.may_call"))
    if form.value("reporter.relation") == "self":
        values["victim.name"] = form.value("victim.name") or form.value("reporter.name")
        values["victim.phone"] = form.value("victim.phone") or form.value("reporter.phone")
    values["respondent.kind"] = about_whom(form.value)
    return {"reporter": {}, **body_of(values)}


async def _form_page(request: Request, services: Services, form: Form, status: int = 200, *, old_font: str | None = None) -> Response:
    """`old_font`: how the text would read if it was written in one, for the person to say."""
    choices, chosen = await clients.categories(services, language_of(request)), form.value("category")
    known = choices if not chosen or chosen in dict(choices) else [*choices, (chosen, chosen)]
    offices = await clients.offices(services, language_of(request))
    lists = {"categories": known, "offices": offices, "often": often(request)}
    return page(request, "complaints/new.html", status=status, form=form, old_font=old_font, **lists)


@router.get("/complaints/new")
async def new_complaint(request: Request, visitor: Lodger, services: ServicesDep) -> Response:
    form = await blank_or_parked(request, visitor)
    return await _form_page(request, services, form if form.values else Form({"language": ["bn"]}))


@router.post("/complaints/new")
async def send_complaint(request: Request, form: Posted, visitor: Lodger, services: ServicesDep) -> Response:
    narrative, chosen = form.value("narrative"), form.value("font")
    try:
        if (asked := await clients.old_font(services, narrative, chosen)) is not None:
            return await _form_page(request, services, form, old_font=asked)
        body = complaint_of(form, visitor.caller) | await clients.as_chosen(services, narrative, chosen)
        receipt = await clients.lodge(services, body, key=form.key)
    except (RefusedError, AwayError) as error:
        return await _form_page(request, services, answered_with(form, error, FIELDS, language_of(request)), error.code)
    return RedirectResponse(f"/complaints/{receipt['reference']}?new=1", 303)


NARROWINGS: Final = ("queue", "category", "country", "severity", "state")


@router.get("/complaints")
async def list_complaints(request: Request, visitor: Reader, services: ServicesDep, cursor: str = "", reference: str = "") -> Response:
    if reference.strip():
        return RedirectResponse(f"/complaints/{quote(reference.strip(), safe='')}", 303)
    asked = {name: request.query_params.get(name, "") for name in NARROWINGS}
    items, following = await clients.newest(services, cursor, asked)
    choices = await clients.categories(services, language_of(request))
    works = not WORKS.isdisjoint(visitor.caller.roles)
    shown: dict[str, Any] = {"items": items, "next": following, "names": dict(choices), "categories": choices, "asked": asked}
    return page(request, "complaints/list.html", works=works, **shown)


SEARCHED: Final = ("phone", "name", "licence", "reference")


@router.get("/complaints/find")
async def find_page(request: Request, _: Reader) -> Response:
    return page(request, "complaints/find.html", form=Form(), found=None, names={})


@router.post("/complaints/find")
async def find(request: Request, form: Posted, _: Reader, services: ServicesDep) -> Response:
    """Posted: a name or a number stands in no address."""
    names = dict(await clients.categories(services, language_of(request)))
    try:
        found = await clients.search(services, body_of({name: form.value(name) for name in SEARCHED}), key=form.key)
    except (RefusedError, AwayError) as error:
        answered = answered_with(form, error, SEARCHED, language_of(request))
        return page(request, "complaints/find.html", status=error.code, form=answered, found=None, names=names)
    return page(request, "complaints/find.html", form=Form(form.values), found=found, names=names)


@router.get("/complaints/{reference}")
async def read_complaint(request: Request, reference: str, visitor: Reader, services: ServicesDep, new: str = "") -> Response:
    complaint = await clients.read(services, reference)
    sections = await load_sections(services, visitor.caller, complaint, SECTIONS)
    names = dict(await clients.categories(services, language_of(request)))
    category = names.get(complaint["category"], complaint["category"])
    shown = {"complaint": complaint, "category": category, "sections": sections, "is_new": bool(new)}
    return page(request, "complaints/one.html", **shown)


@router.get("/complaints/{reference}/act/{action}")
async def act_page(request: Request, reference: str, action: str, _: Reader, services: ServicesDep) -> Response:
    return await _act_page(request, services, reference, action, Form())


@router.post("/complaints/{reference}/act/{action}")
async def act(request: Request, reference: str, action: str, form: Posted, _: Reader, services: ServicesDep) -> Response:
    if action not in acts.FIELDS:
        raise NotFoundError
    body = acts.body_of(action, form)
    try:
        done = await clients.act(services, reference, action, body, version=form.value("version"), key=form.key)
    except (RefusedError, AwayError) as error:
        fields = [field.name for field in acts.FIELDS[action]]
        return await _act_page(request, services, reference, action, answered_with(form, error, fields, language_of(request)), error.code)
    return RedirectResponse(f"/complaints/{done['reference']}#history", 303)


async def _act_page(request: Request, services: Services, reference: str, action: str, form: Form, status: int = 200) -> Response:
    """With the version that the person sees here: what somebody changes meanwhile is not overwritten unseen."""
    if action not in acts.FIELDS:
        raise NotFoundError
    complaint = await clients.read(services, reference)
    known = await clients.actions(services, complaint) or {"items": [], "version": complaint["version"], "decisions": [], "instead": []}
    one = next((one for one in known["items"] if one["action"] == action), None)
    if one is None:
        raise NotFoundError
    fields = [field for field in acts.FIELDS[action] if field.choices != "instead" or known["instead"]]
    needed = {field.choices for field in fields}
    language = language_of(request)
    choices = {
        "colleagues": await clients.colleagues(services, reference) if "colleagues" in needed else [],
        "offices": await clients.offices(services, language) if "offices" in needed else [],
        "decisions": [(one["code"], said(one["words"], language)) for one in known["decisions"]],
        "categories": await clients.categories(services, language) if "categories" in needed else [],
        "countries": country_choices(language) if "countries" in needed else [],
        "districts": district_choices(language) if "districts" in needed else [],
        "heads": await redress.heads(services, language) if "heads" in needed else [],
        "instead": [(one["code"], said(one["words"], language)) for one in known["instead"]],
    }
    shown = {"complaint": complaint, "act": one, "fields": fields, "choices": choices, "form": form, "version": known["version"]}
    return page(request, "complaints/act.html", status=status, **shown)


@router.get("/complaints/{reference}/slip")
async def slip(request: Request, reference: str, _: Reader, services: ServicesDep) -> Response:
    return page(request, "complaints/slip.html", complaint=await clients.read(services, reference))
