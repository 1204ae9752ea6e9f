"""Reminders of reports that are awaited, as they were given. Who runs the service may add, and neither change nor remove."""

from alembic import op

revision = "0009"
down_revision = "0008"

STATEMENTS = """
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
revoke update, delete, truncate on activity_reminder from monitor
"""


def upgrade() -> None:
    for statement in STATEMENTS.split(";;"):
        op.execute(statement)
