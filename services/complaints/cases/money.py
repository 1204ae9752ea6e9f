"""Money of a case: claimed, agreed to, paid. It is redress with a payer of its own, and written by whoever works on the case."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Final
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from contracts.days import DHAKA
from contracts.text import Bilingual, Text
from kit.errors import NotFoundError
from services.complaints.cases import rules
from services.complaints.cases.lists import CASES, DEATHS, Grant, words_of
from services.complaints.cases.schemas import AgreementIn, ChangedOut, MoneyIn, MoneyOut, PaymentIn, PaymentOut
from services.complaints.cases.service import Desk, begin, changed
from services.complaints.models import Complaint
from services.complaints.redress import repository
from services.complaints.redress import service as redress
from services.complaints.redress.lists import LISTS
from services.complaints.redress.models import RedressLine, RedressPayment
from services.complaints.redress.schemas import ClaimIn, MadeOut, OrderIn

# How a payment was seen, as cases write it, and as redress does: the way it came and what confirms it.
PROOFS: Final[Mapping[str, tuple[str, str]]] = {
    "bank": ("bank", "statement"),
    "cheque": ("cheque", "receipt"),
    "cash_receipt": ("cash", "receipt"),
    "family_confirmed": ("other", "family"),
    "other": ("other", "officer"),
}
_WHOEVER: Final = Text("Whom the complaint is about", "যাঁর বিরুদ্ধে অভিযোগ")
# The cost of a return is asked of the agency long after the person is home (OEMA s.29): it keeps no case open.
FOLLOWED_AFTERWARDS: Final = frozenset({"ticket"})


async def add_money(desk: Desk, reference: str, line: MoneyIn) -> ChangedOut:
    """Said again of the same payer, the later amount holds."""
    complaint = await begin(desk, reference)
    claimed = ClaimIn(head=line.kind, currency=line.currency, amount=line.claimed, payer=line.payer)
    made = await redress.set_claim(desk.session, complaint, desk.by, claimed, claimed_on=line.claimed_on)
    return changed(complaint, made.id)


async def add_grant(desk: Desk, complaint: Complaint, grant: Grant) -> RedressLine:
    """Asked of the Welfare Board. `head` is the grant's code, which is in no list that a claim may choose from."""
    claimed = ClaimIn.model_construct(head=grant.code, currency=grant.currency, amount=grant.amount, payer="welfare_board")
    made = await redress.set_claim(desk.session, complaint, desk.by, claimed, claimed_on=desk.today, is_grant=True)
    return await desk.session.get_one(RedressLine, made.id)


async def agree_on_money(desk: Desk, reference: str, line: UUID, agreement: AgreementIn, *, expected: int) -> ChangedOut:
    """What is agreed is owed from then on. Agreed to be nothing, or given up: nobody follows it any more."""
    complaint = await begin(desk, reference, expected=expected, even_ended=True)
    row = await line_of(desk, complaint, line)
    known = await sum_of(desk.session, row)
    if known.is_dropped:
        raise rules.LineDroppedError
    if agreement.agreed is not None:
        rules.after_agreement(known, agreement.agreed)
    if not agreement.agreed:
        made = await redress.end_claim(desk.session, complaint, desk.by, row, "other" if agreement.agreed is None else "nothing_owed")
    else:
        made = await _agreed(desk, complaint, row, agreement.agreed, agreement.on, agreement.due_on)
    return changed(complaint, made.id)


async def _agreed(desk: Desk, complaint: Complaint, row: RedressLine, amount: int, on: date, due_on: date | None = None) -> MadeOut:
    ordered = OrderIn.model_construct(
        head=row.head, currency=row.currency, amount=amount, payer=row.payer, basis="agreement", ordered_on=on, due_on=due_on
    )
    return await redress.set_order(desk.session, complaint, desk.by, ordered)


