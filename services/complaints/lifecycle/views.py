"""The procedure as each reader may see it: what was done, and what they may do now."""

from typing import Final

from contracts.text import Bilingual, Text
from kit.auth import Caller
from kit.crypto import Keyring
from services.complaints import rules
from services.complaints.lifecycle.checks import Actor, Case
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

# An area that writes happenings of its own adds their words here.
HAPPENINGS: Final = {
    "lodged": Text("Received", "গৃহীত হয়েছে"),
    "taken": Text("An officer took it", "একজন কর্মকর্তা দায়িত্ব নিয়েছেন"),
    "assigned": Text("Given to an officer", "একজন কর্মকর্তাকে দেওয়া হয়েছে"),
    "unassigned": Text("Handed back to the office", "কার্যালয়ে ফেরত দেওয়া হয়েছে"),
    "transfer_asked": Text("Another office was asked to take it over", "অন্য কার্যালয়কে নিতে বলা হয়েছে"),
    "transferred": Text("Another office took it over", "অন্য কার্যালয় দায়িত্ব নিয়েছে"),
    "transfer_refused": Text("The other office sent it back", "অন্য কার্যালয় ফেরত পাঠিয়েছে"),
    "transfer_recalled": Text("The transfer was recalled", "স্থানান্তরের অনুরোধ ফিরিয়ে নেওয়া হয়েছে"),
    "investigation_begun": Text("The investigation began", "তদন্ত শুরু হয়েছে"),
    "investigated": Text("The investigation was completed", "তদন্ত শেষ হয়েছে"),
    "hearing_set": Text("A hearing was given a date", "শুনানির তারিখ ঠিক হয়েছে"),
    "hearing_held": Text("A hearing was held", "শুনানি হয়েছে"),
    "hearing_adjourned": Text("The hearing was adjourned", "শুনানি মুলতবি হয়েছে"),
    "mediation_begun": Text("Mediation began", "মধ্যস্থতা শুরু হয়েছে"),
    "arbitration_begun": Text("Arbitration began", "সালিশ শুরু হয়েছে"),
    "settled": Text(
        "The parties settled of their own will; a criminal case stays possible", "পক্ষগুলো স্বেচ্ছায় আপস করেছে; ফৌজদারি মামলার পথ খোলা আছে"
    ),
    "allegation_written": Text("The allegation was written down for the respondent", "অভিযুক্ত পক্ষের জন্য অভিযোগের সারকথা লেখা হয়েছে"),
    "waiting": Text("The complainant was asked something", "অভিযোগকারীর কাছে কিছু জানতে চাওয়া হয়েছে"),
    "resumed": Text("Work went on", "কাজ আবার শুরু হয়েছে"),
    "decision_proposed": Text("A decision was proposed", "সিদ্ধান্ত প্রস্তাব করা হয়েছে"),
    "decided": Text("Decided", "সিদ্ধান্ত হয়েছে"),
    "sent_back": Text("The proposal was sent back", "প্রস্তাব ফেরত পাঠানো হয়েছে"),
    "withdrawal_asked": Text("The complainant asked to withdraw it", "অভিযোগকারী প্রত্যাহার করতে চেয়েছেন"),
    "withdrawal_confirmed": Text("The wish to withdraw is voluntary", "প্রত্যাহারের ইচ্ছা স্বেচ্ছায়"),
    "withdrawal_struck": Text("The wish to withdraw was not voluntary", "প্রত্যাহারের ইচ্ছা স্বেচ্ছায় ছিল না"),
    "reopened": Text("Opened again", "আবার চালু হয়েছে"),
    "appealed": Text("An appeal was lodged", "আপিল করা হয়েছে"),
    "appeal_ended": Text("The appeal was decided", "আপিলের নিষ্পত্তি হয়েছে"),
    "restricted": Text("Its readers were restricted", "কারা দেখতে পারেন তা সীমাবদ্ধ করা হয়েছে"),
    "glass_broken": Text("Somebody opened it in an emergency, with a reason", "জরুরি প্রয়োজনে কারণ লিখে কেউ এটি খুলেছেন"),
    "held": Text("Its words are kept beyond their time", "নির্ধারিত সময়ের পরেও লেখাগুলো রাখা হবে"),
    "released": Text("Its words are kept no longer than their time", "লেখাগুলো নির্ধারিত সময়ের বেশি রাখা হবে না"),
    "emptied": Text("Its words were removed at the end of their time", "সময় শেষে লেখাগুলো মুছে ফেলা হয়েছে"),
    "words_erased": Text("Words and files were erased at the end of their period", "নির্ধারিত সময় শেষে লেখা ও ফাইল মুছে ফেলা হয়েছে"),
    "redress_claimed": Text("A claim of money was written down", "টাকার দাবি লেখা হয়েছে"),
    "redress_ordered": Text("A payment is owed", "অর্থ পরিশোধের দায় স্থির হয়েছে"),
    "redress_lifted": Text("An order to pay was lifted", "পরিশোধের আদেশ তুলে নেওয়া হয়েছে"),
    "redress_said_paid": Text("Somebody says that it was paid", "পরিশোধ হয়েছে বলে জানানো হয়েছে"),
    "redress_paid": Text("A payment was confirmed", "একটি পরিশোধ নিশ্চিত হয়েছে"),
    "redress_given_up": Text("A claim of money was given up", "একটি দাবি ছেড়ে দেওয়া হয়েছে"),
    "redress_asked": Text("The person was asked how it went", "কেমন হলো, জানতে চাওয়া হয়েছে"),
    "respondent_asked": Text("It was put to the agency", "এজেন্সির কাছে জবাব চাওয়া হয়েছে"),
    "respondent_answered": Text("The agency answered", "এজেন্সি জবাব দিয়েছে"),
    "respondent_silent": Text("The agency did not answer in time", "এজেন্সি সময়মতো জবাব দেয়নি"),
    "respondent_document": Text("The agency added a paper", "এজেন্সি কাগজ যোগ করেছে"),
    "respondent_document_shared": Text(
        "Whether the complainant sees a paper of the agency was decided", "এজেন্সির কাগজ অভিযোগকারী দেখবেন কি না ঠিক করা হয়েছে"
    ),
    "referred": Text("Referred to another body", "অন্য সংস্থার কাছে পাঠানো হয়েছে"),
    "referral_answered": Text("The other body answered", "অন্য সংস্থা উত্তর দিয়েছে"),
    "referral_returned": Text("Nobody accepted the referral in time", "সময়ের মধ্যে কেউ রেফারেল গ্রহণ করেনি"),
    "referral_revoked": Text("A referral was taken back", "রেফারেল ফিরিয়ে নেওয়া হয়েছে"),
    "call": Text("The person called the call centre", "তিনি কল সেন্টারে ফোন করেছেন"),
    "contacted": Text("Somebody spoke with the person", "ব্যক্তির সঙ্গে কথা হয়েছে"),
    "consent_given": Text("A consent was given", "সম্মতি দেওয়া হয়েছে"),
    "consent_withdrawn": Text("A consent was taken back", "সম্মতি ফিরিয়ে নেওয়া হয়েছে"),
    "merged": Text("Joined with another complaint", "অন্য অভিযোগের সঙ্গে যুক্ত হয়েছে"),
    "commented": Text("A remark was added", "মন্তব্য যোগ হয়েছে"),
}
# What a party may follow: the steps, without who took them and what officers wrote.
FOR_PARTIES: Final = frozenset(
    {
        *("lodged", "taken", "transferred", "investigation_begun", "investigated", "hearing_set", "hearing_held"),
        *("hearing_adjourned", "mediation_begun", "arbitration_begun", "settled", "waiting", "resumed", "decided", "reopened"),
        *("appealed", "appeal_ended", "merged"),
    }
)


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
        label=Bilingual.of(HAPPENINGS.get(one.kind, Text(one.kind, one.kind))),
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
