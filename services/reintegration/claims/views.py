"""A claim as a desk sees it."""

from collections.abc import Sequence
from datetime import datetime

from contracts.money import CURRENCIES
from contracts.text import Bilingual
from kit.crypto import Keyring
from services.reintegration.claims.lists import CLAIMS
from services.reintegration.claims.models import ClaimStep, EarningsClaim
from services.reintegration.claims.rules import STATE_WORDS, State
from services.reintegration.claims.schemas import ClaimListsOut, ClaimOut, ClaimStepOut, LinkOut, LinksOut
from services.reintegration.lists import choice
from services.reintegration.schemas import ChoiceOut


def claim_of(claim: EarningsClaim, steps: Sequence[ClaimStep], keyring: Keyring) -> ClaimOut:
    return ClaimOut.model_validate(
        {
            **claim.model_dump(exclude={"kind", "employer", "ending"}),
            "kind": ChoiceOut.chosen(choice(CLAIMS.kinds, claim.kind)),
            "digits": CURRENCIES[claim.currency],
            "employer": keyring.open(claim.employer, "earnings_claim.employer") if claim.employer else None,
            "ending": ChoiceOut.chosen(choice(CLAIMS.endings, claim.ending)) if claim.ending else None,
            "state_label": Bilingual.of(STATE_WORDS[State(claim.state)]),
            "steps": [_step(one, keyring) for one in steps],
        }
    )


def _step(step: ClaimStep, keyring: Keyring) -> ClaimStepOut:
    return ClaimStepOut(
        kind=ChoiceOut.chosen(choice(CLAIMS.steps, step.kind)),
        done_on=step.done_on,
        amount=step.amount,
        note=keyring.open(step.note, "earnings_claim_step.note") if step.note else None,
    )


def links_of(links: Sequence[tuple[str, datetime]]) -> LinksOut:
    return LinksOut(items=[LinkOut(reference=reference, linked_at=at) for reference, at in links])


def lists_out() -> ClaimListsOut:
    return ClaimListsOut(
        version=CLAIMS.version,
        kinds=[ChoiceOut.chosen(one) for one in CLAIMS.kinds],
        steps=[ChoiceOut.chosen(one) for one in CLAIMS.steps],
        endings=[ChoiceOut.chosen(one) for one in CLAIMS.endings],
        currencies=dict(CURRENCIES),
    )
