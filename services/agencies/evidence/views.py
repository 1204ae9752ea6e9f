"""What an officer sees of a fact, and what the agency sees: nothing in it by which a complainant could be recognised."""

from typing import Any

from contracts.text import Bilingual, Text
from kit.crypto import Keyring
from services.agencies.evidence.models import Document, Fact, FactAnswer, Strike
from services.agencies.evidence.rules import BY_MONTH, KIND_WORDS, OUTCOME_WORDS, Kind, month
from services.agencies.evidence.schemas import AnswerOut, CountOut, DocumentOut, FactOut, FileOut, OfficerFactOut, StrikeOut, YearOut
from services.agencies.evidence.service import ANSWER, NAME, File

FEWER_THAN = 5
UPHELD = Text("Complaints upheld", "প্রমাণিত অভিযোগ")
PARTLY = Text("Complaints upheld in part", "আংশিক প্রমাণিত অভিযোগ")
ORDERS = Text("Redress ordered", "ক্ষতিপূরণের আদেশ")
UNPAID = Text("Redress not paid in full", "সম্পূর্ণ পরিশোধ হয়নি এমন ক্ষতিপূরণ")


def officer_view(fact: Fact, strike: Strike | None) -> OfficerFactOut:
    own = {"record": fact.record, "sex": fact.sex, "source_ref": fact.source_ref, "recorded_by": fact.recorded_by}
    return OfficerFactOut.model_validate(_shown(fact, strike) | own)


def agency_view(fact: Fact, strike: Strike | None) -> FactOut:
    """Of what was found out from a worker only the month."""
    by_month = Kind(fact.kind) in BY_MONTH
    coarse = {"happened_on": month(fact.happened_on), "month_only": True} if by_month else {}
    return FactOut.model_validate(_shown(fact, strike) | coarse)


def _shown(fact: Fact, strike: Strike | None) -> dict[str, Any]:
    kind = Kind(fact.kind)
    is_fee = kind is Kind.FEE_CHARGED and fact.amount is not None
    words = OUTCOME_WORDS.get(fact.outcome or "")
    return {
        **fact.model_dump(
            include={
                "id", "kind", "happened_on", "country", "category", "outcome", "amount", "currency", "ceiling", "ceiling_rule", "workers",
                "days", "source", "recorded_at",
            }
        ),
        "label": Bilingual.of(KIND_WORDS[kind]),
        "month_only": False,
        "outcome_label": Bilingual.of(words) if words else None,
        "above_ceiling": (fact.amount or 0) > fact.ceiling if is_fee and fact.ceiling is not None else None,
        "above_zero": (fact.amount or 0) > 0 if is_fee else None,
        "struck": strike is not None and strike.struck,
        "struck_reason": strike.reason if strike is not None and strike.struck else None,
    }  # fmt: skip


def strike_view(strike: Strike) -> StrikeOut:
    return StrikeOut.model_validate(strike.model_dump())


def answer_view(answer: FactAnswer, keyring: Keyring) -> AnswerOut:
    return AnswerOut(id=answer.id, fact=answer.fact, words=keyring.open(answer.words, ANSWER), answered_at=answer.answered_at)


def document_view(document: Document, keyring: Keyring) -> DocumentOut:
    return DocumentOut.model_validate(document.model_dump() | {"name": keyring.open(document.name, NAME)})


def count(code: str, words: Text, number: int) -> CountOut:
    small = number < FEWER_THAN
    return CountOut(code=code, label=Bilingual.of(words), count=None if small else number, fewer_than=FEWER_THAN if small else None)


def file_view(file: File, keyring: Keyring) -> FileOut:
    measures, strikes = file.measures, file.strikes
    return FileOut(
        licence=file.agency.licence,
        since=file.since,
        until=file.until,
        evidence_changed_at=file.agency.evidence_changed_at,
        deployed=[YearOut(year=year, workers=workers) for year, workers in file.deployed],
        complaints=[count("upheld", UPHELD, measures.upheld), count("partly", PARTLY, measures.partly)],
        orders=count("orders", ORDERS, measures.orders),
        orders_unpaid=count("orders_unpaid", UNPAID, measures.orders_unpaid),
        facts=[agency_view(fact, strikes.get(fact.id)) for fact in file.facts],
        answers=[answer_view(one, keyring) for one in file.answers],
        documents=[document_view(one, keyring) for one in file.documents],
    )
