"""What leads report of activities, and what civil society says to it. Who runs the service may add, and neither change nor remove."""

from alembic import op

revision = "0005"
down_revision = "0004"

STATEMENTS = """
create table activity_report (
    id uuid primary key,
    edition text not null,
    activity text not null,
    version integer not null check (version > 0),
    actor text not null,
    from_paper boolean not null,
    state text not null,
    as_of date not null,
    text text not null check (length(text) between 1 and 4000),
    document text check (length(document) <= 300),
    document_url text check (document_url is null or document is not null),
    corrects integer check (corrects < version),
    reported_at timestamptz not null,
    reported_by text not null,
    unique (edition, activity, version),
    check (document is not null or not from_paper)
);;
create table activity_comment (
    id uuid primary key,
    edition text not null,
    activity text not null,
    report integer,
    org text not null,
    stance text not null check (stance in ('supports', 'doubts', 'adds')),
    text text not null check (length(text) between 1 and 4000),
    document text check (length(document) <= 300),
    document_url text check (document_url is null or document is not null),
    written_at timestamptz not null,
    written_by text not null
);;
create index activity_comment_shown on activity_comment (edition, activity, written_at);;
revoke update, delete, truncate on activity_report, activity_comment from monitor
"""


def upgrade() -> None:
    for statement in STATEMENTS.split(";;"):
        op.execute(statement)
