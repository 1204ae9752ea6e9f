"""The two desks that see one thing of a death each: the airport the flights of the day, the Welfare Board the grants asked for."""

from uuid import UUID

from contracts.text import Bilingual
from kit.access_log import record_access
from kit.errors import NotFoundError
from kit.paging import Page, Paging, Position
from services.complaints.cases import money
from services.complaints.cases.death import repository, rules, service, views
from services.complaints.cases.death.models import DeathFile
from services.complaints.cases.death.schemas import ArrivalOut, ArrivalsOut, GrantRow, HandOverIn
from services.complaints.cases.schemas import ChangedOut, MoneyOut, PaymentIn
from services.complaints.cases.service import Desk, changed, note
from services.complaints.models import Complaint
from services.complaints.redress.models import RedressLine

TRANSPORT = "transport_burial"


async def arrivals(desk: Desk) -> ArrivalsOut:
    """Flights of today by Dhaka's calendar: name, flight, who receives, and the cheque. Cause, papers, wages stay where they are."""
    found = await repository.arrivals(desk.session, desk.today)
    shown = ("reference", "victim.identity", "transport", "receiver", "grant")
    await record_access(desk.session, desk.caller, [one[0].id for one in found], record_type="complaint", purpose="arrival", fields=shown)
    return ArrivalsOut(day=desk.today, items=[await _arrival_out(desk, complaint, row) for complaint, row in found])


async def _arrival_out(desk: Desk, complaint: Complaint, row: DeathFile) -> ArrivalOut:
    line = await _grant_line(desk, complaint)
    standing = next(one for one in await service.standings(desk.session, complaint, row) if one.grant == TRANSPORT)
    values = {name: getattr(row, name) for name in ("flight", "cargo", "airport", "arrives_on", "handed_over_on")}
    opened = {
        "name": desk.open(complaint.victim_name, "complaint.victim_name"),
        "receiver": desk.open(row.receiver, "death_file.receiver"),
        "receiver_phone": desk.open(row.receiver_phone, "death_file.receiver_phone"),
    }
    grant = await _money(desk, complaint, line) if line else None
    why = [] if line else [Bilingual.of(one) for one in standing.why_not]
    return ArrivalOut.model_validate(
        {**values, **opened, "reference": complaint.reference, "version": complaint.version, "grant": grant, "why_no_grant": why}
    )


async def _grant_line(desk: Desk, complaint: Complaint) -> RedressLine | None:
    lines = await money.lines_of(desk.session, complaint)
    return next((one for one in lines if one.is_grant and one.head == TRANSPORT and one.given_up_at is None), None)


async def _money(desk: Desk, complaint: Complaint, line: RedressLine) -> MoneyOut:
    return next(one for one in await money.money_out(desk.session, complaint) if one.id == line.id)


async def hand_over(desk: Desk, reference: str, done: HandOverIn) -> ChangedOut:
    """The body was given to the family, on the day of the flight; with the cheque, if it is due. Raises `NoGrantError` where it is not."""
    found = await repository.arrival(desk.session, reference, desk.today)
    if found is None:
        raise NotFoundError
    complaint, row = found
    await record_access(desk.session, desk.caller, [complaint.id], record_type="complaint", purpose="arrival", fields=("transport",))
    row.handed_over_on = done.on
    await note(desk, complaint, "death_handed_over")
    if done.grant is not None:
        line = await _grant_line(desk, complaint) or await _new_line(desk, complaint, row)
        await money.write_payment(desk, complaint, line, done.grant)
    return changed(complaint, complaint.id)


async def _new_line(desk: Desk, complaint: Complaint, row: DeathFile) -> RedressLine:
    standing = next(one for one in await service.standings(desk.session, complaint, row) if one.grant == TRANSPORT)
    if not standing.is_due:
        raise rules.NoGrantError(reasons=[Bilingual.of(one).model_dump() for one in standing.why_not])
    return await money.add_grant(desk, complaint, service.grant_of(TRANSPORT))


async def grants(desk: Desk, paging: Paging) -> Page[GrantRow]:
    found = await repository.grants(desk.session, paging)
    page = found[: paging.limit]
    shown = ("reference", "victim.identity", "heirs", "grant")
    await record_access(desk.session, desk.caller, [one[0].id for one in page], record_type="complaint", purpose="grant", fields=shown)
    items = {line.id: await _grant_row(desk, complaint, row, line) for complaint, row, line in page}
    return paging.page(found, lambda one: Position(one[2].made_at, one[2].id), lambda one: items[one[2].id])


async def _grant_row(desk: Desk, complaint: Complaint, row: DeathFile, line: RedressLine) -> GrantRow:
    return GrantRow(
        id=line.id,
        reference=complaint.reference,
        country=complaint.country,
        district=complaint.district,
        name=desk.open(complaint.victim_name, "complaint.victim_name"),
        died_on=row.died_on,
        heirs=await views.heirs_out(desk, complaint.id, personal=True),
        contact_office=row.contact_office,
        money=await _money(desk, complaint, line),
    )


async def pay_grant(desk: Desk, line: UUID, payment: PaymentIn) -> ChangedOut:
    """By the Welfare Board. Raises `NotFoundError` for what is no grant."""
    complaint, row = await service.money_line_of(desk, line)
    await record_access(desk.session, desk.caller, [complaint.id], record_type="complaint", purpose="grant", fields=("grant",))
    return changed(complaint, await money.write_payment(desk, complaint, row, payment))
