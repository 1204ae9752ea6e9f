"""Use cases after publication: the agency asks another office to look again; a person confirms or dismisses a correction."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import UTC, date, datetime
from typing import Any, Final
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from contracts.agencies import ClassificationReviewed
from contracts.text import Bilingual
from kit import reference
from kit.access_log import record_access
from kit.auth import Caller
from kit.crypto import Keyring
from kit.ids import new_id
from kit.outbox import emit
from kit.paging import Paging
from kit.versions import check_version
from services.agencies.ratings import repository as ratings
from services.agencies.ratings import rules as method
from services.agencies.ratings.canonical import canonical
from services.agencies.ratings.service import rule_set_of
from services.agencies.redress import views
from services.agencies.redress.schemas import CorrectionDecisionIn, FileOut, ReviewDecisionIn, ReviewIn
from services.agencies.redress.views import CORRECTION_REASONS, GROUNDS, REASONS
from services.agencies.repository import find_agency
from services.agencies.rules import ClassCode, UnknownLicenceError
from services.agencies.runs import repository, rules, signature
from services.agencies.runs.models import Correction, Published, Review
from services.agencies.runs.periods import PERIODS
from services.agencies.runs.schemas import ResultOut
from services.agencies.runs.service import day_of, read_replies, tell
from services.agencies.runs.views import provisional_view, result_view
from services.agencies.views import published_of, view_of

REFERENCE: Final = "V"


async def read_file(session: AsyncSession, caller: Caller, keyring: Keyring, licence: str) -> FileOut:
    """Everything about one agency's class, for itself and for officers. Raises `UnknownLicenceError`."""
    listed = await find_agency(session, licence)
    if listed is None:
        raise UnknownLicenceError
    now = datetime.now(UTC)
    day = day_of(now)
    shown = view_of(listed, day)
    current = listed.classification
    since, until = method.period(rule_set_of(current.rule_set, current.rule_set_version), day)
    facts = await repository.list_facts(session, licence, since, until, now)
    review = await repository.find_last_review(session, licence)
    if review is not None:
        await record_access(session, caller, [review.id], record_type="review", purpose="classification", fields=["grounds", "reasons"])
    return FileOut(
        licence=licence,
        name=shown.name,
        licensed=shown.licensed,
        status_label=shown.status_label,
        published=shown.published,
        history=[published_of(one) for one in await repository.list_published(session, licence)],
        provisional=shown.provisional,
        now=provisional_view(listed.agency, current, facts, day),
        noticed=await _noticed(session, caller, keyring, licence),
        review=views.review_view(review, keyring, day) if review is not None else None,
        review_until=_review_until(listed.published, review, day),
        periods=Bilingual.of(PERIODS.notice),
    )


async def _noticed(session: AsyncSession, caller: Caller, keyring: Keyring, licence: str) -> ResultOut | None:
    run = await repository.find_noticed(session, licence)
    found = await repository.find_rating(session, run.id, licence) if run is not None else None
    if run is None or found is None:
        return None
    facts = await repository.list_facts(session, licence, run.period_from, run.as_of, run.known_at)
    return result_view(found, run, facts, await read_replies(session, caller, run.id, licence), keyring)


def _review_until(published: Published | None, review: Review | None, today: date) -> date | None:
    if published is None or published.kind == "review" or (review is not None and review.published == published.id):
        return None
    last = rules.review_until(PERIODS, day_of(published.published_at))
    return last if today <= last else None


async def ask_review(session: AsyncSession, caller: Caller, keyring: Keyring, licence: str, asked: ReviewIn) -> Review:
    """Of the class in force, once; what a review put in place is final.

    Raises `NothingPublishedError`, `ReviewDecidedError`, `ReviewTimeOverError`, `ReviewAskedError`.
    """
    published = await repository.lock_in_force(session, licence)
    if published is None:
        raise rules.NothingPublishedError
    if published.kind == "review":
        raise rules.ReviewDecidedError
    now = datetime.now(UTC)
    rules.check_review(published_on=day_of(published.published_at), today=day_of(now), periods=PERIODS)
    review = Review(
        id=new_id(),
        version=1,
        reference=reference.make(REFERENCE),
        published=published.id,
        licence=licence,
        status="asked",
        grounds=keyring.seal(asked.grounds, GROUNDS),
        asked_by=caller.subject,
        asked_at=now,
        decide_by=rules.decide_by(PERIODS, day_of(now)),
        class_before=published.class_code,
    )
    if not await repository.add_review(session, review):
        raise rules.ReviewAskedError
    return review


async def list_reviews(session: AsyncSession, caller: Caller, paging: Paging, status: str | None) -> list[Review]:
    """Their grounds may name people: each that is shown is noted."""
    found = await repository.list_reviews(session, paging, status)
    ids = [one.id for one in found[: paging.limit]]
    await record_access(session, caller, ids, record_type="review", purpose="classification", fields=["grounds", "reasons"])
    return found


