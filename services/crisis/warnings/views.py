"""A warning as one caller sees it."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from contracts.crisis import Certainty, MessageStatus, Severity, Urgency
from contracts.text import Bilingual, Text
from services.crisis.directory import Mission, Missions
from services.crisis.handover.rules import answering
from services.crisis.hazards import EXPIRES_BY_KIND
from services.crisis.lineage.service import Kin
from services.crisis.warnings import cap, rules
from services.crisis.warnings.countries import Evidence
from services.crisis.warnings.models import Acknowledgement, CapMessage
from services.crisis.warnings.repository import Change, Record
from services.crisis.warnings.schemas import (
    AlertChangeOut,
    AlertDetail,
    AlertOut,
    HeadlineOut,
    InfoOut,
    MissionOut,
    OriginalHeadline,
    ReferenceOut,
    ResponsibleOut,
)


@dataclass(frozen=True, slots=True)
class Viewer:
    """Who looks, with what directory, and when: expiry is read off the clock."""

    sight: rules.Sight
    missions: Missions
    now: datetime


def alert_out(record: Record, viewer: Viewer) -> AlertOut:
    alert = record.alert
    mine = _own(record, viewer.sight)
    last = _last(record, mine)
    status = rules.status_of(rules.State(alert.state), alert.expires, viewer.now, acknowledged=last is not None)
    message_status, severity = MessageStatus(alert.message_status), Severity(alert.severity)
    title = rules.title(severity, message_status, record.countries)
    return AlertOut(
        id=alert.id,
        version=alert.version,
        sender=alert.sender,
        identifier=alert.identifier,
        title=Bilingual.of(title),
        headline=_headline(alert.headlines, title),
        event=alert.event,
        severity=severity,
        severity_label=Bilingual.of(rules.SEVERITY_WORDS[severity]),
        urgency=Urgency(alert.urgency),
        urgency_label=Bilingual.of(rules.URGENCY_WORDS[Urgency(alert.urgency)]),
        certainty=Certainty(alert.certainty),
        certainty_label=Bilingual.of(rules.CERTAINTY_WORDS[Certainty(alert.certainty)]),
        status=status,
        status_label=Bilingual.of(rules.STATUS_WORDS[status]),
        message_status=message_status,
        message_status_label=Bilingual.of(rules.MESSAGE_STATUS_WORDS[message_status]),
        message_type=cap.MessageType(alert.message_type),
        countries=record.countries,
        matched_by=Evidence(alert.evidence),
        mission=_mission(mine[0], viewer.missions) if mine else None,
        missions=[_responsible(code, record, viewer.missions) for code in record.missions],
        sent=alert.sent,
        expires=alert.expires,
        raised_at=alert.raised_at,
        acknowledged_at=last.acknowledged_at if last else None,
        acknowledged_by=last.acknowledged_by_name if last else None,
        acknowledged_by_role=last.role if last else None,
    )


def alert_detail(
    record: Record, stored: CapMessage, message: cap.Message, kin: Kin, viewer: Viewer, duty_with: Mission | None
) -> AlertDetail:
    return AlertDetail(
        **alert_out(record, viewer).model_dump(),
        infos=[InfoOut.model_validate(info, from_attributes=True) for info in message.infos],
        note=message.note,
        references=[ReferenceOut.model_validate(one, from_attributes=True) for one in sorted(message.references)],
        defects=record.alert.defects,
        source=record.alert.source,
        trust_tier=record.alert.trust_tier,
        signature=record.alert.signature,
        sha256=stored.sha256.hex(),
        vanished_at=kin.vanished_at,
        conflicts=kin.conflicts,
        links=kin.links,
        history=kin.steps,
        expires_by_default=EXPIRES_BY_KIND in record.alert.defects,
        may_act=duty_with is None,
        duty_with=_mission(duty_with.code, viewer.missions) if duty_with else None,
    )


def change_out(change: Change, viewer: Viewer) -> AlertChangeOut:
    return AlertChangeOut(change=change.kind, alert=alert_out(change.record, viewer))


def _own(record: Record, sight: rules.Sight) -> list[str]:
    """The caller's missions in this warning; for one who covers none of its countries (who only brought it in), all."""
    mine = [code for code, countries in record.missions.items() if any(sight.covers(country) for country in countries)]
    return mine or list(record.missions)


def _last(record: Record, mine: Collection[str]) -> Acknowledgement | None:
    """The acknowledgement that completed those of `mine`; `None` while one is missing."""
    given = [record.acknowledgements[code] for code in mine if code in record.acknowledgements]
    return max(given, key=lambda one: one.acknowledged_at) if given and len(given) == len(mine) else None


def _headline(headlines: dict[str, str], title: Text) -> HeadlineOut:
    # PostgreSQL keeps the keys of a jsonb in an order of its own.
    others = sorted(headlines.keys() - {"en", "bn"})
    original = OriginalHeadline(language=others[0], text=headlines[others[0]]) if others and "en" not in headlines else None
    return HeadlineOut(en=headlines.get("en", title.en), bn=headlines.get("bn"), original=original)


def _mission(code: str, missions: Missions) -> MissionOut:
    return MissionOut(code=code, name=Bilingual.of(missions.name_of(code)))


def _responsible(code: str, record: Record, missions: Missions) -> ResponsibleOut:
    given = record.acknowledgements.get(code)
    countries = list(record.missions[code])
    answers = answering(code, record.handed)
    return ResponsibleOut(
        code=code,
        name=Bilingual.of(missions.name_of(code)),
        countries=countries,
        illustrative=missions.is_illustrative(code, countries, record.alert.raised_at.date()),
        answers=_mission(answers, missions) if answers != code else None,
        acknowledged_at=given.acknowledged_at if given else None,
        acknowledged_by=given.acknowledged_by_name if given else None,
        acknowledged_by_role=given.role if given else None,
    )
