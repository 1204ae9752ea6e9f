"""Use cases of the simulator: what an organisation would be given, by the same questions to the same engine as a real reading."""

from dataclasses import replace
from datetime import date
from typing import Final
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from contracts.text import Bilingual, Text
from kit.auth import Caller
from kit.errors import ConflictError, NotFoundError, ProblemError
from kit.policy import Agreement, Decision, Share
from services.partners import repository, rules, sharing, views
from services.partners.access import Sight, sight
from services.partners.lists import LISTS
from services.partners.models import Organisation
from services.partners.rules import AgreementState
from services.partners.schemas import TermsIn
from services.partners.service import today
from services.partners.sharing import Asker
from services.partners.simulator.schemas import FieldOut, SimulationIn, SimulationOut, StoppedOut

DRAFT: Final = "draft"


class NoPolicyError(ConflictError):
    slug = "no-policy-in-force"
    title = Text(
        "No sharing policy is in force on that day: nothing is shared.", "ওই দিনে কোনো তথ্য-বিনিময় নীতিমালা কার্যকর নয়: কিছুই দেওয়া হয় না।"
    )


async def simulate(session: AsyncSession, caller: Caller, asked: SimulationIn) -> SimulationOut:
    """Raises `NotFoundError` for an organisation or an agreement out of sight, `NoPolicyError`."""
    organisation = await _organisation(session, caller, asked.organisation)
    on = asked.on or today()
    code = organisation.code if organisation else ""
    asker = Asker(code, await _agreements(session, organisation, asked), on, asked.asker, consented=asked.consented)
    try:
        share = sharing.share(asker, asked.record_type, purpose=asked.purpose, restricted=asked.restricted, fields=asked.fields)
    except LookupError as error:
        raise NoPolicyError from error
    return _shown(organisation, on, share)


async def _organisation(session: AsyncSession, caller: Caller, code: str | None) -> Organisation | None:
    """A program asks for its own organisation, whatever it names; a draft of nobody's is for those who see all."""
    seen = await _sight(session, caller)
    if code is None and seen.everything:
        return None
    found = await repository.find(session, code or next(iter(seen.codes), ""), seen)
    if found is None:
        raise NotFoundError
    return found


async def _sight(session: AsyncSession, caller: Caller) -> Sight:
    if caller.has("analyst"):
        return Sight(everything=True, codes=frozenset())
    if caller.has("partner"):
        found = await repository.find_client(session, caller.client_id)
        return Sight(everything=False, codes=frozenset({found[1].code}) if found else frozenset())
    return sight(caller)


async def _agreements(session: AsyncSession, organisation: Organisation | None, asked: SimulationIn) -> tuple[Agreement, ...]:
    known = await repository.list_agreements(session, organisation.id) if organisation else []
    signed = rules.signed([views.terms_of(one) for one in known])
    if asked.agreement is not None:
        return (*signed, *_proposed({one.id: views.terms_of(one) for one in known}, asked.agreement))
    return (*signed, _of_draft(asked.draft)) if asked.draft else signed


def _proposed(known: dict[UUID, rules.Terms], wanted: UUID) -> tuple[Agreement, ...]:
    """As though it were signed. One that is signed counts already; one that was refused or ended cannot be."""
    if wanted not in known:
        raise NotFoundError
    terms = known[wanted]
    return rules.signed([replace(terms, state=AgreementState.APPROVED)]) if terms.state == AgreementState.PROPOSED else ()


def _of_draft(draft: TermsIn) -> Agreement:
    return Agreement(DRAFT, draft.purposes, draft.fields, draft.valid_from, draft.valid_until)


def _shown(organisation: Organisation | None, on: date, share: Share) -> SimulationOut:
    stopped = _stopped(organisation) if organisation else None
    return SimulationOut(
        organisation=organisation.code if organisation else None,
        purpose=share.purpose,
        record_type=share.record,
        on=on,
        policy=share.policy.policy,
        policy_version=share.policy.version,
        policy_from=share.policy.valid_from,
        source=share.policy.source,
        stopped=stopped,
        allowed=[] if stopped else [field for field, decision in share.decisions.items() if decision.allowed],
        items=[_field(field, decision, field in share.policy.personal) for field, decision in share.decisions.items()],
    )


def _field(field: str, decision: Decision, is_personal: bool) -> FieldOut:  # noqa: FBT001 - what the policy says of it
    return FieldOut(
        field=field,
        name=Bilingual.of(LISTS.field_words(field)),
        personal=is_personal,
        allowed=decision.allowed,
        code=decision.code,
        reason=Bilingual.of(decision.reason),
        rule=decision.rule,
        agreement=decision.agreement,
        until=decision.until,
    )


def _stopped(organisation: Organisation) -> StoppedOut | None:
    try:
        rules.check_can_have_clients(organisation.state)
    except ProblemError as error:
        return StoppedOut(code=error.slug, reason=Bilingual.of(error.title))
    return None
