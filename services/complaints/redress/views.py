"""What each reader is shown of the money: how it stands to all who see the complaint, sums to a party, papers to the office."""

from collections.abc import Sequence

from sqlalchemy.ext.asyncio import AsyncSession

from contracts.money import CURRENCIES
from contracts.text import Bilingual
from kit.auth import Caller
from kit.crypto import Keyring
from services.complaints import service as complaints
from services.complaints import views
from services.complaints.access import is_in_hands_of, what_is_visible
from services.complaints.cases.lists import CASES, DEATHS
from services.complaints.models import Complaint
from services.complaints.redress import repository, rules, service
from services.complaints.redress.lists import LISTS, NAMES
from services.complaints.redress.models import CourtCase, RedressLine, RedressPayment, RedressRecourse
from services.complaints.redress.schemas import (
    CourtCaseOut,
    CurrencyOut,
    LineOut,
    ListsOut,
    PaymentOut,
    RecourseOut,
    RedressOut,
    SumsOut,
)
from services.complaints.redress.tasks.service import task_out


async def redress_of(session: AsyncSession, keyring: Keyring, caller: Caller, reference: str) -> RedressOut:
    """Logged as a read of the complaint. `outcome` shows sums, `notes` papers, courts and words (the policy's fields)."""
    complaint = await complaints.get_complaint(session, caller, what_is_visible(caller), reference, purpose=service.PURPOSE)
    shown = views.fields_shown(complaint, caller, what_is_visible(caller))
    state = rules.state(rules.Redress(complaint.redress_state), complaint.redress_due, service.today())
    out = RedressOut(
        reference=complaint.reference,
        version=complaint.version,
        state=state,
        state_label=Bilingual.of(rules.REDRESS_WORDS[state]),
        due_on=complaint.redress_due,
        is_hidden="outcome" not in shown,
        may_change=is_in_hands_of(complaint, caller),
        sums=[],
        lines=[],
        court_cases=[],
        tasks=[],
    )
    if not out.is_hidden:
        await _fill(session, out, complaint, keyring if "notes" in shown else None, owed_by_agency="agency" in caller.roles)
    return out


async def _fill(session: AsyncSession, out: RedressOut, complaint: Complaint, keyring: Keyring | None, *, owed_by_agency: bool) -> None:
    """An agency sees what it owes, and nothing of what an employer, an insurer or the Welfare Board pays."""
    lines, payments = await repository.lines_of(session, complaint.id), await repository.payments_of(session, complaint.id)
    if owed_by_agency:
        lines = [one for one in lines if one.payer in service.AGENCY_OWES and not one.is_grant]
    recourses = await repository.recourses_of(session, complaint.id)
    facts = service.facts(lines, payments)
    out.sums = [_sums(currency, one) for currency, one in sorted(rules.sums(facts).items())]
    out.lines = [_line(*pair, payments, recourses, keyring) for pair in zip(lines, facts, strict=True)]
    if keyring is not None:
        out.court_cases = [_case(one, keyring) for one in await repository.court_cases_of(session, complaint.id)]
        out.tasks = [task_out(one, complaint.reference, keyring) for one in await repository.tasks_of(session, complaint.id)]


def _sums(currency: str, one: rules.Sums) -> SumsOut:
    return SumsOut(
        currency=currency,
        digits=CURRENCIES[currency],
        claimed=one.claimed,
        ordered=one.ordered,
        paid=one.paid,
        said=one.said,
        outstanding=one.outstanding,
    )


def _line(
    line: RedressLine,
    fact: rules.Line,
    payments: Sequence[RedressPayment],
    recourses: Sequence[RedressRecourse],
    keyring: Keyring | None,
) -> LineOut:
    state = rules.state(rules.lasting_state([fact]), rules.next_due([fact]), service.today())
    note = keyring.open(line.given_up_note, "redress_line.given_up_note") if keyring and line.given_up_note else None
    return LineOut.model_validate(
        {
            **line.model_dump(exclude={"given_up_note"}),
            "digits": CURRENCIES[line.currency],
            "state": state,
            "state_label": Bilingual.of(rules.REDRESS_WORDS[state]),
            "paid": fact.paid,
            "said": fact.said,
            "outstanding": fact.outstanding,
            "given_up_note": note,
            "payments": [_payment(one, keyring) for one in payments if one.line_id == line.id],
            "recourse": [_recourse(one) for one in recourses if one.line_id == line.id],
        }
    )


def _payment(payment: RedressPayment, keyring: Keyring | None) -> PaymentOut:
    proof = keyring.open(payment.proof, "redress_payment.proof") if keyring and payment.proof else None
    return PaymentOut.model_validate({**payment.model_dump(exclude={"proof"}), "proof": proof})


def _recourse(one: RedressRecourse) -> RecourseOut:
    status = rules.Recourse(one.status)
    more = {"next_steps": sorted(rules.NEXT_STEPS[status]), "shortfall": one.requested - (one.granted or 0)}
    return RecourseOut.model_validate({**one.model_dump(), **more})


def _case(case: CourtCase, keyring: Keyring) -> CourtCaseOut:
    body = keyring.open(case.body, "court_case.body")
    number = keyring.open(case.number, "court_case.number") if case.number else None
    return CourtCaseOut.model_validate({**case.model_dump(exclude={"body", "number"}), "body": body, "number": number})


def lists_out() -> ListsOut:
    named = {name: [one.model_dump(include={"code", "en", "bn"}) for one in LISTS.choices(name)] for name in NAMES}
    currencies = [CurrencyOut(code=code, digits=digits) for code, digits in CURRENCIES.items()]
    of_cases = {"payers": CASES.payers, "grants": DEATHS.grants}
    named |= {name: [one.model_dump(include={"code", "en", "bn"}) for one in choices] for name, choices in of_cases.items()}
    return ListsOut.model_validate({"version": LISTS.version, "currencies": currencies, **named})
