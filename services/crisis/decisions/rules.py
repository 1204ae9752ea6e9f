"""How grave a warning is, and whether it may go out by itself, must wait for a person, or is only kept.

One exception to "a person decides" (design §5): an official warning of sufficient trust, inside of its issuer's own jurisdiction, goes
out after a window in which officers may hold it back. A signal of our own and an officer's alert never do; its author does not approve it.
"""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from contracts.crisis import Certainty, MessageStatus, Severity, Urgency
from contracts.text import Text
from kit.errors import ConflictError, ForbiddenError
from services.crisis.decisions.lists import Matrix
from services.crisis.hazards import is_said
from services.crisis.warnings.cap import Message


class Origin(StrEnum):
    """`official`: an authority's own, by a registered source. `officer`: brought in by one. `unregistered`: neither."""

    OFFICIAL = "official"
    OFFICER = "officer"
    UNREGISTERED = "unregistered"


class Outcome(StrEnum):
    LOGGED = "logged"
    WINDOW = "window"
    WAITS = "waits"
    RELEASED = "released"
    WITHHELD = "withheld"
    LAPSED = "lapsed"


class Reason(StrEnum):
    """Why it does not go out by itself."""

    DRILL = "drill"
    LOOKS_LIKE_DRILL = "looks-like-drill"
    NOT_OFFICIAL = "not-official"
    OUTSIDE_JURISDICTION = "outside-jurisdiction"
    SAME_EVENT = "same-event"
    LEVEL = "level"


class AuthorApprovesError(ForbiddenError):
    slug = "author-may-not-approve"
    title = Text("Whoever brought a warning in does not release it.", "যিনি সতর্কবার্তা এনেছেন তিনি নিজে তা প্রচারের অনুমোদন দিতে পারেন না।")


class NothingToDecideError(ConflictError):
    slug = "decision-closed"
    title = Text("This warning is no longer open to that decision.", "এই সতর্কবার্তার বিষয়ে এখন আর এ সিদ্ধান্ত নেওয়া যায় না।")


@dataclass(frozen=True, slots=True)
class Inputs:
    """All that a decision rests on; stored with it, so that it can be made again and compared.

    `twin_level`: the level at which the same authority's other language edition goes out already. `ending_words`: it may be a cancellation
    in prose; a hint for the officer, nothing follows from it by itself.
    """

    severity: Severity
    urgency: Urgency
    certainty: Certainty
    origin: Origin
    status: MessageStatus
    in_jurisdiction: bool
    all_clear: bool
    trust_tier: int
    drill_words: tuple[str, ...]
    twin_level: int | None = None
    ending_words: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Decision:
    level: int
    moment: str
    outcome: Outcome
    reasons: tuple[Reason, ...]
    due: datetime | None


def decide(inputs: Inputs, matrix: Matrix, now: datetime) -> Decision:
    moment = matrix.moment(inputs.urgency, inputs.certainty)
    level = 0 if inputs.all_clear else moment.levels[inputs.severity]
    if inputs.origin is Origin.UNREGISTERED:
        level = max(level - 1, 0)
    if level == 0:
        return Decision(level, moment.id, Outcome.LOGGED, (), None)
    minutes = matrix.veto_minutes.get(level)
    reasons = tuple(_reasons(inputs, level, has_window=minutes is not None))
    if reasons or minutes is None:
        return Decision(level, moment.id, Outcome.WAITS, reasons, None)
    return Decision(level, moment.id, Outcome.WINDOW, (), now + timedelta(minutes=minutes))


def _reasons(inputs: Inputs, level: int, *, has_window: bool) -> Iterable[Reason]:
    if inputs.status is not MessageStatus.ACTUAL:
        yield Reason.DRILL
    elif inputs.drill_words:
        yield Reason.LOOKS_LIKE_DRILL
    if inputs.origin is not Origin.OFFICIAL:
        yield Reason.NOT_OFFICIAL
    elif not inputs.in_jurisdiction:
        yield Reason.OUTSIDE_JURISDICTION
    if inputs.twin_level is not None and inputs.twin_level >= level:
        yield Reason.SAME_EVENT
    if not has_window:
        yield Reason.LEVEL


def origin_of(roles: Collection[str], trust_tier: int) -> Origin:
    """What an officer pastes is an officer's word, and what an unknown client brings nobody's, whoever it says that it is from."""
    if set(roles) & {"wing", "supervisor", "admin"}:
        return Origin.OFFICER
    return Origin.OFFICIAL if trust_tier else Origin.UNREGISTERED


def within(countries: Collection[str], jurisdiction: Collection[str]) -> bool:
    """An authority warns for its own land; a body that warns of the whole world has none and goes through a person."""
    return bool(countries) and set(countries) <= set(jurisdiction)


def words_in(message: Message, words: Iterable[str]) -> tuple[str, ...]:
    """Those of `words` that the message says. A siren test has come labelled Actual, and cancellations as prose alone."""
    texts = [message.note, *(text for info in message.infos for text in (info.event, info.headline, info.description))]
    said = "\n".join(text for text in texts if text).casefold()
    return tuple(word for word in words if is_said(word.casefold(), said))


def refuse_release(outcome: Outcome, author: str, approver: str, *, stands: bool) -> None:
    """Raises `AuthorApprovesError`, `NothingToDecideError`; a warning that was replaced, taken back or expired never goes out late."""
    if author == approver:
        raise AuthorApprovesError
    if not stands or outcome not in {Outcome.WINDOW, Outcome.WAITS, Outcome.WITHHELD}:
        raise NothingToDecideError


def refuse_withholding(outcome: Outcome) -> None:
    """Raises `NothingToDecideError` for what went out already: that is taken back by a Cancel."""
    if outcome not in {Outcome.WINDOW, Outcome.WAITS}:
        raise NothingToDecideError
