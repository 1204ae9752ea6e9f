"""A case as one reader may see it: what is common to all kinds, and the part of its own kind."""

from collections.abc import Mapping, Sequence
from typing import Any

from pydantic import BaseModel
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import SQLModel

from contracts.text import Bilingual, Text
from kit.access_log import record_access
from kit.paging import Page, Paging, Position
from services.complaints import rules as complaint_rules
from services.complaints import views as complaint_views
from services.complaints.cases import repository, rules
from services.complaints.cases.death import rules as death_rules
from services.complaints.cases.death import service as death
from services.complaints.cases.death import views as death_views
from services.complaints.cases.death.models import DeathFile
from services.complaints.cases.death.schemas import DeathOut
from services.complaints.cases.distress import rules as distress_rules
from services.complaints.cases.distress import service as distress
from services.complaints.cases.distress.models import DistressFile
from services.complaints.cases.distress.schemas import DistressOut
from services.complaints.cases.lists import CASES, DEATHS, KINDS, RISKS, CaseKind, every_list, words_of
from services.complaints.cases.missing import rules as search_rules
from services.complaints.cases.missing import service as missing
from services.complaints.cases.missing.models import MissingFile
from services.complaints.cases.missing.schemas import MissingOut
from services.complaints.cases.models import Step
from services.complaints.cases.money import money_out, unsettled
from services.complaints.cases.protection import rules as protection_rules
from services.complaints.cases.protection import service as protection
from services.complaints.cases.protection.models import ProtectionFile
from services.complaints.cases.protection.schemas import ProtectionOut
from services.complaints.cases.schemas import AskedOut, ChoiceOut, LinkOut, ListsOut, MoneyOut, OutcomeOut, StepOut, TotalOut, WaitingRow
from services.complaints.cases.service import Desk
from services.complaints.lifecycle.procedures import PROCEDURES
from services.complaints.models import Complaint
from services.complaints.referrals import repository as referrals
from services.complaints.referrals.lists import LISTS as BODIES
from services.complaints.referrals.models import Referral
from services.complaints.referrals.rules import STANDING_WORDS, TAKEN_OVER, Standing

FILES: Mapping[str, type[SQLModel]] = {"distress": DistressFile, "death": DeathFile, "missing": MissingFile, "protection": ProtectionFile}


class CaseOut(BaseModel):
    """`is_opened`: its facts were written down. `shows_words`: whether this reader sees names and notes. Of the four parts one is there."""

    reference: str
    kind: str
    version: int
    is_opened: bool
    may_work: bool
    shows_words: bool
    steps: list[StepOut]
    money: list[MoneyOut]
    totals: list[TotalOut]
    links: list[LinkOut]
    referrals: list[AskedOut] = []
    outcomes: list[OutcomeOut]
    distress: DistressOut | None = None
    death: DeathOut | None = None
    missing: MissingOut | None = None
    protection: ProtectionOut | None = None


async def case_out(desk: Desk, complaint: Complaint) -> CaseOut:
    related = complaint_rules.relations(complaint_views.place_of(complaint), desk.visible, desk.caller.roles)
    shows = "notes" in complaint_views.fields_shown(complaint, desk.caller, desk.visible)
    steps = await repository.steps_of(desk.session, complaint.id)
    money = await money_out(desk.session, complaint)
    return CaseOut(
        reference=complaint.reference,
        kind=complaint.kind,
        version=complaint.version,
        is_opened=await is_opened(desk.session, complaint),
        may_work=rules.may_work(related, restricted=complaint.restricted, roles=desk.caller.roles) and bool(desk.caller.roles & _WORKERS),
        shows_words=shows,
        steps=[_step_out(desk, one, shows=shows) for one in steps],
        money=money,
        totals=[
            TotalOut(currency=currency, claimed=one.claimed, paid=one.paid, due=one.due)
            for currency, one in rules.totals((line.currency, _sum(line)) for line in money).items()
        ],
        links=[
            LinkOut(reference=one[0], kind=one[1], why=one[2])
            for one in await repository.links_of(desk.session, complaint.id, desk.visible)
        ],
        referrals=[_referral_out(one) for one in await referrals.of_complaint(desk.session, complaint.id)] if shows else [],
        outcomes=await outcomes_of(desk, complaint),
        **{complaint.kind: await _part(desk, complaint, steps, shows=shows)} if complaint.kind in FILES else {},
    )


_WORKERS = frozenset({"agent", "supervisor", "officer", "demo", "wing"})


async def _part(desk: Desk, complaint: Complaint, steps: Sequence[Step], *, shows: bool) -> Any:
    match complaint.kind:
        case "distress":
            return await distress.show(desk, complaint, steps, personal=shows)
        case "death":
            row = await desk.session.get(DeathFile, complaint.id)
            if row is None:
                return None
            return await death_views.show(desk, complaint, row, await death.standings(desk.session, complaint, row), personal=shows)
        case "missing":
            return await missing.show(desk, complaint, personal=shows)
        case _:
            return await protection.show(desk, complaint, personal=shows)


