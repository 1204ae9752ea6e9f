"""A proposal as an officer sees it."""

from contracts.likeness import GRADE_WORDS, KEY_WORDS, Grade, Key
from contracts.text import Bilingual
from services.reintegration.matching.models import MatchProposal
from services.reintegration.matching.rules import Decision
from services.reintegration.matching.schemas import MatchOut, ReasonOut


def match_of(proposal: MatchProposal) -> MatchOut:
    words = {code: KEY_WORDS[Key(code)] for code in proposal.reasons}
    return MatchOut(
        id=proposal.id,
        returnee_id=proposal.returnee_id,
        other_id=proposal.other_id,
        grade=Grade(proposal.grade),
        grade_label=Bilingual.of(GRADE_WORDS[Grade(proposal.grade)]),
        reasons=[ReasonOut(code=code, en=one.en, bn=one.bn) for code, one in words.items()],
        proposed_at=proposal.proposed_at,
        decision=Decision(proposal.decision) if proposal.decision else None,
        decided_at=proposal.decided_at,
    )
