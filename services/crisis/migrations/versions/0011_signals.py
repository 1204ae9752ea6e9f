"""Bursts in the stream of complaints, as drafts."""

from alembic import op

revision = "0011"
down_revision = "0010"

STATEMENTS = """
create table complaint_seen (
    complaint_id uuid primary key,
    country text not null check (country ~ '^[A-Z]{2}$'),
    category text not null,
    day date not null
);;
create index complaint_seen_day on complaint_seen (day, country, category);;
create table signal (
    id uuid primary key,
    version integer not null constraint signal_version_positive check (version > 0),
    country text not null check (country ~ '^[A-Z]{2}$'),
    category text not null,
    since date not null,
    until date not null check (until >= since),
    observed integer not null check (observed > 0),
    expected double precision not null,
    upper integer not null,
    probability double precision not null,
    adjusted double precision not null,
    complaints uuid[] not null,
    numbers_version text not null,
    state text not null constraint signal_state_known check (state in ('draft', 'confirmed', 'dismissed')),
    made_at timestamptz not null,
    renewed_at timestamptz not null,
    answered_by text,
    answered_at timestamptz,
    because bytea,
    constraint signal_answered_by_a_person
        check ((state = 'draft') = (answered_by is null) and (answered_by is null) = (answered_at is null))
);;
create unique index signal_draft on signal (country, category) where state = 'draft';;
create index signal_newest on signal (made_at desc, id desc);;
create index signal_answered on signal (country, category, answered_at desc) where state <> 'draft';;
revoke delete, truncate on signal from crisis
"""


def upgrade() -> None:
    for statement in filter(str.strip, STATEMENTS.split(";;")):
        op.execute(statement)
