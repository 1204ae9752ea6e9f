"""What Safe Migration Committees did, and reminders that were given. Who runs the service may add, and neither change nor remove."""

from alembic import op

revision = "0008"
down_revision = "0007"

STATEMENTS = """
create table committee_return (
    id uuid primary key,
    first uuid not null,
    version integer not null check (version > 0),
    quarter text not null check (quarter ~ '^20[0-9][0-9]-Q[1-4]$'),
    district text not null,
    upazila text not null check (length(upazila) between 1 and 80),
    place text not null,
    unions integer not null,
    formed integer not null check (formed between 0 and unions),
    met integer not null check (met between 0 and formed),
    trained integer not null check (trained between 0 and formed),
    referred integer not null check (referred >= 0),
    document text check (length(document) <= 300),
    document_url text check (document_url is null or document is not null),
    reason text check (length(reason) <= 500),
    office text not null check (office in ('district', 'ministry')),
    returned_at timestamptz not null,
    returned_by text not null,
    unique (first, version),
    check ((version = 1) = (first = id)),
    check ((version = 1) = (reason is null))
);;
create unique index committee_return_once on committee_return (district, place, quarter) where version = 1;;
create index committee_return_quarter on committee_return (quarter);;
create table activity_reminder (
    id uuid primary key,
    edition text not null,
    activity text not null,
    report_due date not null,
    number integer not null check (number > 0),
    on_day date not null,
    reminded_at timestamptz not null,
    unique (edition, activity, report_due, number)
);;
revoke update, delete, truncate on committee_return, activity_reminder from monitor
"""


def upgrade() -> None:
    for statement in STATEMENTS.split(";;"):
        op.execute(statement)
