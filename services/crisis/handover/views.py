"""The duties as one caller sees them."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date

from sqlalchemy.ext.asyncio import AsyncSession

from contracts.text import Bilingual
from kit.auth import Caller
from services.crisis.handover import rules
from services.crisis.handover.lists import DUTY
from services.crisis.handover.models import DutyHandover
from services.crisis.handover.schemas import DutiesOut, DutyOut, HandoverOut, MissionOut, ReasonOut
from services.crisis.handover.service import MISSIONS, acts_instead, stand_in


def mission_out(code: str) -> MissionOut:
    return MissionOut(code=code, name=Bilingual.of(MISSIONS.name_of(code)))


async def duty_with(session: AsyncSession, caller: Caller, countries: Iterable[str]) -> MissionOut | None:
    """Who acts there instead of the caller; None where the caller does."""
    holder = await acts_instead(session, caller, countries)
    return mission_out(holder.code) if holder else None


def handover_out(row: DutyHandover) -> HandoverOut:
    return HandoverOut(
        mission=mission_out(row.mission),
        to=mission_out(row.to_mission),
        reason=row.reason,
        reason_label=Bilingual.of(DUTY.words_of(row.reason)),
        by_itself=row.handed_by is None,
        handed_at=row.handed_at,
        ended_at=row.ended_at,
    )


def duties_out(open_: Mapping[str, DutyHandover], past: Sequence[DutyHandover], caller: Caller, today: date) -> DutiesOut:
    chains = {code: row.to_mission for code, row in open_.items()}
    mine = rules.own(caller.countries, MISSIONS, today)
    everything = caller.has("supervisor", "admin") or rules.EVERYWHERE in caller.countries

    def one(code: str) -> DutyOut:
        countries = MISSIONS.countries_of(code, today)
        answers = rules.answering(code, chains)
        return DutyOut(
            mission=mission_out(code),
            countries=countries,
            illustrative=MISSIONS.is_illustrative(code, countries, today),
            stand_in=mission_out(stand_in(code, today)),
            answers=mission_out(answers),
            handover=handover_out(open_[code]) if code in open_ else None,
            may_move=caller.has("wing", "supervisor", "admin")
            and (everything or code in mine or (code in chains and chains[code] in mine)),
        )

    listed = [code for code in MISSIONS.by_code if MISSIONS.countries_of(code, today) or code == MISSIONS.fallback or code in open_]
    # An officer's own mission first: it is the one they came for.
    listed.sort(key=lambda code: (code not in mine, code not in chains))
    return DutiesOut(
        version=DUTY.version,
        illustrative=DUTY.illustrative,
        silent_minutes=dict(DUTY.silent_minutes),
        reasons=[ReasonOut(code=reason.code, label=Bilingual(en=reason.en, bn=reason.bn)) for reason in DUTY.reasons],
        items=[one(code) for code in listed],
        past=[handover_out(row) for row in past],
    )