async def pay(desk: Desk, reference: str, line: UUID, payment: PaymentIn) -> ChangedOut:
    """Also after the case has ended: what is owed is followed until it is paid."""
    complaint = await begin(desk, reference, even_ended=True)
    row = await line_of(desk, complaint, line)
    return changed(complaint, await write_payment(desk, complaint, row, payment))


async def write_payment(desk: Desk, complaint: Complaint, row: RedressLine, payment: PaymentIn) -> UUID:
    """A payment before any agreement stands for one: who pays agrees to what was claimed. Raises `TooMuchError`, `LineDroppedError`."""
    after = rules.after_payment(await sum_of(desk.session, row), payment.amount)
    if row.ordered is None and after.agreed:
        await _agreed(desk, complaint, row, after.agreed, payment.paid_on)
    way, seen = PROOFS[payment.proof]
    told = {"amount": payment.amount, "paid_on": payment.paid_on, "way": way, "source": "payer", "confirmed_with": seen}
    return (await redress.add_payment(desk.session, complaint, desk.by, row, told)).id


async def line_of(desk: Desk, complaint: Complaint, line: UUID) -> RedressLine:
    row = await desk.session.get(RedressLine, line)
    if row is None or row.complaint_id != complaint.id:
        raise NotFoundError
    return row


async def sum_of(session: AsyncSession, row: RedressLine) -> rules.Sum:
    return summed(row, await repository.payments_of(session, row.complaint_id))


def summed(row: RedressLine, payments: Sequence[RedressPayment]) -> rules.Sum:
    paid = sum(one.amount for one in payments if one.line_id == row.id and one.confirmed_at is not None)
    return rules.Sum(row.claimed or row.ordered or 0, row.ordered, paid, is_dropped=row.given_up_at is not None)


async def lines_of(session: AsyncSession, complaint: Complaint) -> Sequence[RedressLine]:
    return await repository.lines_of(session, complaint.id)


async def unsettled(session: AsyncSession, complaint: Complaint) -> int:
    """Lines that keep a case open: those with a payer of their own that are neither paid nor given up."""
    payments = await repository.payments_of(session, complaint.id)
    asked = [one for one in await lines_of(session, complaint) if one.payer is not None and one.head not in FOLLOWED_AFTERWARDS]
    return sum(not summed(one, payments).is_settled for one in asked)


async def money_out(session: AsyncSession, complaint: Complaint) -> list[MoneyOut]:
    payments = await repository.payments_of(session, complaint.id)
    return [_line_out(one, [paid for paid in payments if paid.line_id == one.id]) for one in await lines_of(session, complaint)]


def _line_out(line: RedressLine, payments: Sequence[RedressPayment]) -> MoneyOut:
    known = summed(line, payments)
    return MoneyOut(
        id=line.id,
        kind=line.head,
        label=Bilingual.of(label_of(line)),
        payer=Bilingual.of(words_of(CASES.payers, line.payer) if line.payer else _WHOEVER),
        currency=line.currency,
        claimed=known.claimed,
        claimed_on=line.claimed_on or line.ordered_on or line.made_at.astimezone(DHAKA).date(),
        agreed=line.ordered,
        agreed_on=line.ordered_on,
        due_on=line.due_on,
        paid=known.paid,
        due=known.due,
        is_settled=known.is_settled,
        is_dropped=known.is_dropped,
        is_grant=line.is_grant,
        payments=[
            PaymentOut(amount=one.amount, paid_on=one.paid_on, proof=_proof(one)) for one in payments if one.confirmed_at is not None
        ],
    )


def label_of(line: RedressLine) -> Text:
    if line.is_grant:
        return words_of(DEATHS.grants, line.head)
    known = next((Text(one.en, one.bn) for one in LISTS.heads if one.code == line.head), None)
    return known or Text(line.head, line.head)


def _proof(paid: RedressPayment) -> str:
    pair = (paid.way, paid.confirmed_with)
    exact = next((code for code, one in PROOFS.items() if one == pair), None)
    return exact or next((code for code, one in PROOFS.items() if one[0] == paid.way), "other")
