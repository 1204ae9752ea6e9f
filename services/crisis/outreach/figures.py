"""The statements behind the figures of reach and the list of people: aggregates over one chain of warnings.

At 100,000 recipients each is one scan of recipient_root, some 200 ms; a page of a wing reads only its own countries.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import MAXYEAR, datetime
from typing import Any, Final
from uuid import UUID

from sqlalchemy import Row, text
from sqlalchemy.ext.asyncio import AsyncSession

NARROWED: Final = "(cast(:countries as text[]) is null or r.country = any(cast(:countries as text[])))"
PERSONS: Final = f"""
    select r.person, max(r.country) as country, max(r.language) as language, max(cardinality(r.flags)) as burden, max(r.flags) as flags,
           min(r.handed_at) as handed_at, bool_or(r.state in ('sent', 'accepted', 'delivered') and r.channel <> 'visit') as is_handed,
           bool_or(r.state = 'delivered') as is_delivered,
           bool_and(r.channel = 'push')
               filter (where r.state in ('sent', 'accepted', 'delivered') and r.channel <> 'visit') as is_only_pushed,
           bool_or(r.channel in ('visit', 'none')) as is_to_visit,
           jsonb_object_agg(r.channel, r.state order by r.queued_at) as ways
    from recipient r where r.root = :root and r.kind = 'person' and {NARROWED}
    group by r.person
"""  # noqa: S608 - words of ours
TOTALS: Final = text(f"""
with persons as ({PERSONS})
select coalesce(c.status, 'unreached') as status, count(*) as people, count(*) filter (where is_handed) as handed,
       count(*) filter (where is_delivered) as delivered, count(*) filter (where is_only_pushed) as only_pushed,
       count(*) filter (where is_to_visit and c.status is null) as to_visit
from persons p left join checkin_current c on c.root = :root and c.person = p.person
group by 1
""")  # noqa: S608
MESSAGES: Final = text(f"""
select purpose, lane, channel, state, reason, count(*) as messages from recipient r
where r.alert_id = :alert and {NARROWED} group by 1, 2, 3, 4, 5 order by 1, 2, 3, 4
""")  # noqa: S608
HANDED: Final = text(f"""
with persons as (
    select r.person, min(r.handed_at) as handed_at from recipient r
    where r.alert_id = :alert and r.purpose in ('warn', 'update') and r.channel not in ('visit', 'none') and r.state <> 'suppressed'
      and {NARROWED}
    group by r.person
)
select min(handed_at) as first, percentile_disc(array[0.5, 0.9, 0.99]) within group (order by coalesce(handed_at, 'infinity')) as parts
from persons
""")  # noqa: S608
PEOPLE: Final = text(f"""
with persons as ({PERSONS})
select p.*, coalesce(c.status, 'unreached') as status, c.reporter, c.is_assumed, c.is_contradicted, c.people_with, c.needs, c.observed_at
from persons p left join checkin_current c on c.root = :root and c.person = p.person
where (cast(:status as text) is null or coalesce(c.status, 'unreached') = :status)
  and (cast(:flag as text) is null or :flag = any(p.flags))
  and (cast(:burden as integer) is null or (-p.burden, p.person) > (-cast(:burden as integer), cast(:person as uuid)))
order by -p.burden, p.person limit :most
""")  # noqa: S608

STANDING: Final = text("""
select distinct on (r.person) r.person, c.status
from recipient r left join checkin_current c on c.root = r.root and c.person = r.person
where r.root = any(cast(:roots as uuid[])) and r.kind = 'person'
order by r.person, c.observed_at desc nulls last
""")


async def standing(session: AsyncSession, roots: Sequence[UUID]) -> Mapping[UUID, str | None]:
    """Everybody who was warned in these chains, each once, with the last that holds of them; None for who has not answered."""
    found = await session.execute(STANDING, {"roots": list(roots)})
    return {UUID(str(person)): status for person, status in found}


def _narrow(countries: frozenset[str] | None) -> Mapping[str, Any]:
    return {"countries": None if countries is None else sorted(countries)}


async def totals(session: AsyncSession, root: UUID, countries: frozenset[str] | None) -> Sequence[Row[Any]]:
    """One row for each status, `unreached` for who has none."""
    return (await session.execute(TOTALS, {"root": root, **_narrow(countries)})).all()


async def messages(session: AsyncSession, alert: UUID, countries: frozenset[str] | None) -> Sequence[Row[Any]]:
    return (await session.execute(MESSAGES, {"alert": alert, **_narrow(countries)})).all()


async def handed(session: AsyncSession, alert: UUID, countries: frozenset[str] | None) -> tuple[datetime | None, Sequence[datetime | None]]:
    """When the first was handed over, and when 50, 90 and 99 in a hundred of those who can be reached; None for what did not come yet."""
    found = (await session.execute(HANDED, {"alert": alert, **_narrow(countries)})).one()
    return found.first, [one if isinstance(one, datetime) and one.year < MAXYEAR else None for one in found.parts or [None] * 3]


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which people: of one status, of one vulnerable group; None is all. `after`: where the page before ended."""

    status: str | None
    flag: str | None
    after: tuple[int, UUID] | None
    most: int


async def people(session: AsyncSession, root: UUID, countries: frozenset[str] | None, wanted: Wanted) -> Sequence[Row[Any]]:
    """The vulnerable first: by how much they bear."""
    burden, person = wanted.after or (None, None)
    asked = {
        "root": root,
        "status": wanted.status,
        "flag": wanted.flag,
        "burden": burden,
        "person": person,
        "most": wanted.most,
        **_narrow(countries),
    }
    return (await session.execute(PEOPLE, asked)).all()


async def relays_reached(session: AsyncSession, root: UUID) -> int:
    counted = text(
        "select count(distinct person) from recipient where root = :root and kind = 'relay' and state in ('sent', 'accepted', 'delivered')"
    )
    return int(await session.scalar(counted, {"root": root}) or 0)
