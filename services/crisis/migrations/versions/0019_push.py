"""Notifications of browsers as one more way; browsers that are gone, until the register was told."""

from alembic import op

revision = "0019"
down_revision = "0018"

STATEMENTS = """
alter table recipient drop constraint recipient_channel_known;;
alter table recipient add constraint recipient_channel_known
    check (channel in ('push', 'whatsapp', 'email', 'sms', 'voice', 'home', 'visit', 'none'));;
create table push_gone (
    subscription uuid primary key,
    noted_at timestamptz not null
);;
create trigger push_gone_told after insert on push_gone for each statement execute function tell_of_outreach();;
revoke update, truncate on push_gone from crisis
"""


def upgrade() -> None:
    for statement in filter(str.strip, STATEMENTS.split(";;")):
        op.execute(statement)
