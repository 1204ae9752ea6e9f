"""Periodic reports: each edition as it was told; and an index by which a half-year is counted again from its facts."""

from alembic import op

revision = "0004"
down_revision = "0002"

STATEMENTS = """
create table framework_report (
    id uuid primary key,
    version integer not null check (version > 0),
    report text not null,
    period text not null check (period ~ '^20[0-9][0-9]-H[12]$'),
    edition integer not null check (edition > 0),
    state text not null check (state in ('draft', 'approved', 'published', 'withdrawn')),
    cut_off date not null,
    content bytea not null,
    digest text not null,
    drafted_by text not null,
    drafted_at timestamptz not null,
    approved_by text,
    approved_at timestamptz,
    published_by text,
    published_at timestamptz,
    constraint framework_report_four_eyes check (approved_by <> drafted_by),
    constraint framework_report_dated check ((state = 'published') = (published_at is not null)),
    constraint framework_report_approved check (state in ('draft', 'withdrawn') or approved_by is not null)
);;
create unique index framework_report_edition on framework_report (report, period, edition) where state <> 'withdrawn';;
create index fact_kind_time on fact (event_type, happened_at)
"""


def upgrade() -> None:
    for statement in STATEMENTS.split(";;"):
        op.execute(statement)
