"""Use cases: an officer writes an alert or ends one, two people set the posture of a country, and all can be read by anybody as CAP."""

import hashlib
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Final
from uuid import UUID

from contracts.crisis import PostureChanged
from contracts.places import countries
from contracts.text import Text
from kit.errors import NotFoundError
from kit.ids import new_id
from kit.outbox import emit
from kit.paging import Paging
from kit.versions import check_version
from services.crisis.handover import service as handover
from services.crisis.incidents.access import Desk
from services.crisis.incidents.repository import find as find_incident
from services.crisis.incidents.rules import DrillMixedError, OtherCountryError
from services.crisis.incidents.service import leads, sight_of, status_of_drill
from services.crisis.issued import lists, repository, rules, writing
from services.crisis.issued.models import CountryPosture
from services.crisis.issued.schemas import LONGEST_HEADLINE, EndingIn, PostureIn, WrittenIn
from services.crisis.warnings import repository as warnings
from services.crisis.warnings.models import Alert
from services.crisis.warnings.rules import State, posting, refuse_foreign
from services.crisis.warnings.schemas import AlertOut
from services.crisis.warnings.service import viewer_of, visible
from services.crisis.warnings.taking import Arrival, take_alert

ISSUER: Final = lists.load()
CAP_TYPE: Final = "application/cap+xml"
POSTURE: Final = Text("Posture", "অবস্থান")


async def write_alert(desk: Desk, said: WrittenIn) -> AlertOut:
    """As if it had been brought in: it waits for a second person like any officer's word. Raises `NotYourIncidentError`."""
    leads(desk, said.country)
    now = datetime.now(UTC).replace(microsecond=0)
    name = countries()[said.country]
    circle = said.circle
    words = [
        writing.Words("en-GB", said.event, said.headline, said.description, said.instruction, ISSUER.name.en, said.area or name.en),
        writing.Words(
            "bn-BD", said.event, said.headline_bn, said.description_bn, said.instruction_bn, ISSUER.name.bn, said.area or name.bn
        ),
    ]
    issue = writing.Issue(
        sender=ISSUER.sender,
        identifier=f"bd-{new_id()}",
        sent=now,
        status="Exercise" if said.is_drill else "Actual",
        countries=[said.country],
        words=words,
        category=said.category,
        response=said.response,
        urgency=said.urgency,
        severity=said.severity,
        certainty=said.certainty,
        expires=said.expires or now + timedelta(hours=ISSUER.hours),
        circle=(circle.latitude, circle.longitude, circle.km) if circle else None,
        polygon=said.polygon,
    )
    return await take_alert(desk.session, desk.caller, Arrival(writing.written(issue), CAP_TYPE, [said.country]))


async def end_alert(desk: Desk, alert_id: UUID, said: EndingIn) -> AlertOut:
    """An officer takes a warning back, or says that its danger is over: at once, so that nobody goes on hiding for want of a second person.

    The answer is the message that does it. Raises `NotFoundError`, `NothingToEndError`, and what a change of a decision refuses.
    """
    now = datetime.now(UTC).replace(microsecond=0)
    await warnings.one_at_a_time(desk.session)
    record = await visible(desk.session, alert_id, viewer_of(desk.caller, now).sight)
    refuse_foreign(record.countries, (record.countries,), posting(desk.caller.roles, desk.caller.countries))
    await handover.refuse_given_away(desk.session, desk.caller, record.countries)
    alert = record.alert
    if alert.state != State.STANDING or (alert.expires is not None and alert.expires <= now):
        raise rules.NothingToEndError
    issue = _ending(alert, record.countries, said, max(now, alert.sent))
    return await take_alert(desk.session, desk.caller, Arrival(writing.written(issue), CAP_TYPE, record.countries))


def _ending(alert: Alert, ended: Sequence[str], said: EndingIn, now: datetime) -> writing.Issue:
    """A Cancel of what was wrong, or an Update that says it is over (R8); each for as long as the warning would have held."""
    ending, names = rules.ENDINGS[said.why], [countries()[code] for code in ended]
    place = Text(", ".join(one.en for one in names), ", ".join(one.bn for one in names))
    words = [
        writing.Words(language, alert.event or kind, f"{kind}: {where}"[:LONGEST_HEADLINE], reason, None, issuer, where)
        for language, kind, where, reason, issuer in (
            ("en-GB", ending.words.en, place.en, said.reason, ISSUER.name.en),
            ("bn-BD", ending.words.bn, place.bn, said.reason_bn, ISSUER.name.bn),
        )
    ]
    return writing.Issue(
        sender=ISSUER.sender,
        identifier=f"bd-{new_id()}",
        sent=now,
        status=alert.message_status.capitalize(),
        countries=ended,
        words=words,
        category="Safety",
        response="AllClear",
        urgency="Past",
        severity="Minor",
        certainty="Observed",
        expires=alert.expires or now + timedelta(hours=ISSUER.hours),
        kind=ending.kind,
        references=writing.reference(alert.sender, alert.identifier, alert.sent),
    )


