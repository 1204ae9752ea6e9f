"""What is kept how long after the end of a complaint or a call, and which columns of which table are words about persons.

Purpose and storage period are to be stated and kept (Personal Data Protection Ordinance 2025); codes, amounts and dates stay, for counts.
The complaint's own words, its procedure and its history are emptied by an administrator (`lifecycle.protection`), all else by the timer.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Final


@dataclass(frozen=True, slots=True)
class Sealed:
    """Of the rows that `of` finds for one record (`:record`): `empty` columns become null, `blank` ones an empty text of that form.

    `unlinked`: blind indexes that must not be null become the row's own id, by which nobody finds a person. `by_owner`: a history that
    the running role may not change; the owner's function empties it.
    """

    table: str
    of: str = "complaint_id = :record"
    empty: tuple[str, ...] = ()
    blank: Mapping[str, str] = field(default_factory=dict)
    unlinked: tuple[str, ...] = ()
    by_owner: bool = False

    @property
    def columns(self) -> frozenset[tuple[str, str]]:
        return frozenset((self.table, name) for name in (*self.empty, *self.blank, *self.unlinked))


_REFERRED: Final = "referral_id in (select id from referral where complaint_id = :record)"
_ASKED: Final = "question_id in (select id from respondent_question where complaint_id = :record)"
_PAIRED: Final = "one_id = :record or other_id = :record"
_MERGED: Final = "merged_id = :record or into_id = :record"
_LED: Final = "lead_id = :record"
_CALLED: Final = "call_id = :record"

CLASSES: Final[Mapping[str, tuple[Sealed, ...]]] = {
    "files": (
        Sealed("attachment", empty=("name",)),
        Sealed("respondent_document", _ASKED, empty=("name",)),
        Sealed("upload", empty=("name",)),
    ),
    "messages": (
        Sealed("message", empty=("recipient", "body")),
        Sealed("inbound_message", empty=("body", "media_id")),
        Sealed("conversation", blank={"phone": "", "answers": "{}"}, unlinked=("phone_index",)),
    ),
    "referrals": (
        Sealed("referral_received", _REFERRED, empty=("words",), blank={"package": "{}"}),
        Sealed("referral", empty=("to_name",), blank={"package": "{}"}),
        Sealed("consent", empty=("witness",)),
    ),
    "answers": (
        Sealed("respondent_question", empty=("more_time_because", "answer"), blank={"allegation": ""}),
        Sealed("grs_step", empty=("tracking", "words")),
        Sealed("duplicate_pair", _PAIRED, empty=("note",)),
        Sealed("complaint_merge", _MERGED, empty=("note", "undone_note")),
        Sealed("collective", _LED, empty=("note",)),
    ),
    "money": (
        Sealed("redress_line", empty=("given_up_note",)),
        Sealed("redress_payment", empty=("proof", "proof_index")),
        Sealed("redress_task", empty=("words",)),
        Sealed("court_case", empty=("number",), blank={"body": ""}),
    ),
    "case_files": (
        Sealed("distress_file", empty=("place",)),
        Sealed("distress_request", empty=("note",)),
        Sealed(
            "death_file",
            empty=("police_note", "passport", "passport_index", "contact_name", "receiver", "receiver_phone"),
        ),
        Sealed("death_heir", blank={"name": "", "guardian": ""}),
        Sealed("missing_file", empty=("last_place", "features", "passport_index")),
        Sealed("protection_file", empty=("guardian", "plan")),
        Sealed("file_step", empty=("note",), by_owner=True),
        Sealed("death_wish", empty=("said_by",), by_owner=True),
        Sealed("protection_visit", empty=("findings",), by_owner=True),
        Sealed("protection_assessment", blank={"reason": ""}, by_owner=True),
    ),
    "calls": (
        Sealed("call_review", _CALLED, empty=("words", "answer")),
        Sealed("call_draft", _CALLED, blank={"fields": "{}"}),
        Sealed("call_draft_kept", _CALLED, blank={"fields": "{}"}),
        Sealed("phone_call", "id = :record", empty=("number", "number_index", "note")),
    ),
    "callbacks": (
        Sealed("callback_attempt", "callback_id = :record", empty=("note",), by_owner=True),
        Sealed("callback", "id = :record", empty=("note",), blank={"number": ""}, unlinked=("number_index",)),
    ),
}
CALLS: Final = "calls"
CALLBACKS: Final = "callbacks"
# Not erased by these rules, each with its reason.
KEPT: Final[Mapping[str, str]] = {
    "complaint": "emptied with its procedure when an administrator confirms",
    "happening": "emptied with the complaint by the owner's function",
    "hearing": "emptied with the complaint",
    "settlement": "emptied with the complaint",
    "proposal": "emptied with the complaint",
    "break_glass": "who opened a restricted case and why is kept as long as the audit",
    "tracking_failure": "forgotten within a day",
    "tracking_session": "over after minutes, swept",
    "remains": "an unidentified dead person is looked for without an end; nobody is named",
    "caller_wish": "a blind index and a wish, without which a woman is called by a man",
}
KEPT_COLUMNS: Final = frozenset({("attachment", "sha256"), ("respondent_document", "sha256"), ("upload", "sha256")})


def span(years: int) -> timedelta:
    return timedelta(days=365 * years + years // 4)


def is_over(ended_at: datetime | None, years: int, now: datetime, *, on_hold: bool) -> bool:
    """A hold stops every clock; what is open, or was opened again, has not begun to wait."""
    return ended_at is not None and not on_hold and ended_at + span(years) <= now
