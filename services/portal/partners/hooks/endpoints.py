"""Pages of an organisation's endpoints: where its events are sent, what became of each, a test, the same again, a new secret."""

from datetime import datetime
from typing import Annotated, Final
from uuid import UUID

from fastapi import APIRouter, Path, Request, Response
from fastapi.responses import RedirectResponse

from contracts.days import DHAKA
from contracts.text import Text
from kit.auth import public
from services.portal.access import PartnerApplicant
from services.portal.act_forms import act_page, names_of
from services.portal.acts import Act, Ask
from services.portal.clients import AwayError, RefusedError, Services, ServicesDep
from services.portal.forms import Form, Posted, answered_with, iso_date
from services.portal.page import language_of, page
from services.portal.partners import clients, rules
from services.portal.partners.clients import Endpoints
from services.portal.partners.endpoints import Code, Words, listed, said_words

router = APIRouter(dependencies=[public()], include_in_schema=False)
Which = Annotated[UUID, Path()]
ADD: Final = Act(
    "endpoints",
    Text("Add an endpoint", "এন্ডপয়েন্ট যোগ করুন"),
    (
        Ask(
            "url",
            "line",
            Text("Address of your server", "আপনার সার্ভারের ঠিকানা"),
            Text("https, on port 443 or 8443.", "https, 443 বা 8443 পোর্টে।"),
        ),
        Ask("client_id", "choice", Text("For which client?", "কোন ক্লায়েন্টের জন্য?"), choices="clients"),
    ),
    hint=Text(
        "Events of your organisation are sent there, signed. The secret is shown once, after this form.",
        "সংস্থার ঘটনাগুলো স্বাক্ষরসহ সেখানে পাঠানো হবে। গোপন কী এই ফর্মের পরে একবারই দেখানো হবে।",
    ),
)
CHANGE: Final = Act(
    "endpoint",
    Text("Change the endpoint", "এন্ডপয়েন্ট বদলান"),
    (
        ADD.asks[0],
        Ask(
            "types",
            "many",
            Text("Which events?", "কোন কোন ঘটনা?"),
            Text(
                "None ticked: all of them. That a consent was withdrawn is always sent.",
                "কোনোটিতে টিক না দিলে সব ঘটনা। সম্মতি প্রত্যাহারের খবর সব সময় পাঠানো হয়।",
            ),
            choices="events",
            needed=False,
        ),
    ),
    hint=Text(
        "The secret stays the same. What waits goes to the new address at once.",
        "গোপন কী একই থাকবে। যা অপেক্ষায় আছে তা সঙ্গে সঙ্গে নতুন ঠিকানায় যাবে।",
    ),
)
NO_DAY: Final = Text("Enter the day from which events are sent again.", "কোন তারিখ থেকে ঘটনাগুলো আবার পাঠানো হবে লিখুন।")


@router.get("/partners/{code}/endpoints/new")
async def new_endpoint(request: Request, code: Code, _: PartnerApplicant, services: ServicesDep) -> Response:
    return await _add_page(request, services, code, Form())


@router.post("/partners/{code}/endpoints/new")
async def add(request: Request, code: Code, form: Posted, _: PartnerApplicant, services: ServicesDep) -> Response:
    try:
        made = await Endpoints(services, code).add(form.value("url"), form.value("client_id"), key=form.key)
    except (RefusedError, AwayError) as error:
        return await _add_page(request, services, code, answered_with(form, error, names_of(ADD), language_of(request)), error.code)
    return page(request, "partners/secret.html", code=code, made=made)


async def _add_page(request: Request, services: Services, code: str, form: Form, status: int = 200) -> Response:
    programs = await clients.items(services, clients.organisation_path(code, "clients"))
    choices = {"clients": [(one["client_id"], one["name"]) for one in programs if "endpoints_manage" in one["scopes"]]}
    return act_page(request, ADD, form, choices, f"/partners/{code}/endpoints/new", back=f"/partners/{code}", status=status)


@router.get("/partners/{code}/endpoints/{endpoint}")
async def read(
    request: Request, code: Code, endpoint: Which, _: PartnerApplicant, services: ServicesDep, state: str = "", cursor: str = ""
) -> Response:
    return await _endpoint_page(request, services, code, endpoint, Form(), state=state, cursor=cursor)


