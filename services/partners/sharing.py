"""What partners ask the one engine of sharing (`kit.policy`): which fields of a kind of record an organisation is given on a day.

A kind of record is the type of an event, or `received.…` for what a referral tells of a person. Which kinds there are, for which purpose
each, and to whom it is addressed is read off the policy: no other list says it.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date
from functools import cache
from typing import Final, Literal

from contracts import catalogue as _all_events  # noqa: F401  # declares every event type
from contracts.events import event_types
from kit.policy import Agreement, Consent, Policy, Question, Share, policies

NAME: Final = "partners"
WITHDRAWAL: Final = "withdrawal"
SELF: Final = "self"
EVERYBODY: Final = "everybody"
RECEIVED: Final = "received."
Kind = Literal["program", "member"]


@dataclass(frozen=True, slots=True)
class Asker:
    """On whose behalf it is asked. `agreements`: those that were signed, whatever their days; `consented`: the person agreed."""

    organisation: str
    agreements: Collection[Agreement]
    on: date
    kind: Kind = "program"
    consented: bool = False


def share(asker: Asker, record: str, *, purpose: str | None = None, restricted: bool = False, fields: Collection[str] = ()) -> Share:
    """Without a purpose it is asked for the one that the kind of record serves; `fields`: others beside its own.

    Raises `LookupError` where no policy is in force.
    """
    policy = policies().in_force(NAME, asker.on)
    known = purpose or PURPOSES.get(record, "")
    consents = (Consent(known, asker.organisation),) if asker.consented else ()
    question = Question(
        subject={"asker": [asker.kind]},
        purpose=known,
        record={"type": [record], "addressee": [addressee_of(record)], "restricted": ["yes" if restricted else "no"]},
        recipient=asker.organisation,
        consents=consents,
        agreements=asker.agreements,
        on=asker.on,
    )
    asked = {*(fields_of_record(record) or policy.fields), *fields}
    return Share(record, known, policy, policy.judge(question, asked))


def shares(asker: Asker) -> dict[str, Share]:
    """Of every fact that a partner may be told."""
    return {one: share(asker, one) for one in sorted(EVENTS)}


def addressee_of(record: str) -> str:
    """A fact that is addressed comes only to the body that it names."""
    return SELF if record in ADDRESSED else EVERYBODY


@cache
def fields_of_record(record: str) -> frozenset[str]:
    """All that any rule of any version speaks of for this kind of record."""
    return frozenset(field for one in VERSIONS for purpose in one.purposes for field in one.fields_of(purpose, type=record))


def fields_of_purpose(purpose: str) -> frozenset[str]:
    """What can be told for a purpose by an event, or named by an agreement."""
    by_agreement = (
        field for one in VERSIONS for rule in one.rules if rule.needs_agreement and rule.serves(purpose) for field in rule.fields
    )
    return frozenset(by_agreement) | {field for record in events_of(purpose) for field in fields_of_record(record)}


def events_of(purpose: str) -> frozenset[str]:
    return frozenset(record for record in EVENTS if PURPOSES[record] == purpose)


def is_withdrawal(event: str) -> bool:
    return PURPOSES.get(event) == WITHDRAWAL


def _purposes(versions: Collection[Policy]) -> dict[str, str]:
    """The purpose of each kind of record. Raises `ValueError` for one that serves two."""
    found: dict[str, str] = {}
    for one in versions:
        for purpose in one.purposes:
            for record in one.served(purpose, "type"):
                if found.setdefault(record, purpose) != purpose:
                    raise ValueError(f"{record} serves {found[record]} and {purpose}")
    return found


def _addressed(versions: Collection[Policy]) -> frozenset[str]:
    return frozenset(
        record
        for one in versions
        for rule in one.rules
        if rule.effect == "allow" and rule.when.get("addressee") == (SELF,)
        for record in rule.when.get("type", ())
    )


def check_known(versions: Collection[Policy]) -> None:
    """Raises `ValueError` for an event that nobody declares, a field that it does not have, or one that is addressed and names nobody."""
    known, addressed = event_types(), _addressed(versions)
    for record in _purposes(versions):
        if record.startswith(RECEIVED):
            continue
        if record not in known:
            raise ValueError(f"unknown event {record}")
        fields = frozenset(field for one in versions for purpose in one.purposes for field in one.fields_of(purpose, type=record))
        if strange := fields - set(known[record].model_fields):
            raise ValueError(f"{record} does not have {sorted(strange)}")
        if record in addressed and "recipient" not in known[record].model_fields:
            raise ValueError(f"{record} is addressed and names no recipient")


VERSIONS: Final = policies().versions(NAME)
check_known(VERSIONS)
PURPOSES: Final[Mapping[str, str]] = _purposes(VERSIONS)
ADDRESSED: Final = _addressed(VERSIONS)
EVENTS: Final = frozenset(record for record in PURPOSES if not record.startswith(RECEIVED))
