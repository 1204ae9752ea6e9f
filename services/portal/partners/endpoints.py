"""Pages of partner organisations: apply, what was decided, agreements and programs; for those who keep the list, all of them."""

import re
from collections.abc import Mapping, Sequence
from typing import Annotated, Any, Final
from urllib.parse import quote

from fastapi import APIRouter, Path, Request, Response
from fastapi.responses import RedirectResponse

from contracts.text import Text
from kit.auth import public
from kit.errors import ForbiddenError, NotFoundError
from services.portal.access import PARTNER_KEEPERS as KEEPERS
from services.portal.access import PartnerApplicant, PartnerKeeper, PartnerReader
from services.portal.act_forms import act_page, body, day_of_today, names_of
from services.portal.clients import AwayError, RefusedError, Services, ServicesDep
from services.portal.forms import Form, Posted, answered_with, blank_or_parked
from services.portal.page import language_of, page
from services.portal.partners import clients, rules
from services.portal.partners.rules import APPLY, STEPS, Step
from services.portal.session.service import Visitor

router = APIRouter(dependencies=[public()], include_in_schema=False)
Code = Annotated[str, Path(pattern=r"^[a-z][a-z0-9-]{1,39}$")]
STATES: Final = ("applied", "verified", "suspended", "refused")
_BETWEEN: Final = re.compile(r"[,\s]+")


class Words(dict[str, str]):
    """A code that nobody gave words yet, or that the lists no longer name, is shown as it is."""

    def __missing__(self, code: str) -> str:
        return code


def listed(codes: Sequence[str], named: Words) -> str:
    return "; ".join(named[code] for code in codes)


def words(table: Mapping[str, Text], language: str) -> Words:
    return Words({code: text.in_language(language) for code, text in table.items()})


def said_words(request: Request) -> dict[str, Any]:
    """What every page of the area says codes with."""
    language = language_of(request)
    return {
        "states": words(rules.STATES, language),
        "done": words(rules.DONE, language),
        "reasons": words(rules.REASONS, language),
    }


@router.get("/partners")
async def list_organisations(
    request: Request, visitor: PartnerReader, services: ServicesDep, state: str = "", cursor: str = ""
) -> Response:
    chosen = state if state in STATES else ""
    items, following = await clients.organisations(services, chosen, cursor)
    lists = await clients.lists(services, language_of(request))
    shown: dict[str, Any] = {"items": items, "next": following, "state": chosen, "known_states": STATES, "kinds": Words(lists["kinds"])}
    return page(request, "partners/list.html", is_keeper=visitor.caller.has(*KEEPERS), **shown, **said_words(request))


@router.get("/partners/new")
async def new_organisation(request: Request, visitor: PartnerApplicant, services: ServicesDep) -> Response:
    form = await blank_or_parked(request, visitor)
    own = sorted(visitor.caller.org - {"*"})
    if not form.values and len(own) == 1:
        form = Form({"code": own})
    return await _apply_page(request, services, form)


@router.post("/partners/new")
async def apply(request: Request, form: Posted, _: PartnerApplicant, services: ServicesDep) -> Response:
    try:
        made = await clients.write(services, f"{clients.ROOT}/organisations", body(APPLY, form), key=form.key)
    except (RefusedError, AwayError) as error:
        return await _apply_page(request, services, answered_with(form, error, names_of(APPLY), language_of(request)), error.code)
    return RedirectResponse(f"/partners/{quote(made['code'], safe='')}", 303)


async def _apply_page(request: Request, services: Services, form: Form, status: int = 200) -> Response:
    lists = await clients.lists(services, language_of(request))
    return act_page(request, APPLY, form, lists, "/partners/new", back="/partners", status=status)


@router.get("/partners/{code}")
async def read(request: Request, code: Code, visitor: PartnerReader, services: ServicesDep) -> Response:
    one = await clients.organisation(services, code)
    lists = await clients.lists(services, language_of(request))
    is_keeper = visitor.caller.has(*KEEPERS)
    acts_for = is_keeper or visitor.caller.subject in one["stewards"]
    programs = await clients.items(services, clients.organisation_path(code, "clients"))
    shown: dict[str, Any] = {
        "one": one,
        "agreements": await clients.items(services, clients.organisation_path(code, "agreements")),
        "credentials": await clients.credentials(services, code),
        "programs": [(each, rules.client_steps(each["state"], is_keeper=is_keeper) if acts_for else ()) for each in programs],
        "endpoints": await clients.Endpoints(services, code).all() if acts_for else [],
        "form": Form(),
        "listed": listed,
        "is_keeper": is_keeper,
        "acts_for": acts_for,
        "is_member": code in visitor.caller.org,
        "named": {name: Words(choices) for name, choices in lists.items()},
    }
    return page(request, "partners/one.html", **shown, **said_words(request))


