"""The wing's page: figures of a chain that are kept because they are too dear to count at each look, and when each change was."""

from alembic import op

revision = "0013"
down_revision = "0011"

STATEMENTS = """
alter table alert_change add column at timestamptz;;
alter table alert_change alter column at set default clock_timestamp();;
create index alert_change_of on alert_change (alert_id, position);;
create table duty_count (
    root uuid primary key,
    is_drill boolean not null,
    figures jsonb not null,
    counted_at timestamptz not null,
    changed_at timestamptz not null,
    took_ms integer not null check (took_ms >= 0),
    foreign key (root, is_drill) references alert (id, is_drill)
);;
create function tell_of_duty() returns trigger language plpgsql as $$
begin
    perform pg_notify('duty', '');
    return null;
end $$;;
create trigger checkin_current_told_duty after insert or update on checkin_current
    for each statement execute function tell_of_duty();;
create trigger crisis_text_told_duty after insert or update on crisis_text for each statement execute function tell_of_duty();;
create trigger outreach_job_told_duty after insert or update on outreach_job for each statement execute function tell_of_duty();;
revoke delete, truncate on duty_count from crisis
"""


def upgrade() -> None:
    for statement in filter(str.strip, STATEMENTS.split(";;")):
        op.execute(statement)
