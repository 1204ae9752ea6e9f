"""A counter's day with the words of its codes."""

from collections.abc import Sequence

from contracts.text import Bilingual
from kit.auth import Caller
from kit.crypto import Keyring
from services.reintegration.counter.lists import COUNTER
from services.reintegration.counter.models import CounterTicket
from services.reintegration.counter.schemas import CounterListsOut, CoverOut, TicketOut, TodayOut, ToldOut, WaitingOut, WaitingRow
from services.reintegration.counter.service import Day, Waiting
from services.reintegration.lists import choice
from services.reintegration.schemas import ChoiceOut
from services.reintegration.views import names_of


def ticket_of(ticket: CounterTicket) -> TicketOut:
    purpose = ChoiceOut.chosen(choice(COUNTER.purposes, ticket.purpose))
    return TicketOut.model_validate({**ticket.model_dump(exclude={"purpose"}), "purpose": purpose})


def told_of(topic: str, count: int) -> ToldOut:
    one = choice(COUNTER.topics, topic)
    return ToldOut(code=one.code, en=one.en, bn=one.bn, count=count)


def today_of(day: Day) -> TodayOut:
    return TodayOut(
        day=day.day,
        district=day.district,
        waiting=[ticket_of(one) for one in day.tickets if one.called_at is None and one.left_at is None],
        longest_minutes=day.waits.longest,
        usual_minutes=day.waits.usual,
        called=day.waits.called,
        left=day.waits.left,
        told=[told_of(one.code, day.told.get(one.code, 0)) for one in COUNTER.topics],
        covers=[CoverOut(district=one.district, until=one.until, reason=Bilingual.of(one.reason)) for one in day.covers],
    )


def lists_out() -> CounterListsOut:
    return CounterListsOut(
        version=COUNTER.version,
        purposes=[ChoiceOut.chosen(one) for one in COUNTER.purposes],
        topics=[ChoiceOut.chosen(one) for one in COUNTER.topics],
    )


def waiting_of(rows: Sequence[Waiting], more: bool, caller: Caller, keyring: Keyring) -> WaitingOut:  # noqa: FBT001 - as the service gives it
    items = [
        WaitingRow.model_validate(
            {
                "kind": kind,
                "returnee_reference": returnee.reference,
                **names_of(returnee, keyring),
                "district": returnee.district,
                "since": since,
                "mine": by == caller.subject,
            }
        )
        for kind, returnee, since, by in rows
    ]
    return WaitingOut(items=items, more=more)
