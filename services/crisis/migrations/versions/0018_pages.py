"""Alarms for what waits in quarantine and for urgent tasks; under which account somebody took note of a warning."""

from alembic import op

revision = "0018"
down_revision = "0017"

STATEMENTS = """
alter table paging drop constraint paging_cause_known;;
alter table paging add constraint paging_cause_known
    check (cause in ('alert', 'source', 'no_source', 'handed_over', 'quarantine', 'task'));;
alter table acknowledgement add column acknowledged_by_name text;;
alter table paging_acknowledgement add column by_name text;;
alter table incident_task add column is_urgent boolean not null default false;;
alter table incident_task add column owner_shift uuid;;
alter table incident_task add column assignment uuid constraint incident_task_assignment unique;;
alter table incident_task add constraint incident_task_urgent_has_owner check (not is_urgent or assignment is not null);;
grant update (is_urgent, owner_shift, assignment) on incident_task to crisis
"""


def upgrade() -> None:
    for statement in filter(str.strip, STATEMENTS.split(";;")):
        op.execute(statement)
