"""Use cases: outcomes and needs as a reader may know them, and a quarter for everybody."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from datetime import UTC, date, datetime, time, timedelta
from typing import Any, Final, NamedTuple
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from contracts.days import DHAKA
from kit.access_log import record_access
from kit.auth import Caller
from kit.counts import SMALLEST
from kit.quarters import months_of, newest_over
from services.reintegration.outcomes import repository, rules, views
from services.reintegration.outcomes.lists import OUTCOMES, FollowUp
from services.reintegration.outcomes.models import OutcomePublic
from services.reintegration.outcomes.rules import Scope, Sums
from services.reintegration.outcomes.schemas import OutcomesOut, ProfileOut, PublicOut

# What is logged as read: the figures, which are of nobody.
RECORD: Final = UUID("00000000-0000-4000-8000-0000000000f5")
PUBLIC: Final = Scope(restricted=False, exact=False)
YEARS: Final = 2


class Period(NamedTuple):
    """Days of Dhaka, `until` not included."""

    since: date
    until: date

    @property
    def times(self) -> tuple[datetime, datetime]:
        return _midnight(self.since), _midnight(self.until)


def period_of(since: date | None, until: date | None, months: int, *, exact: bool) -> Period:
    """The last `months`, unless told otherwise. Without the records one is given whole months: a day more would tell of one person."""
    today = datetime.now(DHAKA).date()
    first = since or _month(today, -months)
    last = until or today + timedelta(days=1)
    return Period(first, last) if exact else Period(first.replace(day=1), _month(last - timedelta(days=1), 1))


async def outcomes(
    session: AsyncSession, caller: Caller, since: date | None, until: date | None, follow_up: str, help_code: str | None, *, purpose: str
) -> OutcomesOut:
    """Of cases with a first assessment in the period. That it was read is logged."""
    scope = rules.scope_of(caller.roles)
    period = period_of(since, until, 12 * YEARS, exact=scope.exact)
    await record_access(session, caller, [RECORD], record_type="figures", purpose=purpose, fields=rules.GROUPS)
    return await _outcomes(session, scope, period, OUTCOMES.follow_up(follow_up), help_code)


async def profile(session: AsyncSession, caller: Caller, since: date | None, until: date | None, *, purpose: str) -> ProfileOut:
    """Of returnees registered in the period. That it was read is logged."""
    scope = rules.scope_of(caller.roles)
    period = period_of(since, until, 12, exact=scope.exact)
    await record_access(session, caller, [RECORD], record_type="figures", purpose=purpose, fields=rules.DIVISIONS)
    return await _profile(session, scope, period)


async def public(session: AsyncSession, quarter: str | None) -> PublicOut:
    """Of a quarter that is over, the newest unless named; told once, and the same ever after."""
    newest = newest_over(datetime.now(DHAKA).date())
    wanted = quarter if quarter is not None and quarter <= newest else newest
    found = await repository.find_public(session, wanted) or await _publish(session, wanted)
    return PublicOut(
        quarter=wanted,
        made_at=found.made_at if found else None,
        quarters=list(await repository.quarters_published(session)),
        outcomes=OutcomesOut.model_validate(found.content["outcomes"]) if found else None,
        profile=ProfileOut.model_validate(found.content["profile"]) if found else None,
    )


async def _publish(session: AsyncSession, quarter: str) -> OutcomePublic | None:
    """None while there is too little to tell: then a later look may publish it. Outcomes: of those asked again in the quarter."""
    period = Period(*months_of(quarter))
    needs = await _profile(session, PUBLIC, period)
    if needs.registered is None:
        return None
    changes = await _outcomes(session, PUBLIC, period, OUTCOMES.follow_ups[0], None, by_later=True)
    content = {"outcomes": changes.model_dump(mode="json"), "profile": needs.model_dump(mode="json")}
    return await repository.tell_quarter(session, quarter, datetime.now(UTC), content)


async def _outcomes(
    session: AsyncSession, scope: Scope, period: Period, follow_up: FollowUp, help_code: str | None, *, by_later: bool = False
) -> OutcomesOut:
    rows = await repository.count_outcomes(
        session,
        period.times,
        follow_up,
        least_change=OUTCOMES.least_change,
        restricted=scope.restricted,
        help_code=help_code or "",
        by_later=by_later,
    )
    first, followed = None, None
    if not by_later:
        first, followed = await repository.count_followed(session, period.times, follow_up, restricted=scope.restricted)
        if not scope.exact:
            told = rules.told_parts({"followed": followed}, first, exact=False)["followed"]
            first, followed = (first, told) if first >= SMALLEST else (None, None)
    counted = _sums(rows)
    return OutcomesOut(
        since=period.since,
        until=period.until,
        follow_up=follow_up.code,
        follow_up_label=views.words_of(follow_up),
        help=help_code,
        exact=scope.exact,
        smallest=SMALLEST,
        confidence=OUTCOMES.confidence,
        least_change=OUTCOMES.least_change,
        first=first,
        followed=followed,
        dimensions=[views.dimension_of(one, counted[one.code], scope, help_code) for one in views.DIMENSIONS],
        notes=views.notes_on_outcomes(by_later=by_later),
    )


def _sums(rows: Iterable[Any]) -> Mapping[str, views.Counted]:
    """By dimension, then (group, value): those whom the chosen help reached, and the rest."""
    found: dict[str, views.Counted] = {one.code: defaultdict(lambda: (Sums(), Sums())) for one in views.DIMENSIONS}
    for dimension, by, value, reached, *numbers in rows:
        inside, outside = found[dimension][(by, value)]
        sums = Sums(*(int(one) for one in numbers))
        found[dimension][(by, value)] = (inside + sums, outside) if reached else (inside, outside + sums)
    return found


async def _profile(session: AsyncSession, scope: Scope, period: Period) -> ProfileOut:
    registered: dict[str, dict[str, int]] = defaultdict(dict)
    for by, value, returnees in await repository.count_registered(session, period.times, restricted=scope.restricted):
        registered[by][value] = returnees
    needs: dict[tuple[str, str], dict[str, int]] = defaultdict(dict)
    for need, by, value, returnees in await repository.count_needs(session, period.times, restricted=scope.restricted):
        needs[need, by][value] = returnees
    whole, asked = registered["all"].get("", 0), needs["", "all"].get("", 0)
    is_told, is_asked_told = (
        scope.exact or whole >= SMALLEST,
        scope.exact or rules.told_parts({"asked": asked}, whole, exact=False)["asked"],
    )
    return ProfileOut(
        since=period.since,
        until=period.until,
        exact=scope.exact,
        smallest=SMALLEST,
        confidence=OUTCOMES.confidence,
        registered=whole if is_told else None,
        divisions=views.divisions_of(registered, rules.DIVISIONS, scope) if is_told else [],
        owed=views.owed_of(registered["owed"], whole, scope) if is_told else [],
        asked=asked if is_asked_told else None,
        asked_groups=views.divisions_of({by: needs["", by] for by in rules.PROFILE_GROUPS}, rules.PROFILE_GROUPS, scope)
        if is_asked_told
        else [],
        needs=views.needs_of(needs, asked, scope) if is_asked_told else [],
        notes=views.notes_on_profile(),
    )


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time(), DHAKA)


def _month(day: date, further: int) -> date:
    """The first day of the month so many months further."""
    year, month = divmod(day.year * 12 + day.month - 1 + further, 12)
    return date(year, month + 1, 1)