@router.post("/partners/{code}/clients/{name}")
async def change_client(code: Code, name: str, form: Posted, _: PartnerApplicant, services: ServicesDep) -> Response:
    await clients.change_client(services, code, name, form.value("state"), form.value("version"))
    return RedirectResponse(f"/partners/{code}#clients", 303)


@router.get("/partners/{code}/steps/{step}")
async def step_form(request: Request, code: Code, step: str, visitor: PartnerApplicant, services: ServicesDep, of: str = "") -> Response:
    known = _known(step, visitor)
    record = await _about(services, code, known, of)
    form = Form({"of": [of], "version": [str(record["version"])], **(day_of_today(known.act) if step == "propose" else {})})
    return await _step_page(request, services, code, step, form)


@router.post("/partners/{code}/steps/{step}")
async def take_step(request: Request, code: Code, step: str, form: Posted, visitor: PartnerApplicant, services: ServicesDep) -> Response:
    known = _known(step, visitor)
    path = clients.organisation_path(code, known.act.path)
    if known.of_agreement:
        path = f"{clients.ROOT}/agreements/{quote(form.value('of'), safe='')}/{known.act.path}"
    try:
        await clients.write(services, path, _body(known, form), key=form.key, version=form.value("version"))
    except (RefusedError, AwayError) as error:
        again = answered_with(form, error, names_of(known.act), language_of(request))
        return await _step_page(request, services, code, step, again, error.code)
    return RedirectResponse(f"/partners/{code}", 303)


@router.get("/partners/{code}/usage")
async def read_usage(request: Request, code: Code, _: PartnerReader, services: ServicesDep) -> Response:
    one = await clients.organisation(services, code)
    named = {program["client_id"]: program["name"] for program in await clients.items(services, clients.organisation_path(code, "clients"))}
    used = [(named[each["client_id"]], each, rules.by_day(each["hours"])) for each in await clients.usage(services, code)]
    return page(request, "partners/usage.html", one=one, used=used)


@router.get("/partners/{code}/stewards")
async def list_stewards(request: Request, code: Code, _: PartnerKeeper, services: ServicesDep) -> Response:
    return await _stewards_page(request, services, code, Form())


@router.post("/partners/{code}/stewards")
async def name_steward(request: Request, code: Code, form: Posted, _: PartnerKeeper, services: ServicesDep) -> Response:
    """One more (`account`), or one less (`ending`), of those whom the keeper saw: another version is refused."""
    one = await clients.organisation(services, code)
    accounts = {*one["stewards"], form.value("account")} - {form.value("ending"), ""}
    try:
        await clients.name_stewards(services, code, sorted(accounts), form.value("version"))
    except (RefusedError, AwayError) as error:
        again = answered_with(form, error, names_of(rules.NAME_STEWARD), language_of(request))
        return await _stewards_page(request, services, code, again, error.code)
    return RedirectResponse(f"/partners/{code}/stewards", 303)


async def _stewards_page(request: Request, services: Services, code: str, form: Form, status: int = 200) -> Response:
    one = await clients.organisation(services, code)
    (ask,), language = rules.NAME_STEWARD.asks, language_of(request)
    shown = {
        "one": one,
        "form": form,
        "labels": {ask.name: ask.label.in_language(language)},
        "hint": ask.hint.in_language(language) if ask.hint else "",
    }
    return page(request, "partners/stewards.html", status=status, **shown, **said_words(request))


def _body(step: Step, form: Form) -> dict[str, Any]:
    made = body(step.act, form) | dict(step.fixed)
    if "activities" in made:
        made["activities"] = [one for one in _BETWEEN.split(made["activities"]) if one]
    return made


def _known(name: str, visitor: Visitor) -> Step:
    if name not in STEPS:
        raise NotFoundError
    if STEPS[name].for_keepers and not visitor.caller.has(*KEEPERS):
        raise ForbiddenError
    return STEPS[name]


async def _about(services: Services, code: str, step: Step, of: str) -> dict[str, Any]:
    """Whose version is expected: the organisation's, or that of one of its agreements."""
    if not step.of_agreement:
        return await clients.organisation(services, code)
    agreements = await clients.items(services, clients.organisation_path(code, "agreements"))
    found = next((one for one in agreements if one["id"] == of), None)
    if found is None:
        raise NotFoundError
    return found


async def _step_page(request: Request, services: Services, code: str, step: str, form: Form, status: int = 200) -> Response:
    lists = await clients.lists(services, language_of(request))
    return act_page(request, STEPS[step].act, form, lists, f"/partners/{code}/steps/{step}", back=f"/partners/{code}", status=status)
