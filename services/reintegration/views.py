"""What a desk sees of a returnee: sealed fields are opened here, for those who may see the record at all."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from contracts.text import Bilingual
from kit.crypto import Keyring
from services.reintegration import rules
from services.reintegration.lists import choice
from services.reintegration.models import ReintegrationCase, ReturneeDocument
from services.reintegration.repository import Record
from services.reintegration.schemas import (
    LISTS,
    CaseOut,
    CaseReceiptOut,
    ChoiceOut,
    DocumentOut,
    ReceiptOut,
    ReturneeOut,
    ReturneeRow,
)

# Names of fields for the access log.
LISTED: Final = ("reference", "name", "return", "case")
SHOWN: Final = (*LISTED, "phone", "documents")


def receipt_of(returnee_id: UUID, reference: str, now: datetime) -> ReceiptOut:
    return ReceiptOut(id=returnee_id, reference=reference, registered_at=now, next_step=Bilingual.of(rules.AFTER_REGISTRATION))


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


def view_of(record: Record, papers: Sequence[ReturneeDocument], keyring: Keyring) -> ReturneeOut:
    return ReturneeOut.model_validate(
        {
            **_row(record, keyring),
            "phone": _opened(keyring, record.returnee.phone, "returnee.phone"),
            "documents": [_document(paper, keyring) for paper in papers],
            "case": _case(record.case) if record.case else None,
        }
    )


def _row(record: Record, keyring: Keyring) -> dict[str, Any]:
    returnee = record.returnee
    return {
        **returnee.model_dump(exclude={"name", "name_bn", "phone", "phone_index"}),
        "name": _opened(keyring, returnee.name, "returnee.name"),
        "name_bn": _opened(keyring, returnee.name_bn, "returnee.name_bn"),
        "return_reason_label": Bilingual.of(choice(LISTS.reasons, returnee.return_reason).words),
        "case_reference": record.case.reference if record.case else None,
    }


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


def _opened(keyring: Keyring, sealed: bytes | None, column: str) -> str | None:
    return keyring.open(sealed, column) if sealed is not None else None
