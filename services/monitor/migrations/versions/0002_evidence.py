"""Evidence with its dimensions, the map as rows, and the figures kept per activity and month.

Facts of before have no dimensions: they count in every total and in no division. Figures are made by the first start of this code.
`tally` goes: while this step runs the monitor is away for seconds, and events wait in their streams.
"""

from alembic import op

revision = "0002"
down_revision = "0001"

STATEMENTS = """
alter table fact
    add column district text not null default '',
    add column country text not null default '',
    add column sex text not null default 'unknown',
    add column age_band text not null default 'unknown',
    add column received_at timestamptz not null default now();;
update fact set received_at = happened_at;;
drop table tally;;
create table activity_mapping (
    event_type text not null,
    activity text not null,
    since date not null,
    until date check (until > since),
    primary key (event_type, activity, since)
);;
create table figures_state (
    id smallint primary key check (id = 1),
    map_version integer not null,
    map_digest text not null,
    publication_version integer not null,
    cut_off_days integer not null check (cut_off_days >= 0),
    rebuilt_at timestamptz not null
);;
create table evidence_figure (
    activity text not null,
    event_type text not null,
    month date not null check (extract(day from month) = 1),
    district text not null,
    country text not null,
    sex text not null,
    age_band text not null,
    late boolean not null,
    facts bigint not null check (facts > 0),
    primary key (activity, month, event_type, district, country, sex, age_band, late)
);;
create table evidence_month (
    activity text not null,
    event_type text not null,
    month date not null check (extract(day from month) = 1),
    late boolean not null,
    facts bigint not null check (facts > 0),
    last_at timestamptz not null,
    primary key (activity, month, event_type, late)
)
"""


def upgrade() -> None:
    for statement in STATEMENTS.split(";;"):
        op.execute(statement)
