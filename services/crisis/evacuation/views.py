"""Evacuees as they are shown."""

from collections.abc import Mapping
from typing import Any

from contracts.text import Bilingual, Text
from kit.crypto import Keyring
from services.crisis.evacuation import rules, service
from services.crisis.evacuation.models import EvacuationSeat, EvacuationWindow, Evacuee
from services.crisis.evacuation.rules import Papers, State
from services.crisis.evacuation.schemas import LISTS, EvacuationListsOut, EvacueeOut, EvacueeRow, WindowOut
from services.crisis.incidents.access import Desk
from services.crisis.incidents.schemas import ChoiceOut

BY_HAND = (
    State.CONTACTED,
    State.PAPERS,
    State.SHELTERED,
    State.DECLINED,
    State.UNREACHABLE,
    State.HOSPITAL,
    State.DETAINED,
    State.ASSISTED,
    State.DECEASED,
)


def window_out(window: EvacuationWindow) -> WindowOut:
    return WindowOut.model_validate(window.model_dump())


def _common(one: Evacuee, data: Mapping[str, Any]) -> dict[str, Any]:
    shown = one.model_dump(
        include={"id", "reference", "version", "state", "papers", "papers_since", "sex", "age_band", "priority", "registered_at"}
    )
    return {
        **shown,
        "state_label": Bilingual.of(rules.STATE_WORDS[State(one.state)]),
        "papers_label": Bilingual.of(rules.PAPERS_WORDS[Papers(one.papers)]),
        "is_child": rules.is_child(one.age_band),
        "guardian": one.guardian_id,
        "has_escort": one.escort is not None,
        "reasons": [ChoiceOut(code=code, name=Bilingual.of(LISTS.reason(code).words)) for code in one.reasons],
        "name": data.get("name"),
    }


def row_out(one: Evacuee, desk: Desk) -> EvacueeRow:
    return EvacueeRow(**_common(one, service.data_of(desk, one)))


def evacuee_out(one: Evacuee, seat: EvacuationSeat | None, desk: Desk) -> EvacueeOut:
    """What is known of their health is shown to who leads, not to the call centre."""
    data = service.data_of(desk, one)
    shown = {name: value for name, value in data.items() if name != "medical" or desk.caller.has("wing", "supervisor")}
    if one.escort is not None:
        shown["escort"] = escort_of(one, desk.keyring)
    return EvacueeOut(
        **_common(one, data),
        **one.model_dump(include={"incident_id", "is_drill", "district", "arrived_at", "told_at"}),
        person=shown or None,
        leg=seat.leg_id if seat else None,
        may_become=[ChoiceOut(code=to, name=Bilingual.of(rules.STATE_WORDS[to])) for to in rules.may_become(State(one.state))],
    )


def escort_of(one: Evacuee, keyring: Keyring) -> str | None:
    return keyring.open(one.escort, service.ESCORT) if one.escort else None


def lists_out() -> EvacuationListsOut:
    def choices(words: Mapping[Any, Text]) -> list[ChoiceOut]:
        return [ChoiceOut(code=code, name=Bilingual.of(said)) for code, said in words.items()]

    return EvacuationListsOut(
        reasons=choices({one.code: one.words for one in LISTS.reasons}),
        units=choices({one.code: one.words for one in LISTS.units}),
        papers=choices(rules.PAPERS_WORDS),
        states=choices(rules.STATE_WORDS),
        by_hand=BY_HAND,
    )
