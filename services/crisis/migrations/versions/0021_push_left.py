"""Browsers that did not take a notification yet, of somebody who has it by another of theirs."""

from alembic import op

revision = "0021"
down_revision = "0020"

STATEMENTS = """
create table push_left (
    recipient_id uuid primary key,
    is_drill boolean not null constraint push_left_is_no_drill check (not is_drill),
    contact bytea not null,
    due timestamptz not null,
    not_after timestamptz not null,
    attempts smallint not null default 0,
    foreign key (recipient_id, is_drill) references recipient (id, is_drill)
);;
create index push_left_due on push_left (due);;
create trigger push_left_told after insert on push_left for each statement execute function tell_of_outreach();;
revoke truncate on push_left from crisis
"""


def upgrade() -> None:
    for statement in filter(str.strip, STATEMENTS.split(";;")):
        op.execute(statement)