async def is_opened(session: AsyncSession, complaint: Complaint) -> bool:
    kind = FILES.get(complaint.kind)
    return kind is not None and await session.get(kind, complaint.id) is not None


def _referral_out(one: Referral) -> AskedOut:
    body = next((Text(known.en, known.bn) for known in BODIES.bodies if known.code == one.to_kind), Text(one.to_kind, one.to_kind))
    standing = Standing(one.status)
    return AskedOut(
        reference=one.reference,
        to=Bilingual.of(body),
        standing=standing,
        standing_label=Bilingual.of(STANDING_WORDS[standing]),
        accept_by=one.accept_by,
        sent_at=one.sent_at,
        answered_at=one.answered_at,
        outcome=one.outcome,
    )


def _step_out(desk: Desk, row: Step, *, shows: bool) -> StepOut:
    more = {
        "label": Bilingual.of(words_of((*CASES.steps, *CASES.former_steps), row.kind)),
        "source": Bilingual.of(words_of(CASES.sources, row.source)),
        "borne_by": Bilingual.of(words_of(CASES.payers, row.borne_by)) if row.borne_by else None,
        "request": row.request_id,
        "note": desk.open(row.note, "file_step.note") if shows else None,
    }
    return StepOut.model_validate({**row.model_dump(), **more})


def _sum(line: MoneyOut) -> rules.Sum:
    return rules.Sum(line.claimed, line.agreed, line.paid, is_dropped=line.is_dropped)


async def outcomes_of(desk: Desk, complaint: Complaint) -> list[OutcomeOut]:
    """Each way in which this case may end, with what has to be known first."""
    if complaint.kind not in FILES:
        return []
    return [
        OutcomeOut(
            code=code,
            label=Bilingual.of(PROCEDURES.word(code)),
            missing=[Bilingual.of(words) for words in await missing_before(desk.session, complaint, code)],
        )
        for code in PROCEDURES.decisions(complaint.kind)
    ]


async def missing_before(session: AsyncSession, complaint: Complaint, outcome: str) -> list[Text]:
    """What lacks before this case may end with this outcome: asked by whoever proposes its closing. Nothing for a case of another kind."""
    if complaint.kind not in KINDS:
        return []
    steps = await repository.steps_of(session, complaint.id)
    sent = await referrals.of_complaint(session, complaint.id)
    facts = rules.Facts(
        await is_opened(session, complaint),
        [*(one.kind for one in steps), *("referred" for _ in sent)],
        await unsettled(session, complaint),
        is_taken_over=any(one.status in TAKEN_OVER for one in sent),
    )
    match complaint.kind:
        case "distress":
            return distress_rules.missing(outcome, await distress.facts_of(session, complaint, facts))
        case "death":
            return death_rules.missing(outcome, await death.facts_of(session, complaint, facts))
        case "missing":
            return search_rules.missing(outcome, await missing.facts_of(session, complaint, facts))
        case "protection":
            return protection_rules.missing(outcome, await protection.facts_of(session, complaint, facts))


def lists_out() -> ListsOut:
    lists = {name: [ChoiceOut(code=one.code, en=one.en, bn=one.bn) for one in choices] for name, choices in every_list()}
    basis = {"papers": DEATHS.papers.basis, "risks": RISKS.basis}
    return ListsOut(version=CASES.version, lists=lists, basis={name: Bilingual(en=one.en, bn=one.bn) for name, one in basis.items()})


async def waiting(desk: Desk, paging: Paging, kind: CaseKind | None) -> Page[WaitingRow]:
    """Cases that are not ended, whoever waits longest first."""
    found = (await desk.session.execute(repository.waiting(desk.visible, paging, kind))).all()
    shown = [complaint.id for complaint, *_ in found[: paging.limit]]
    await record_access(desk.session, desk.caller, shown, record_type="complaint", purpose="list", fields=complaint_views.LISTED)
    return paging.page(found, lambda one: Position(one[0].lodged_at, one[0].id), lambda one: _waiting_row(*one))


def _waiting_row(complaint: Complaint, contacted: bool, needs: list[str] | None, urgency: int | None) -> WaitingRow:  # noqa: FBT001  # a row's columns
    labels = [Bilingual.of(words_of(CASES.needs, one)) for one in needs or []]
    more = {
        "office_name": complaint_views.office_name(complaint.office),
        "assigned": complaint.assignee is not None,
        "contacted": contacted,
        "needs": labels,
        "urgency": urgency,
    }
    return WaitingRow.model_validate({**complaint.model_dump(), **more})
