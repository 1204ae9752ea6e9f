"""Who is a partner, and what an agreement lets it do. Evidence for activity 2.4.2.1 of the framework: who does what is written down.

An organisation applies and a person verifies it. What it may know and for what stands in an agreement that one person proposes and
another decides on, with a last day. A program of the organisation (a client) proves only who it is: what it may do follows, at each
call, from the organisation, its agreements and the client as they stand at that moment, so that a suspension bites at once.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Final

from contracts.text import Text
from kit.errors import ConflictError
from kit.policy import Agreement
from services.partners.lists import LISTS
from services.partners.sharing import PURPOSES, Asker, share


class State(StrEnum):
    """Of an organisation."""

    APPLIED = "applied"
    VERIFIED = "verified"
    REFUSED = "refused"
    SUSPENDED = "suspended"


class AgreementState(StrEnum):
    """An agreement past its last day stays `approved`: it is its day that ends it (`is_in_force`)."""

    PROPOSED = "proposed"
    APPROVED = "approved"
    REFUSED = "refused"
    ENDED = "ended"


class ClientState(StrEnum):
    """`paused` by the organisation, `suspended` by a keeper, who alone lifts that. `ended` is for good."""

    ACTIVE = "active"
    PAUSED = "paused"
    SUSPENDED = "suspended"
    ENDED = "ended"


STATE_WORDS: Final[Mapping[State, Text]] = {
    State.APPLIED: Text("Applied, waits to be verified", "আবেদন করেছে, যাচাইয়ের অপেক্ষায়"),
    State.VERIFIED: Text("Verified", "যাচাইকৃত"),
    State.REFUSED: Text("Refused", "নামঞ্জুর"),
    State.SUSPENDED: Text("Suspended", "স্থগিত"),
}


class CodeTakenError(ConflictError):
    slug = "organisation-code-taken"
    title = Text("Another organisation has this code. Choose another.", "এই কোডটি অন্য একটি সংস্থার। অন্য একটি কোড বেছে নিন।")


class ClientNameTakenError(ConflictError):
    slug = "client-name-taken"
    title = Text(
        "The organisation has a client of this name already. Give this one another name.",
        "এই নামে সংস্থার একটি ক্লায়েন্ট আগে থেকেই আছে। এটির অন্য নাম দিন।",
    )


class AnotherPersonError(ConflictError):
    slug = "another-person-decides"
    title = Text(
        "Another person must decide on this: you brought it up yourself.",
        "এ বিষয়ে অন্য কাউকে সিদ্ধান্ত নিতে হবে: প্রস্তাবটি আপনি নিজেই দিয়েছেন।",
    )


class DecidedError(ConflictError):
    slug = "already-decided"
    title = Text("This was decided meanwhile.", "এ বিষয়ে ইতিমধ্যে সিদ্ধান্ত হয়ে গেছে।")


class NotVerifiedError(ConflictError):
    slug = "organisation-not-verified"
    title = Text("The organisation must be verified first.", "আগে সংস্থাটি যাচাই করতে হবে।")


class SuspendedError(ConflictError):
    slug = "suspended"
    title = Text(
        "The organisation or its client is suspended. Ask the office that keeps the agreement.",
        "সংস্থা বা তার ক্লায়েন্ট স্থগিত আছে। যে কার্যালয় চুক্তিটি দেখে তাদের সঙ্গে যোগাযোগ করুন।",
    )


class NotAPartnerError(ConflictError):
    slug = "not-a-partner"
    title = Text("This client belongs to no organisation that is known here.", "এই ক্লায়েন্ট এখানে নিবন্ধিত কোনো সংস্থার নয়।")


class NotAllowedError(ConflictError):
    slug = "not-in-the-agreement"
    title = Text(
        "No agreement in force allows this to the client.",
        "কার্যকর কোনো চুক্তিতে এই ক্লায়েন্টের জন্য এর অনুমতি নেই।",
    )


class NotAStewardError(ConflictError):
    slug = "not-a-steward"
    title = Text(
        "Only those who act for the organisation may do this: its stewards.",
        "শুধু সংস্থার পক্ষে দায়িত্বপ্রাপ্ত ব্যক্তিরাই এটি করতে পারেন।",
    )


class TooLongError(ConflictError):
    slug = "agreement-too-long"
    title = Text("An agreement ends earlier: it is renewed, not forgotten.", "চুক্তির মেয়াদ এত দীর্ঘ হতে পারে না: সময়মতো নবায়ন করুন।")


@dataclass(frozen=True, slots=True)
class Terms:
    """What an agreement says. Both days are inside, by the calendar of Dhaka."""

    id: str
    state: str
    purposes: Sequence[str]
    fields: Sequence[str]
    valid_from: date
    valid_until: date

    def is_in_force(self, on: date) -> bool:
        return self.state == AgreementState.APPROVED and self.valid_from <= on <= self.valid_until


@dataclass(frozen=True, slots=True)
class Rights:
    """`fields` of each purpose that an agreement in force names. `agreements`: those in force."""

    scopes: frozenset[str]
    fields: Mapping[str, frozenset[str]]
    agreements: tuple[Terms, ...] = ()


NOTHING: Final = Rights(frozenset(), {})


def check_verifiable(state: str, applied_by: str, decider: str) -> None:
    """Raises `DecidedError`, `AnotherPersonError`."""
    if state != State.APPLIED:
        raise DecidedError
    check_other(applied_by, decider)


def check_other(first: str | None, second: str) -> None:
    """Four eyes. Raises `AnotherPersonError`."""
    if first == second:
        raise AnotherPersonError


def check_can_have_clients(state: str) -> None:
    """Raises `SuspendedError`, `NotVerifiedError`."""
    if state == State.SUSPENDED:
        raise SuspendedError
    if state != State.VERIFIED:
        raise NotVerifiedError


def check_active(organisation: str, client: str) -> None:
    """Whether a client may ask for anything at all. Raises `SuspendedError`, `NotVerifiedError`."""
    check_can_have_clients(organisation)
    if client != ClientState.ACTIVE:
        raise SuspendedError


def check_length(valid_from: date, valid_until: date) -> None:
    """Raises `TooLongError`."""
    if (valid_until - valid_from).days > LISTS.longest_days:
        raise TooLongError


def check_step(state: str, to: ClientState, *, is_keeper: bool) -> None:
    """Raises `DecidedError` for one that ended, `SuspendedError` where the organisation would lift what a keeper did."""
    if state == ClientState.ENDED:
        raise DecidedError
    if state == ClientState.SUSPENDED and not is_keeper and to != ClientState.ENDED:
        raise SuspendedError


def signed(agreements: Collection[Terms]) -> tuple[Agreement, ...]:
    """For the engine of sharing, which judges their days."""
    return tuple(
        Agreement(one.id, one.purposes, one.fields, one.valid_from, one.valid_until)
        for one in agreements
        if one.state == AgreementState.APPROVED
    )


def fields_of(agreements: Collection[Terms], on: date) -> dict[str, frozenset[str]]:
    """For each purpose that an agreement in force names: what a program is given of its records, of a person's with their consent."""
    agreed = {code for terms in agreements if terms.is_in_force(on) for code in terms.purposes}
    given = [share(Asker("", signed(agreements), on, consented=True), one) for one in PURPOSES]
    return {code: frozenset(field for one in given if one.purpose == code for field in one.allowed) for code in agreed}


def rights(organisation: str, client: str, scopes: Collection[str], agreements: Collection[Terms], on: date) -> Rights:
    """What a client may do on a day, by the states of its organisation and its own. Raises `SuspendedError`, `NotVerifiedError`."""
    check_active(organisation, client)
    fields = fields_of(agreements, on)
    served = frozenset(one.code for one in LISTS.scopes if one.code in scopes and _is_served(one.needs, fields))
    return Rights(served, fields, tuple(one for one in agreements if one.is_in_force(on)))


def _is_served(needs: str | None, fields: Mapping[str, frozenset[str]]) -> bool:
    return needs in fields if needs else bool(fields)


def client_id_of(organisation: str, name: str) -> str:
    """No other organisation can have it: neither a code nor a name has two hyphens in a row."""
    return f"partner-{organisation}--{name}"
