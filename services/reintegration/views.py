"""What a desk sees of a returnee: sealed fields are opened here, for those who may see the record at all."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any, Final

from contracts.text import Bilingual, Text
from kit.crypto import Keyring
from services.reintegration import rules
from services.reintegration.lists import choice
from services.reintegration.models import ArrivalService, ReintegrationCase, Returnee, ReturneeDocument
from services.reintegration.repository import Record
from services.reintegration.schemas import (
    LISTS,
    ArrivalOut,
    CaseOut,
    CaseReceiptOut,
    ChoiceOut,
    DocumentOut,
    GuardianIn,
    ReceiptOut,
    ReturneeIn,
    ReturneeOut,
    ReturneeRow,
)

# Names of fields for the access log.
LISTED: Final = ("reference", "name", "return", "case")
SHOWN: Final = (*LISTED, "phone", "documents", "family", "guardian", "owed", "arrival", "flags")


def receipt_of(returnee: Returnee, notes: Sequence[Text], matches: int) -> ReceiptOut:
    return ReceiptOut(
        id=returnee.id,
        reference=returnee.reference,
        registered_at=returnee.registered_at,
        next_step=Bilingual.of(rules.AFTER_REGISTRATION),
        urgent=[ChoiceOut.chosen(LISTS.flag(one)) for one in returnee.flags],
        matches=matches,
        notes=[Bilingual.of(one) for one in notes],
    )


def notes_on(returnee: ReturneeIn, now: datetime) -> list[Text]:
    """What the officer may look at once more; nothing of it stops a registration."""
    odd = [rules.odd_paper(one.kind, one.number, returnee.birth_year) for one in returnee.documents if one.number]
    return [one for one in (*odd, rules.odd_clock(returnee.device_at, now)) if one is not None]


def _looked_at_again(returnee: Returnee, papers: Sequence[DocumentOut]) -> list[Text]:
    odd = [rules.odd_paper(one.kind, one.number, returnee.birth_year) for one in papers if one.number]
    return [one for one in (*odd, rules.odd_clock(returnee.device_at, returnee.registered_at)) if one is not None]


def case_receipt_of(case: ReintegrationCase, returnee_reference: str) -> CaseReceiptOut:
    return CaseReceiptOut(
        id=case.id,
        reference=case.reference,
        returnee_reference=returnee_reference,
        status=rules.CaseStatus(case.status),
        status_label=_status(case),
        plan_due=case.plan_due,
        opened_at=case.opened_at,
        next_step=Bilingual.of(rules.after_opening(case.plan_due)),
    )


def row_of(record: Record, keyring: Keyring) -> ReturneeRow:
    return ReturneeRow.model_validate(_row(record, keyring))


def view_of(record: Record, papers: Sequence[ReturneeDocument], arrival: Sequence[ArrivalService], keyring: Keyring) -> ReturneeOut:
    returnee = record.returnee
    guardian = _opened(keyring, returnee.guardian, "returnee.guardian")
    shown = [_document(paper, keyring) for paper in papers]
    sealed = ("phone", "second_phone", "father", "mother", "village")
    return ReturneeOut.model_validate(
        {
            **_row(record, keyring),
            **{name: _opened(keyring, getattr(returnee, name), f"returnee.{name}") for name in sealed},
            "guardian": GuardianIn.model_validate_json(guardian) if guardian else None,
            "owed": [ChoiceOut.chosen(choice(LISTS.owed, code)) for code in returnee.owed],
            "arrival": [_arrival(one) for one in arrival],
            "documents": shown,
            "notes": [Bilingual.of(one) for one in _looked_at_again(returnee, shown)],
            "case": _case(record.case) if record.case else None,
        }
    )


def _row(record: Record, keyring: Keyring) -> dict[str, Any]:
    returnee = record.returnee
    return {
        **returnee.model_dump(exclude=_SEALED),
        "flags": [ChoiceOut.chosen(choice(LISTS.flags, code)) for code in returnee.flags],
        **names_of(returnee, keyring),
        "return_reason_label": Bilingual.of(choice(LISTS.reasons, returnee.return_reason).words),
        "case_reference": record.case.reference if record.case else None,
    }


_SEALED: Final = {"name", "name_bn", "phone", "phone_index", "second_phone", "father", "mother", "village", "guardian", "owed", "flags"}


def _arrival(one: ArrivalService) -> ArrivalOut:
    words = choice(LISTS.arrival_services, one.kind).words
    return ArrivalOut(kind=one.kind, kind_label=Bilingual.of(words), outcome=one.outcome, noted_at=one.noted_at)


def _document(paper: ReturneeDocument, keyring: Keyring) -> DocumentOut:
    return DocumentOut(
        kind=paper.kind,
        kind_label=Bilingual.of(choice(LISTS.document_kinds, paper.kind).words),
        number=_opened(keyring, paper.number, "returnee_document.number"),
    )


def _case(case: ReintegrationCase) -> CaseOut:
    return CaseOut(
        id=case.id,
        reference=case.reference,
        status=rules.CaseStatus(case.status),
        status_label=_status(case),
        needs=[ChoiceOut.chosen(choice(LISTS.needs, code)) for code in case.needs],
        plan_due=case.plan_due,
        opened_at=case.opened_at,
    )


def _status(case: ReintegrationCase) -> Bilingual:
    return Bilingual.of(rules.STATUS_WORDS[rules.CaseStatus(case.status)])


def names_of(returnee: Returnee, keyring: Keyring) -> dict[str, str | None]:
    """As every row of a list names a person, for readers of either script."""
    return {"name": keyring.open(returnee.name, "returnee.name"), "name_bn": _opened(keyring, returnee.name_bn, "returnee.name_bn")}


def _opened(keyring: Keyring, sealed: bytes | None, column: str) -> str | None:
    return keyring.open(sealed, column) if sealed is not None else None