async def decide_review(
    session: AsyncSession, caller: Caller, keyring: Keyring, review_id: UUID, decision: ReviewDecisionIn, expected: int
) -> Review:
    """By another person in another office; final. An upheld review corrects the class at once, dated and signed.

    Raises `UnknownReviewError`, `ReviewDecidedError`, `OtherOfficeError`, `ReviewedClassError`.
    """
    review = await repository.lock_review(session, review_id)
    if review is None:
        raise rules.UnknownReviewError
    check_version(expected, review.version)
    if review.status == "decided":
        raise rules.ReviewDecidedError
    published = await repository.find_published(session, review.published)
    run = await repository.find_run(session, published.run) if published is not None else None
    if published is None or run is None:
        raise rules.UnknownReviewError
    involved = {run.author, run.noticed_by or "", run.approved_by or "", published.published_by}
    rules.check_reviewer(subject=caller.subject, offices=caller.org, involved=involved, periods=PERIODS)
    rules.check_reviewed_class(decision.outcome, decision.class_, ClassCode(review.class_before))
    now = datetime.now(UTC)
    if decision.class_ is not None:
        # A review stands by its own reasons: what is computed stays beside it, and the points say what it was computed from.
        change = _Change("review", decision.class_.value, published.result, published.inputs)
        await _replace(session, keyring, published, change, caller, now)
    await _tell_review(session, published, decision, now)
    return await repository.change_review(
        session,
        review,
        status="decided",
        outcome=decision.outcome.value,
        class_code=decision.class_.value if decision.class_ is not None else None,
        reasons=keyring.seal(decision.reasons, REASONS),
        decided_by=caller.subject,
        decided_office=PERIODS.review_office,
        decided_at=now,
    )


async def list_corrections(session: AsyncSession, paging: Paging, status: str | None) -> list[Correction]:
    return await repository.list_corrections(session, paging, status)


async def decide_correction(
    session: AsyncSession, caller: Caller, keyring: Keyring, correction_id: UUID, decision: CorrectionDecisionIn, expected: int
) -> Correction:
    """Confirmed, the new class is published, dated and signed; dismissed, the old one stays and goes on being shown as changed since.

    Raises `UnknownCorrectionError`, `CorrectionDecidedError`.
    """
    correction = await repository.lock_correction(session, correction_id)
    if correction is None:
        raise rules.UnknownCorrectionError
    check_version(expected, correction.version)
    published = await repository.find_published(session, correction.published)
    if correction.status != "proposed" or published is None:
        raise rules.CorrectionDecidedError
    now = datetime.now(UTC)
    decided = await repository.change_correction(
        session,
        correction,
        status="confirmed" if decision.is_confirmed else "dismissed",
        decided_by=caller.subject,
        decided_at=now,
        reasons=keyring.seal(decision.reasons, CORRECTION_REASONS),
    )
    if decision.is_confirmed:
        chosen = rule_set_of(published.rule_set, published.rule_set_version)
        known = await ratings.list_known(session, chosen, published.as_of, now, [published.licence])
        then = published.inputs
        inputs = method.input_document(known[0].inputs, chosen) | {"status": then["status"], "valid_until": then["valid_until"]}
        await _replace(session, keyring, published, _Change("correction", correction.class_code, correction.result, inputs), caller, now)
    return decided


@dataclass(frozen=True, slots=True)
class _Change:
    """What takes the place of a published class, and on which result and data."""

    kind: str
    class_code: str
    result: dict[str, Any]
    inputs: dict[str, Any]


async def _replace(session: AsyncSession, keyring: Keyring, old: Published, change: _Change, caller: Caller, now: datetime) -> None:
    """The class in force from now on, with a statement of its own that names what it replaces."""
    new = {
        "id": new_id(),
        "agency_id": old.agency_id,
        "licence": old.licence,
        "run": old.run,
        "points": change.result["points"],
        "rule_set": old.rule_set,
        "rule_set_version": old.rule_set_version,
        "as_of": old.as_of,
        "published_at": now,
        "published_by": caller.subject,
        **asdict(change),
    }
    statement = canonical(_statement(new, old, change))
    await repository.put_in_force(session, [new | {"statement": statement, "signature": signature.sign(statement, keyring)}], now)
    await tell(session, [(old.agency_id, old.licence, change.class_code, old.class_code)], old, now)


def _statement(new: Mapping[str, Any], old: Published, change: _Change) -> dict[str, Any]:
    chosen = rule_set_of(old.rule_set, old.rule_set_version)
    return {
        "type": "bd.probashi.agencies.classification-correction.v1",
        "id": str(new["id"]),
        "replaces": str(old.id),
        "run": str(old.run),
        "kind": change.kind,
        "licence": old.licence,
        "class": change.class_code,
        "class_before": old.class_code,
        "rule_set": {"name": chosen.name, "version": chosen.version, "sha256": method.rule_set_hash(chosen)},
        "data_sha256": method.hash_of([change.inputs]),
        "result_sha256": method.hash_of([change.result]),
        "published_at": new["published_at"].isoformat(),
    }


async def _tell_review(session: AsyncSession, published: Published, decision: ReviewDecisionIn, now: datetime) -> None:
    event = ClassificationReviewed(
        licence=published.licence,
        outcome=decision.outcome.value,
        class_code=decision.class_.value if decision.class_ is not None else published.class_code,
        previous_class_code=published.class_code,
        decided_at=now,
    )
    versions = await ratings.next_versions(session, [published.agency_id])
    await emit(session, event, subject=published.agency_id, sequence=versions[published.agency_id])
