"""Rows of the ledger and its links: from a person or relay, and how each may be reached."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final
from uuid import UUID

from kit.crypto import Keyring
from kit.ids import new_id
from kit.safe_contact import segments
from kit.web_push import packed
from kit.zones import zone_of
from services.crisis.exposure.clients import Reachable
from services.crisis.outreach import rules
from services.crisis.outreach.lists import REACH, TEXTS
from services.crisis.outreach.models import OutreachJob, Relay
from services.crisis.outreach.rules import Address, Channel, Kind, Purpose, SafeContact, State, Wording

# Nobody answers from there by a text.
NUMBERLESS: Final = frozenset({Channel.EMAIL, Channel.PUSH})


@dataclass(frozen=True, slots=True, kw_only=True)
class Pen:
    """What a row is written with. `public_url`: where links lead."""

    keyring: Keyring
    public_url: str


def rows_of(pen: Pen, job: OutreachJob, person: Reachable, now: datetime, start: int = 0) -> list[dict[str, Any]]:
    """Rungs that have no wait are written together; one without any way is written too: it is counted, and visited."""
    rungs = REACH.rungs_of(job.level)
    addresses, rule = _addresses(person), _rule(person)
    rows: list[dict[str, Any]] = []
    rung = start
    while (planned := rules.plan(addresses, rule, rungs, rung)) is not None:
        at_once = REACH.wait_after(job.level, planned.rung) == timedelta(0)
        # A visit cannot be sent: it is due at once where nothing else leads to the person.
        rows += [_row(pen, job, person, one, planned.rung, rule, now) for one in planned.addresses]
        rung = planned.rung + 1
        if not at_once and not (rules.is_bell(planned) and rules.rings_own(rules.plan(addresses, rule, rungs, rung))):
            break
    if not any(row["channel"] not in {Channel.VISIT, Channel.HOME} for row in rows) and start == 0:
        rows.append(_row(pen, job, person, Address(Channel.VISIT, ""), len(rungs), rule, now) | _unreachable(addresses))
    return rows


def _unreachable(addresses: Sequence[Address]) -> dict[str, Any]:
    return {"channel": "none", "state": State.SUPPRESSED, "reason": rules.why_none(addresses)}


def _row(
    pen: Pen, job: OutreachJob, person: Reachable, address: Address, rung: int, rule: SafeContact | None, now: datetime
) -> dict[str, Any]:
    row = _common(job, now) | {
        "kind": Kind.PERSON,
        "person": person.person,
        "channel": address.channel,
        "rung": rung,
        "language": "en" if person.language == "en" else "bn",
        "country": person.country,
        "flags": list(person.flags),
    }
    if address.channel is Channel.VISIT:
        return row
    sealed = {"to": address.to, "rule": None if rule is None else {**_kept(rule), "zone": rule.zone}}
    return row | {
        "parts": _parts(pen, job, address.channel, row["language"], person.country, rule),
        "contact": pen.keyring.seal(json.dumps(sealed), "recipient.contact"),
        "phone_index": pen.keyring.blind_index(address.to, "phone") if address.channel not in NUMBERLESS else None,
    }


def _kept(rule: SafeContact) -> dict[str, Any]:
    return {"may_call": rule.may_call, "may_text": rule.may_text, "wording": rule.wording, "hours": rule.hours}


def _common(job: OutreachJob, now: datetime) -> dict[str, Any]:
    return {
        "id": new_id(),
        "job_id": job.id,
        "is_drill": job.is_drill,
        "alert_id": job.alert_id,
        "root": job.root,
        "version": job.version,
        "purpose": job.purpose,
        "source": job.source,
        "level": job.level,
        "lane": job.lane,
        "parts": 1,
        "state": State.QUEUED,
        "reason": None,
        "contact": None,
        "phone_index": None,
        "due": now,
        "not_after": job.not_after,
        "attempts": 0,
        "queued_at": now,
    }


def relay_row(pen: Pen, job: OutreachJob, relay: Relay, now: datetime) -> dict[str, Any]:
    to = pen.keyring.open(relay.address, "relay.address")
    return _common(job, now) | {
        "kind": Kind.RELAY,
        "person": relay.id,
        "channel": relay.channel,
        "rung": 0,
        "language": relay.language,
        "country": relay.country,
        "flags": [],
        "parts": _parts(pen, job, Channel(relay.channel), relay.language, relay.country, None),
        "contact": pen.keyring.seal(json.dumps({"to": to, "rule": None}), "recipient.contact"),
    }


def _parts(pen: Pen, job: OutreachJob, channel: Channel, language: str, country: str | None, rule: SafeContact | None) -> int:
    """What the message will cost its provider, by the longest danger; a call and a letter are one."""
    if channel not in {Channel.SMS, Channel.HOME}:
        return 1
    wording = Wording.PLAIN if channel is Channel.HOME else Wording.NEUTRAL if rule is None else rule.wording
    words = TEXTS.home if channel is Channel.HOME else TEXTS.texts[Purpose(job.purpose)].of(wording)
    link = f"{pen.public_url}/c/{'0' * rules.TOKEN_LETTERS}"
    return segments(words.in_language(language).format(**TEXTS.values("minor", country, link, language)))


def _addresses(person: Reachable) -> list[Address]:
    """Of several of one kind the first: one message by each way; of browsers all, which are one way.

    A household's number is another way than the person's own.
    """
    found: dict[Channel, Address] = {}
    if browsers := [json.loads(one.address) for one in person.channels if one.kind == "push"]:
        found[Channel.PUSH] = Address(Channel.PUSH, json.dumps(browsers))
    for one in person.channels:
        is_household = one.at_home or one.whose == "family"
        if is_household and one.kind != "sms":
            continue
        channel = Channel.HOME if is_household else Channel(one.kind)
        found.setdefault(channel, Address(channel, one.address))
        if channel is Channel.SMS:
            found.setdefault(Channel.VOICE, Address(Channel.VOICE, one.address))
    return list(found.values())


def _rule(person: Reachable) -> SafeContact | None:
    said = person.contact_rule
    if said is None:
        return None
    phone = next((one.address for one in person.channels if one.kind == "sms" and not one.at_home), None)
    return SafeContact(said.may_call, said.may_text, Wording(said.words), said.hours, said.time_zone or zone_of(phone))


def token_for(keyring: Keyring, root: UUID, person: UUID, kind: str) -> str:
    """The same each time it is made, and found nowhere: it needs the service's key."""
    return rules.token_of(keyring.blind_index(f"{root} {person} {kind}", "outreach.token"))


def topic_for(keyring: Keyring, root: UUID, person: UUID) -> str:
    """What follows in a chain takes the place of what came before, on the phone and on its way there. It tells a push service nothing."""
    return packed(keyring.blind_index(f"{root} {person}", "outreach.topic")[:24])


def token_index(keyring: Keyring, token: str) -> bytes:
    return keyring.blind_index(token, "outreach.link")


def links_of(
    keyring: Keyring, job: OutreachJob, people: Sequence[Reachable], relays: Sequence[Relay], now: datetime
) -> list[dict[str, Any]]:
    told = [("person", one.person, one.language, one.country, one.flags) for one in people]
    told += [("home", one.person, "bn", one.country, one.flags) for one in people]
    told += [("relay", job.root, "bn", one.country, ()) for one in relays[:1]]
    return [
        {
            "token_index": token_index(keyring, token_for(keyring, job.root, person, kind)),
            "root": job.root,
            "is_drill": job.is_drill,
            "kind": kind,
            "person": person,
            "language": language,
            "country": country,
            "flags": list(flags),
            "made_at": now,
            "ends_at": job.not_after + timedelta(days=REACH.links_days),
        }
        for kind, person, language, country, flags in told
    ]
