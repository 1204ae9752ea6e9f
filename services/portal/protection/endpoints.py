"""Pages that protect people: open a restricted case in an emergency, who read what, consents, safe contact, holds, doubtful reports."""

from typing import Any, Final

from fastapi import APIRouter, Request, Response
from fastapi.responses import RedirectResponse

from kit.auth import public
from services.portal.access import Agent, Auditor, GlassWatcher, Handler, Lodger
from services.portal.clients import AwayError, RefusedError, Services, ServicesDep
from services.portal.complaints import clients as complaints
from services.portal.forms import Form, Posted, answered_with, body_of
from services.portal.page import language_of, page
from services.portal.people.access import people_of
from services.portal.protection import clients

router = APIRouter(dependencies=[public()], include_in_schema=False)

GLASS: Final = ("reference", "reason", "minutes")
CONTACT: Final = (
    *("may_call", "may_text", "channels", "hours_from", "hours_to", "time_zone", "ask_for", "wording"),
    *("may_leave_voicemail", "note"),
)
_YES_NO: Final = {"yes": True, "no": False}
_WRITTEN: Final = {True: ["yes"], False: ["no"], None: []}


@router.get("/break-glass")
async def glass_page(request: Request, _: Handler, reference: str = "") -> Response:
    return page(request, "protection/glass.html", form=Form({"reference": [reference[:40]], "minutes": ["60"]}))


@router.post("/break-glass")
async def break_glass(request: Request, form: Posted, _: Handler, services: ServicesDep) -> Response:
    """A reference that leads nowhere and one that this person may not even break into read the same."""
    reference = form.value("reference")
    body = body_of({"reason": form.value("reason"), "minutes": form.value("minutes")})
    try:
        opened = await clients.change(services, reference or "-", "break-glass", body=body, key=form.key)
    except (RefusedError, AwayError) as error:
        again = answered_with(form, error, GLASS, language_of(request))
        return page(request, "protection/glass.html", status=error.code, form=again)
    return RedirectResponse(f"/complaints/{opened['reference']}", 303)


@router.get("/break-glass/uses")
async def list_uses(request: Request, _: GlassWatcher, services: ServicesDep, cursor: str = "") -> Response:
    items, following = await clients.page_of(services, "/v1/complaints/break-glass", cursor)
    people = await people_of(request).names_of([one["account"] for one in items])
    return page(request, "protection/uses.html", items=items, following=following, people=people)


@router.get("/reads")
async def list_reads(request: Request, _: Auditor, services: ServicesDep, reference: str = "", cursor: str = "") -> Response:
    """Nothing is asked before a complaint is named: a look at everything would be a row for everything."""
    wanted = reference.strip()
    items: list[dict[str, Any]] = []
    following = fault = ""
    if wanted:
        try:
            items, following = await clients.page_of(services, "/v1/complaints/reads", cursor, reference=wanted)
        except RefusedError as error:
            fault = " ".join(one.get("detail", "") for one in error.errors) or str(error)
    people = await people_of(request).names_of([one["account"] for one in items])
    shown: dict[str, Any] = {"reference": wanted, "items": items, "following": following, "fault": fault, "people": people}
    return page(request, "protection/reads.html", **shown)


@router.post("/complaints/{reference}/consents")
async def give_consent(reference: str, form: Posted, _: Handler, services: ServicesDep) -> Response:
    """A code that is written down goes before what was chosen."""
    values = {name: form.value(name) for name in ("purpose", "language", "witness")}
    values["recipient"] = form.value("code") or form.value("recipient")
    await clients.change(services, reference, "consents", body=body_of(values), key=form.key)
    return RedirectResponse(f"/complaints/{reference}#consents", 303)


@router.post("/complaints/{reference}/consents/{consent}/withdrawal")
async def withdraw_consent(reference: str, consent: str, form: Posted, _: Handler, services: ServicesDep) -> Response:
    await clients.change(services, reference, "consents", consent, "withdrawal", body={}, key=form.key)
    return RedirectResponse(f"/complaints/{reference}#consents", 303)


@router.post("/complaints/{reference}/hold")
async def hold(reference: str, form: Posted, _: GlassWatcher, services: ServicesDep) -> Response:
    body = {"on": form.value("on") == "yes", "reason": form.value("reason")}
    await clients.change(services, reference, "hold", body=body, key=form.key, version=form.value("version"))
    return RedirectResponse(f"/complaints/{reference}#keeping", 303)


@router.get("/complaints/{reference}/contact-rule")
async def contact_page(request: Request, reference: str, _: Lodger, services: ServicesDep) -> Response:
    return await _contact_page(request, services, reference, None)


@router.post("/complaints/{reference}/contact-rule")
async def change_contact(request: Request, reference: str, form: Posted, _: Lodger, services: ServicesDep) -> Response:
    values: dict[str, Any] = {name: form.value(name) for name in CONTACT}
    for name in ("may_call", "may_text"):
        values[name] = _YES_NO.get(form.value(name))
    values |= {"channels": form.chosen("channels"), "may_leave_voicemail": form.value("may_leave_voicemail") == "yes"}
    try:
        await clients.change(services, reference, "contact", body=body_of(values), key=form.key, version=form.value("version"))
    except (RefusedError, AwayError) as error:
        again = answered_with(form, error, CONTACT, language_of(request))
        return await _contact_page(request, services, reference, again, error.code)
    return RedirectResponse(f"/complaints/{reference}#contact", 303)


async def _contact_page(request: Request, services: Services, reference: str, form: Form | None, status: int = 200) -> Response:
    complaint = await complaints.read(services, reference)
    version = form.value("version") if form is not None and status != 412 else str(complaint["version"])  # noqa: PLR2004 - stale: seen again now
    shown = form or _rule_as_form(complaint["safe_contact"] or {})
    return page(request, "protection/contact.html", status=status, complaint=complaint, form=shown, version=version)


def _rule_as_form(rule: dict[str, Any]) -> Form:
    """As it stands now: whoever changes one thing does not make the others unknown."""
    values = {name: [str(rule[name])] for name in ("hours_from", "hours_to", "time_zone", "ask_for", "wording", "note") if rule.get(name)}
    answers = {name: _WRITTEN[rule.get(name)] for name in ("may_call", "may_text", "may_leave_voicemail")}
    return Form({**values, **answers, "channels": list(rule.get("channels", []))})


@router.post("/complaints/{reference}/secret")
async def give_secret(request: Request, reference: str, form: Posted, _: Lodger, services: ServicesDep) -> Response:
    """Shown once, by the answer itself: no address leads to it a second time."""
    given = await clients.change(services, reference, "secret", body={}, key=form.key)
    return page(request, "protection/secret.html", given=given)


@router.post("/complaints/{reference}/texts")
async def send_text(reference: str, form: Posted, _: Handler, services: ServicesDep) -> Response:
    await clients.change(services, reference, "messages", body={"template": form.value("template")}, key=form.key)
    return RedirectResponse(f"/complaints/{reference}#texts", 303)


@router.get("/doubts")
async def list_doubts(request: Request, _: Agent, services: ServicesDep, cursor: str = "") -> Response:
    items, following = await clients.page_of(services, "/v1/complaints/doubts", cursor)
    names = dict(await complaints.categories(services, language_of(request)))
    return page(request, "protection/doubts.html", items=items, following=following, names=names, form=Form())


@router.post("/doubts/{reference}")
async def look_at(reference: str, form: Posted, _: Agent, services: ServicesDep) -> Response:
    await clients.change(services, reference, "doubt", "looked", body={}, key=form.key)
    return RedirectResponse("/doubts", 303)