async def _endpoint_page(
    request: Request, services: Services, code: str, endpoint: UUID, form: Form, *, state: str = "", cursor: str = "", status: int = 200
) -> Response:
    chosen = state if state in rules.DELIVERY_STATES else ""
    known = Endpoints(services, code)
    one = await known.one(endpoint)
    items, following = await known.deliveries(endpoint, chosen, cursor)
    language = language_of(request)
    shown = {
        "code": code,
        "one": one,
        "events": Words(await clients.event_choices(services, language)),
        "listed": listed,
        "steps": rules.ENDPOINT_STEPS.get(one["state"], ()),
        "items": items,
        "next": following,
        "state": chosen,
        "known_states": rules.DELIVERY_STATES,
        "outcome": lambda found: rules.outcome(found).in_language(language),
        "form": form,
    }
    return page(request, "partners/endpoint.html", status=status, **shown, **said_words(request))


@router.post("/partners/{code}/endpoints/{endpoint}/state")
async def change(code: Code, endpoint: Which, form: Posted, _: PartnerApplicant, services: ServicesDep) -> Response:
    state = form.value("state")
    await Endpoints(services, code).change(endpoint, {"state": state}, form.value("version"))
    return RedirectResponse(f"/partners/{code}" if state == "ended" else f"/partners/{code}/endpoints/{endpoint}", 303)


@router.get("/partners/{code}/endpoints/{endpoint}/change")
async def change_form(request: Request, code: Code, endpoint: Which, _: PartnerApplicant, services: ServicesDep) -> Response:
    one = await Endpoints(services, code).one(endpoint)
    form = Form({"url": [one["url"]], "types": one["types"] or [], "version": [str(one["version"])]})
    return await _change_page(request, services, code, endpoint, form)


@router.post("/partners/{code}/endpoints/{endpoint}/change")
async def change_address(
    request: Request, code: Code, endpoint: Which, form: Posted, _: PartnerApplicant, services: ServicesDep
) -> Response:
    said_of = {"url": form.value("url"), "types": form.chosen("types") or None}
    try:
        await Endpoints(services, code).change(endpoint, said_of, form.value("version"))
    except (RefusedError, AwayError) as error:
        again = answered_with(form, error, names_of(CHANGE), language_of(request))
        return await _change_page(request, services, code, endpoint, again, error.code)
    return RedirectResponse(f"/partners/{code}/endpoints/{endpoint}", 303)


async def _change_page(request: Request, services: Services, code: str, endpoint: UUID, form: Form, status: int = 200) -> Response:
    choices = {"events": await clients.event_choices(services, language_of(request))}
    here = f"/partners/{code}/endpoints/{endpoint}"
    return act_page(request, CHANGE, form, choices, f"{here}/change", back=here, status=status)


@router.post("/partners/{code}/endpoints/{endpoint}/ping")
async def ping(code: Code, endpoint: Which, form: Posted, _: PartnerApplicant, services: ServicesDep) -> Response:
    await Endpoints(services, code).ping(endpoint, key=form.key)
    return RedirectResponse(f"/partners/{code}/endpoints/{endpoint}#deliveries", 303)


@router.post("/partners/{code}/endpoints/{endpoint}/secret")
async def rotate(request: Request, code: Code, endpoint: Which, form: Posted, _: PartnerApplicant, services: ServicesDep) -> Response:
    made = await Endpoints(services, code).rotate(endpoint, key=form.key, version=form.value("version"))
    return page(request, "partners/secret.html", code=code, made=made)


@router.post("/partners/{code}/endpoints/{endpoint}/replays")
async def replay(request: Request, code: Code, endpoint: Which, form: Posted, _: PartnerApplicant, services: ServicesDep) -> Response:
    """One event by its id, or all since the morning of a day of Dhaka."""
    known, event = Endpoints(services, code), form.value("event")
    try:
        await known.replay(endpoint, key=form.key, event=event, since=None if event else _morning(form))
    except ValueError:
        words = NO_DAY.in_language(language_of(request))
        return await _endpoint_page(request, services, code, endpoint, Form(form.values, {"since": words}), status=422)
    return RedirectResponse(f"/partners/{code}/endpoints/{endpoint}?state=waiting#deliveries", 303)


def _morning(form: Form) -> datetime:
    """Raises `ValueError` for what is no day."""
    return datetime.fromisoformat(iso_date(form, "since")).replace(tzinfo=DHAKA)
