"""A registration abroad that may be the returnee's, as an officer sees it."""

from collections.abc import Sequence
from typing import Final

from contracts.likeness import GRADE_WORDS, KEY_WORDS, Grade, Key
from contracts.text import Bilingual
from services.reintegration.abroad.models import AbroadCandidate, AbroadQuestion
from services.reintegration.abroad.rules import Asked
from services.reintegration.abroad.schemas import AbroadOut, CandidateOut
from services.reintegration.matching.rules import Decision
from services.reintegration.matching.schemas import ReasonOut

# Names of fields for the access log.
SHOWN: Final = ("registered_abroad",)


def abroad_of(question: AbroadQuestion | None, rows: Sequence[AbroadCandidate]) -> AbroadOut:
    answered_at = question.answered_at if question else None
    asked = Asked.NEVER if question is None else Asked.WAITING if answered_at is None else Asked.ANSWERED
    attempts = question.attempts if question else 0
    return AbroadOut(asked=asked, answered_at=answered_at, attempts=attempts, items=[candidate_of(one) for one in rows])


def candidate_of(one: AbroadCandidate) -> CandidateOut:
    words = {code: KEY_WORDS[Key(code)] for code in one.reasons}
    return CandidateOut(
        **one.model_dump(include={"id", "version", "country", "registered_on", "decided_at"}),
        grade=Grade(one.grade),
        grade_label=Bilingual.of(GRADE_WORDS[Grade(one.grade)]),
        reasons=[ReasonOut(code=code, en=said.en, bn=said.bn) for code, said in words.items()],
        decision=Decision(one.decision) if one.decision else None,
        register_told=one.decision == Decision.SAME and not one.owes_word,
    )
