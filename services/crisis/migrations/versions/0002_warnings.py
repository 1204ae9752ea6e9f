"""What is decided of a warning, by which rule and from what; each arrival of a message; drills that the database keeps among drills."""

from alembic import op

revision = "0002"
down_revision = "0001"

STATEMENTS = """
alter table alert add column is_drill boolean not null generated always as (message_status <> 'actual') stored;;
alter table alert add constraint alert_drill unique (id, is_drill);;
create table alert_decision (
    alert_id uuid primary key,
    is_drill boolean not null,
    version integer not null constraint alert_decision_version_positive check (version > 0),
    level smallint not null constraint alert_decision_level_known check (level between 0 and 4),
    outcome text not null
        constraint alert_decision_outcome_known check (outcome in ('logged', 'window', 'waits', 'released', 'withheld', 'lapsed')),
    moment text not null,
    rule_version text not null,
    inputs jsonb not null,
    reasons text[] not null,
    author text not null,
    made_at timestamptz not null,
    due timestamptz,
    decided_by text,
    decided_at timestamptz,
    foreign key (alert_id, is_drill) references alert (id, is_drill),
    constraint alert_decision_no_drill_by_itself
        check (not (is_drill and (due is not null or (outcome = 'released' and decided_by is null)))),
    constraint alert_decision_only_after_window check (outcome <> 'released' or decided_by is not null or due <= decided_at),
    constraint alert_decision_four_eyes check (outcome <> 'released' or decided_by is null or decided_by <> author)
);;
create table message_receipt (
    id uuid primary key,
    alert_id uuid not null references alert,
    received_at timestamptz not null,
    received_by text not null,
    sha256 bytea not null check (length(sha256) = 32)
);;
create index message_receipt_alert on message_receipt (alert_id, received_at);;
revoke update, delete, truncate on alert_decision, message_receipt from crisis;;
grant update (version, outcome, decided_by, decided_at) on alert_decision to crisis
"""


def upgrade() -> None:
    for statement in STATEMENTS.split(";;"):
        op.execute(statement)
