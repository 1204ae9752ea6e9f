"""What the person whose complaint it is sees of it."""

from collections.abc import Sequence

from contracts.text import Bilingual
from kit.spoken import keypad_number, spoken
from services.complaints import rules as core
from services.complaints.attachments.models import Attachment
from services.complaints.attachments.rules import KIND_WORDS
from services.complaints.clocks.clock_list import CLOCKS
from services.complaints.clocks.models import Deadline
from services.complaints.models import Complaint
from services.complaints.schemas import TAXONOMY
from services.complaints.tracking import rules
from services.complaints.tracking.schemas import DeadlineOut, DocumentOut, MayOut, SecretOut, SpokenOut, StatusOut
from services.complaints.views import office_name


def status_of(
    complaint: Complaint, followed: Complaint, documents: Sequence[Attachment], deadlines: Sequence[DeadlineOut], offers: tuple[bool, bool]
) -> StatusOut:
    """`followed`: where a merged one goes on. Of that one only how it stands and at which office: no reference, no words, no file."""
    hidden = complaint.restricted or followed.restricted
    category = TAXONOMY.category(complaint.category) if TAXONOMY.has(complaint.category) else None
    return StatusOut(
        reference=complaint.reference,
        restricted=hidden,
        status_label=None if hidden else Bilingual.of(core.STATUS_WORDS[core.Status(followed.status)]),
        category=None if hidden or category is None else Bilingual(en=category.en, bn=category.bn),
        office=None if hidden else office_name(followed.office),
        lodged_at=None if hidden else complaint.lodged_at,
        next_step=Bilingual.of(rules.NEXT_OPEN if hidden else rules.next_words(followed.status)),
        deadlines=[] if hidden else list(deadlines),
        documents=[] if hidden else [_document(one) for one in documents],
        may=_may(complaint, offers),
    )


def deadlines_of(deadlines: Sequence[Deadline]) -> list[DeadlineOut]:
    """What offices owe by when, soonest first; what is done or called off is left out."""
    mine = [one for one in deadlines if one.ended_at is None and one.due_at is not None and one.clock in CLOCKS.by_code]
    owed = [one for one in mine if CLOCKS.by_code[one.clock].whose == "office"]
    named = [DeadlineOut(name=Bilingual.of(CLOCKS.by_code[one.clock].name), due=one.due_at) for one in owed if one.due_at is not None]
    return sorted(named, key=lambda one: one.due)


def _may(complaint: Complaint, offers: tuple[bool, bool]) -> MayOut:
    """A page spares people what the service would refuse; the service judges again."""
    over = core.category_of(core.Status(complaint.status)) is core.Category.RESOLVED
    withdraw, appeal = offers
    return MayOut(add_document=not over, withdraw=withdraw, appeal=appeal, give_feedback=False)


def _document(one: Attachment) -> DocumentOut:
    return DocumentOut(kind=one.kind, kind_label=Bilingual.of(KIND_WORDS[one.kind]), at=one.at, size=one.size)


def secret_of(reference: str, secret: str) -> SecretOut:
    return SecretOut(
        reference=reference,
        secret=secret,
        spoken_reference=Bilingual.of(spoken(reference)),
        spoken_secret=Bilingual.of(spoken(secret)),
        keypad_number=keypad_number(reference),
    )


def said(complaint: Complaint, followed: Complaint) -> SpokenOut:
    """For a voice: nothing of a restricted complaint but that somebody works on it. `followed`: where a merged one goes on."""
    if complaint.restricted or followed.restricted:
        return SpokenOut(say=Bilingual.of(rules.NEXT_OPEN))
    words, label = rules.next_words(followed.status), core.STATUS_WORDS[core.Status(followed.status)]
    return SpokenOut(say=Bilingual(en=f"{label.en}. {words.en}", bn=f"{label.bn}। {words.bn}"))
