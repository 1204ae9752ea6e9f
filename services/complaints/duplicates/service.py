"""Use cases: find what may be one complaint, at the desk and after lodging, and let a person judge pair by pair."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from contracts.complaints import ComplaintLodged
from contracts.text import Bilingual, Text
from kit.access_log import record_access
from kit.auth import Caller
from kit.bus import Received
from kit.crypto import Keyring
from kit.errors import ConflictError, NotFoundError
from kit.ids import new_id
from kit.paging import Paging
from services.complaints import views
from services.complaints.access import what_is_visible
from services.complaints.duplicates import repository, rules
from services.complaints.duplicates.lists import LISTS
from services.complaints.duplicates.merges import service as merges
from services.complaints.duplicates.models import DuplicatePair
from services.complaints.duplicates.schemas import (
    BurstOut,
    LikelyIn,
    LikelyOut,
    MatchOut,
    MergeIn,
    PairOut,
    SideBySideOut,
    VerdictIn,
)
from services.complaints.models import Complaint
from services.complaints.service import phone_index, sound_index

ASK: Text = Text(
    "There may be a complaint about this that you may not see. Speak to the supervisor before you log another.",
    "এ বিষয়ে এমন একটি অভিযোগ থাকতে পারে যা আপনি দেখতে পারেন না। নতুন করে লেখার আগে সুপারভাইজারের সঙ্গে কথা বলুন।",
)


class JudgedError(ConflictError):
    slug = "pair-judged"
    title = Text("Somebody has judged this pair already.", "এই জোড়াটি ইতিমধ্যে কেউ যাচাই করেছেন।")


async def find_likely(session: AsyncSession, keyring: Keyring, caller: Caller, asked: LikelyIn) -> LikelyOut:
    """What stands beside the form while somebody types, each match logged.

    Of one that the caller may not see nothing is told, not even that it is there: any number can be typed, and a curious colleague, or
    whoever is accused, would learn who has complained. After lodging the pair waits for somebody who may see both.
    """
    now = datetime.now(UTC)
    typed = rules.Features(
        category=asked.category,
        country=asked.country,
        lodged_on=now.date(),
        reporter_phone=phone_index(keyring, asked.reporter_phone),
        reporter_sound=sound_index(keyring, asked.reporter_name),
        victim_phone=phone_index(keyring, asked.victim_phone),
        victim_sound=sound_index(keyring, asked.victim_name),
        licence=asked.respondent_licence,
        respondent_sound=sound_index(keyring, asked.respondent_name),
    )
    found = _judged(typed, await repository.candidates(session, typed, now - timedelta(days=LISTS.window)))
    seen = await repository.visible_of(session, [one.id for one, _ in found], what_is_visible(caller))
    await record_access(session, caller, list(seen), record_type="complaint", purpose="duplicates", fields=views.LISTED)
    return LikelyOut(items=[_match(one, rule) for one, rule in found if one.id in seen])


async def propose_pairs(session: AsyncSession, events: Sequence[Received[ComplaintLodged]]) -> None:
    """After lodging, for a person to judge. Idempotent; an appeal is by its nature about the same matter and is left out."""
    for event in events:
        complaint = await session.get(Complaint, event.envelope.subject)
        if complaint is None or complaint.appeal_of is not None:
            continue
        since = complaint.lodged_at - timedelta(days=LISTS.window)
        mine = repository.features_of(complaint)
        found = [
            pair for pair in _judged(mine, await repository.candidates(session, mine, since, but=complaint.id)) if pair[0].appeal_of is None
        ]
        await repository.add_pairs(session, [_pair(complaint.id, one.id, rule.code) for one, rule in found[: LISTS.most_per_complaint]])


def _judged(mine: rules.Features, others: Sequence[Complaint]) -> list[tuple[Complaint, Any]]:
    """(complaint, rule) of those that a rule holds for, likely ones first, newest first among them."""
    found = [(one, rules.first_that_holds(LISTS.rules, mine, repository.features_of(one))) for one in others]
    return sorted(((one, rule) for one, rule in found if rule is not None), key=lambda pair: pair[1].strength != "likely")


def _pair(one: UUID, other: UUID, rule: str) -> dict[str, Any]:
    first, second = sorted((one, other))
    now = datetime.now(UTC)
    return {"id": new_id(), "one_id": first, "other_id": second, "rule": rule, "rules_version": LISTS.version, "found_at": now}


async def list_pairs(session: AsyncSession, caller: Caller, paging: Paging) -> tuple[Sequence[DuplicatePair], dict[UUID, Complaint]]:
    visible = what_is_visible(caller)
    pairs = await repository.open_pairs(session, visible, paging)
    ids = {one for pair in pairs[: paging.limit] for one in (pair.one_id, pair.other_id)}
    sides = await repository.visible_of(session, ids, visible)
    await record_access(session, caller, list(ids), record_type="complaint", purpose="duplicates", fields=views.LISTED)
    return pairs, sides


async def read_pair(session: AsyncSession, keyring: Keyring, caller: Caller, pair_id: UUID) -> SideBySideOut:
    """Both complaints beside each other, each as the caller may see it."""
    visible = what_is_visible(caller)
    pair = await repository.find_pair(session, pair_id, visible)
    if pair is None:
        raise NotFoundError
    sides = await repository.visible_of(session, {pair.one_id, pair.other_id}, visible)
    shown = []
    for one in (sides[pair.one_id], sides[pair.other_id]):
        fields = views.fields_shown(one, caller, visible)
        await record_access(session, caller, [one.id], record_type="complaint", purpose="duplicates", fields=fields)
        shown.append(views.view_of(one, keyring, caller, visible))
    first, second = (one.model_dump() for one in shown)
    rule = LISTS.rule(pair.rule)
    return SideBySideOut(
        id=pair.id,
        rule=pair.rule,
        rule_words=Bilingual(en=rule.en, bn=rule.bn) if rule else Bilingual(en=pair.rule, bn=pair.rule),
        verdict=rules.Verdict(pair.verdict) if pair.verdict else None,
        reason=pair.reason,
        note=keyring.open(pair.note, "duplicate_pair.note") if pair.note else None,
        one=shown[0],
        other=shown[1],
        differences=sorted(name for name in first if first[name] != second[name]),
    )


async def judge_pair(session: AsyncSession, keyring: Keyring, caller: Caller, pair_id: UUID, said: VerdictIn) -> PairOut:
    """A verdict of *different* is remembered: the pair is never proposed again. *Not sure* leaves it open, with its reason."""
    visible = what_is_visible(caller)
    pair = await repository.find_pair(session, pair_id, visible, lock=True)
    if pair is None:
        raise NotFoundError
    if pair.verdict not in {None, rules.Verdict.NOT_SURE}:
        raise JudgedError
    sides = await repository.visible_of(session, {pair.one_id, pair.other_id}, visible)
    pair.verdict, pair.reason, pair.decided_by, pair.decided_at = said.verdict, said.reason, caller.subject, datetime.now(UTC)
    pair.note = keyring.seal(said.note, "duplicate_pair.note") if said.note else None
    await session.flush()
    if said.verdict == rules.Verdict.SAME and said.into is not None:
        away = next((one for one in sides.values() if one.reference != said.into), None)
        if away is None or said.into not in {one.reference for one in sides.values()}:
            raise NotFoundError
        await merges.merge(session, keyring, caller, away.reference, MergeIn(into=said.into, reason=said.reason, note=said.note))
    await record_access(session, caller, list(sides), record_type="complaint", purpose="duplicates", fields=views.LISTED)
    return pair_out(pair, sides)


def pair_out(pair: DuplicatePair, sides: dict[UUID, Complaint]) -> PairOut:
    rule = LISTS.rule(pair.rule)
    return PairOut(
        id=pair.id,
        rule=pair.rule,
        rule_words=Bilingual(en=rule.en, bn=rule.bn) if rule else Bilingual(en=pair.rule, bn=pair.rule),
        strength=rule.strength if rule else "possible",
        found_at=pair.found_at,
        verdict=rules.Verdict(pair.verdict) if pair.verdict else None,
        one=views.row_of(sides[pair.one_id]),
        other=views.row_of(sides[pair.other_id]),
    )


async def bursts(session: AsyncSession, keyring: Keyring, caller: Caller, days: int, least: int) -> list[BurstOut]:
    """Respondents with many complaints, as far as the caller sees them. A count, not a verdict: an officer looks."""
    visible, since = what_is_visible(caller), datetime.now(UTC) - timedelta(days=days)
    found = []
    for row in await repository.bursts(session, visible, since, least):
        latest = await repository.latest_against(session, visible, licence=row.respondent_licence, sound=row.sound, since=since)
        if latest is not None:
            found.append(await _burst(session, keyring, caller, row, latest))
    return found


async def _burst(session: AsyncSession, keyring: Keyring, caller: Caller, row: Any, latest: Complaint) -> BurstOut:
    may_name = latest.respondent_name is not None and "respondent" in views.fields_shown(latest, caller, what_is_visible(caller))
    await record_access(
        session, caller, [latest.id], record_type="complaint", purpose="burst", fields=["reference", *(["respondent"] if may_name else [])]
    )
    return BurstOut(
        licence=row.respondent_licence,
        name=keyring.open(latest.respondent_name, "complaint.respondent_name") if may_name and latest.respondent_name else None,
        kind=latest.respondent_kind,
        count=row.count,
        categories=sorted(row.categories),
        first_at=row.first_at,
        last_at=row.last_at,
        sample=latest.reference,
    )


def _match(complaint: Complaint, rule: Any) -> MatchOut:
    words = Bilingual(en=rule.en, bn=rule.bn)
    return MatchOut(complaint=views.row_of(complaint), rule=rule.code, rule_words=words, strength=rule.strength)