async def propose(desk: Desk, said: PostureIn) -> CountryPosture:
    leads(desk, said.country)
    await _check_incident(desk, said)
    posture = CountryPosture(
        id=new_id(),
        version=1,
        **said.model_dump(exclude={"incident"}),
        incident_id=said.incident,
        state="proposed",
        set_by=desk.caller.subject,
        set_by_name=desk.caller.username,
        set_at=datetime.now(UTC),
    )
    desk.session.add(posture)
    await desk.session.flush()
    return posture


async def _check_incident(desk: Desk, said: PostureIn) -> None:
    if said.incident is None:
        return
    incident = await find_incident(desk.session, said.incident, sight_of(desk))
    if incident is None:
        raise NotFoundError
    if incident.country != said.country:
        raise OtherCountryError
    if incident.is_drill != said.is_drill:
        raise DrillMixedError


async def list_postures(desk: Desk, paging: Paging, country: str | None, *, current: bool) -> list[CountryPosture]:
    return await repository.list_of(desk.session, sight_of(desk), paging, country, current=current)


async def decide(desk: Desk, posture_id: UUID, expected: int, *, approve: bool) -> CountryPosture:
    """Approved by another than who proposed it: it replaces the one in force and becomes a CAP message. Raises `SamePersonError`."""
    posture = await repository.find(desk.session, posture_id, sight_of(desk))
    if posture is None:
        raise NotFoundError
    leads(desk, posture.country)
    check_version(expected, posture.version)
    if posture.state != "proposed":
        raise rules.PostureDecidedError
    posture.version += 1
    if not approve:
        posture.state = "refused"
        await desk.session.flush()
        return posture
    if posture.set_by == desk.caller.subject:
        raise rules.SamePersonError
    before = await repository.in_force(desk.session, posture.country, is_drill=posture.is_drill)
    if before is not None:
        await repository.end(desk.session, before.id)
    await _issue(desk, posture, before, datetime.now(UTC).replace(microsecond=0))
    return posture


async def _issue(desk: Desk, posture: CountryPosture, before: CountryPosture | None, now: datetime) -> None:
    raw = writing.written(_message(posture, before, now))
    posture.state, posture.approved_by, posture.approved_at = "in_force", desk.caller.subject, now
    posture.approved_by_name = desk.caller.username
    posture.sender, posture.identifier, posture.sent = ISSUER.sender, f"bd-posture-{posture.id}", now
    posture.raw, posture.sha256 = raw, hashlib.sha256(raw).digest()
    await desk.session.flush()
    event = PostureChanged(
        message_status=status_of_drill(is_drill=posture.is_drill),
        country=posture.country,
        level=posture.level,
        before=before.level if before else None,
        valid_from=posture.valid_from,
        valid_until=posture.valid_until,
        approved_at=now,
    )
    await emit(desk.session, event, subject=UUID(str(posture.id)), sequence=posture.version)


def _reference(before: CountryPosture | None) -> str | None:
    """None where nothing was told before."""
    if before is None or before.sender is None or before.identifier is None or before.sent is None:
        return None
    return writing.reference(before.sender, before.identifier, before.sent)


def _message(posture: CountryPosture, before: CountryPosture | None, now: datetime) -> writing.Issue:
    known, name = ISSUER.posture(posture.level), countries()[posture.country]
    replaced = _reference(before)
    words = [
        writing.Words("en-GB", POSTURE.en, f"{name.en}: {known.en}", posture.reason_en, known.en, ISSUER.name.en, name.en),
        writing.Words("bn-BD", POSTURE.bn, f"{name.bn}: {known.bn}", posture.reason_bn, known.bn, ISSUER.name.bn, name.bn),
    ]
    return writing.Issue(
        sender=ISSUER.sender,
        identifier=f"bd-posture-{posture.id}",
        sent=now,
        status="Exercise" if posture.is_drill else "Actual",
        countries=[posture.country],
        words=words,
        category="Safety",
        response=known.response,
        urgency=known.urgency,
        severity=known.severity,
        certainty="Observed",
        expires=posture.valid_until,
        kind="Update" if replaced else "Alert",
        references=replaced,
    )
