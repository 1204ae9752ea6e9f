"""The procedure as each reader may see it: what was done, and what they may do now."""

from typing import Final

from contracts.text import Bilingual, Text
from kit.auth import Caller
from kit.crypto import Keyring
from services.complaints import rules
from services.complaints.lifecycle.checks import Actor, Case
from services.complaints.lifecycle.happenings import FOR_PARTIES, HAPPENINGS, OTHER
from services.complaints.lifecycle.procedures import PROCEDURES
from services.complaints.lifecycle.rules import TABLE, Action, judge
from services.complaints.lifecycle.schemas import ActionOut, DecisionOut, HappeningOut
from services.complaints.models import Happening
from services.complaints.rules import Status
from services.complaints.views import office_name

ACTIONS: Final = {
    Action.TAKE: Text("Take it", "দায়িত্ব নিন"),
    Action.ASSIGN: Text("Give it to a colleague", "সহকর্মীকে দিন"),
    Action.HAND_BACK: Text("Hand it back to the office", "কার্যালয়ে ফেরত দিন"),
    Action.TRANSFER: Text("Ask another office to take it over", "অন্য কার্যালয়কে নিতে বলুন"),
    Action.ACCEPT_TRANSFER: Text("Accept it for this office", "এই কার্যালয়ের জন্য গ্রহণ করুন"),
    Action.REFUSE_TRANSFER: Text("Send it back to the office it came from", "যে কার্যালয় থেকে এসেছে সেখানে ফেরত পাঠান"),
    Action.RECALL_TRANSFER: Text("Recall the transfer", "স্থানান্তরের অনুরোধ ফিরিয়ে নিন"),
    Action.START_INVESTIGATION: Text("Begin the investigation", "তদন্ত শুরু করুন"),
    Action.COMPLETE_INVESTIGATION: Text("Complete the investigation", "তদন্ত শেষ করুন"),
    Action.SCHEDULE_HEARING: Text("Set a date for a hearing", "শুনানির তারিখ ঠিক করুন"),
    Action.HOLD_HEARING: Text("Record the hearing", "শুনানির বিবরণ লিখুন"),
    Action.ADJOURN_HEARING: Text("Adjourn the hearing", "শুনানি মুলতবি করুন"),
    Action.START_MEDIATION: Text("Begin mediation", "মধ্যস্থতা শুরু করুন"),
    Action.START_ARBITRATION: Text("Begin arbitration", "সালিশ শুরু করুন"),
    Action.SETTLE: Text("Record a settlement", "আপসের শর্ত লিখুন"),
    Action.WRITE_ALLEGATION: Text("Write the allegation for the respondent", "অভিযুক্ত পক্ষের জন্য অভিযোগের সারকথা লিখুন"),
    Action.CORRECT: Text("Set right whom or what it is about", "কার বিরুদ্ধে বা কী বিষয়ে, তা সংশোধন করুন"),
    Action.WAIT: Text("Wait for the complainant", "অভিযোগকারীর উত্তরের জন্য অপেক্ষা করুন"),
    Action.RESUME: Text("Go on: the answer is there", "উত্তর এসেছে, কাজ আবার শুরু করুন"),
    Action.PROPOSE: Text("Propose a decision", "সিদ্ধান্ত প্রস্তাব করুন"),
    Action.APPROVE: Text("Approve the decision", "সিদ্ধান্ত অনুমোদন করুন"),
    Action.SEND_BACK: Text("Send the proposal back", "প্রস্তাব ফেরত পাঠান"),
    Action.WITHDRAW: Text("The complainant wants to withdraw it", "অভিযোগকারী প্রত্যাহার করতে চান"),
    Action.CONFIRM_WITHDRAWAL: Text("Confirm that the withdrawal is voluntary", "প্রত্যাহার স্বেচ্ছায় কি না নিশ্চিত করুন"),
    Action.REOPEN: Text("Open it again", "আবার চালু করুন"),
    Action.APPEAL: Text("Appeal against the decision", "সিদ্ধান্তের বিরুদ্ধে আপিল করুন"),
    Action.RESTRICT: Text("Restrict who may see it", "কারা দেখতে পারেন তা সীমাবদ্ধ করুন"),
    Action.NOTE_CONTACT: Text("Note that you spoke with the person", "ব্যক্তির সঙ্গে কথা হয়েছে বলে লিখুন"),
    Action.COMMENT: Text("Add a remark", "মন্তব্য লিখুন"),
}


def kinds_shown(caller: Caller, shown: frozenset[str]) -> frozenset[str] | None:
    """None is all: whoever handles the case. Areas add their own happenings; those are for officers."""
    return None if "notes" in shown and "agency" not in caller.roles else FOR_PARTIES


def happening_of(one: Happening, account: str | None, keyring: Keyring, shown: frozenset[str]) -> HappeningOut:
    handles = "notes" in shown
    status = Status(one.status)
    return HappeningOut(
        id=one.id,
        version=one.version,
        at=one.at,
        kind=one.kind,
        label=Bilingual.of(HAPPENINGS.get(one.kind, OTHER)),
        status=status,
        status_label=Bilingual.of(rules.STATUS_WORDS[status]),
        office=one.office,
        office_name=office_name(one.office),
        by=(account or one.by) if handles else None,
        detail=dict(one.detail) if handles else {},
        note=keyring.open(one.note, "happening.note") if one.note is not None and handles else None,
    )


def actions_of(case: Case, actor: Actor) -> list[ActionOut]:
    """What this kind of case knows and this role may ever do, in the order of the procedure."""
    found = []
    for row in TABLE:
        refusal = judge(row.action, case, actor)
        if case.kind in row.kinds and not (refusal and refusal.is_of_role):
            reason = Bilingual.of(refusal.reason) if refusal else None
            found.append(ActionOut(action=row.action, label=Bilingual.of(ACTIONS[row.action]), allowed=refusal is None, reason=reason))
    return found


def decisions_of(kind: str) -> list[DecisionOut]:
    return [DecisionOut(code=code, words=Bilingual.of(PROCEDURES.word(code))) for code in PROCEDURES.decisions(kind)]
