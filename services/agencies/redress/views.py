"""Reviews, corrections and an agency's own file as those who may see them are shown them."""

from datetime import date
from typing import Final

from kit.crypto import Keyring
from services.agencies.ratings.views import written
from services.agencies.redress.schemas import CorrectionOut, ReviewOut
from services.agencies.runs.models import Correction, Review

# The columns of what is sealed.
GROUNDS: Final = "review.grounds"
REASONS: Final = "review.reasons"
CORRECTION_REASONS: Final = "correction.reasons"


def review_view(review: Review, keyring: Keyring, today: date) -> ReviewOut:
    return ReviewOut.model_validate(
        {
            "id": review.id,
            "version": review.version,
            "reference": review.reference,
            "licence": review.licence,
            "status": review.status,
            "grounds": keyring.open(review.grounds, GROUNDS),
            "asked_at": review.asked_at,
            "decide_by": review.decide_by,
            "overdue": review.status == "asked" and today > review.decide_by,
            "class_before": review.class_before,
            "outcome": review.outcome,
            "class_after": review.class_code,
            "reasons": keyring.open(review.reasons, REASONS) if review.reasons is not None else None,
            "decided_at": review.decided_at,
        }
    )


def correction_view(one: Correction, keyring: Keyring) -> CorrectionOut:
    return CorrectionOut.model_validate(
        {
            "id": one.id,
            "version": one.version,
            "licence": one.licence,
            "status": one.status,
            "class_before": one.class_before,
            "class_after": one.class_code,
            "points": written(one.points) if one.points is not None else None,
            "proposed_at": one.proposed_at,
            "decided_at": one.decided_at,
            "reasons": keyring.open(one.reasons, CORRECTION_REASONS) if one.reasons is not None else None,
        }
    )
