"""A returnee is known by more than a name; what cannot wait is a task; two records of one person are found."""

from alembic import op

revision = "0002"
down_revision = "0001"

STATEMENTS = """
alter table returnee
    add column second_phone bytea,
    add column father bytea,
    add column mother bytea,
    add column village bytea,
    add column guardian bytea,
    add column birth_year smallint constraint returnee_birth_year check (birth_year between 1900 and 2100),
    add column upazila text,
    add column departed_on date,
    add column proof text,
    add column owed text[] not null default '{}',
    add column flags text[] not null default '{}',
    add column restricted boolean not null default false,
    add column neutral_slip boolean not null default false,
    add column same_as uuid references returnee,
    add column device_at timestamptz;;
create index returnee_same on returnee (same_as) where same_as is not null;;
create table returnee_key (
    returnee_id uuid not null references returnee,
    kind text not null,
    value bytea not null,
    primary key (kind, value, returnee_id)
);;
create index returnee_key_of on returnee_key (returnee_id);;
create table arrival_service (
    id uuid primary key,
    returnee_id uuid not null references returnee,
    kind text not null,
    outcome text not null check (outcome in ('offered', 'done', 'declined', 'referred')),
    noted_by text not null,
    noted_at timestamptz not null
);;
create index arrival_service_of on arrival_service (returnee_id, noted_at);;
create table urgent_task (
    id uuid primary key,
    version integer not null constraint urgent_task_version_positive check (version > 0),
    returnee_id uuid not null references returnee,
    flag text not null,
    restricted boolean not null,
    district text not null,
    opened_at timestamptz not null,
    due_at timestamptz not null,
    overdue_at timestamptz,
    taken_by text,
    taken_at timestamptz,
    done_by text,
    done_at timestamptz,
    outcome text check (outcome in ('helped', 'referred', 'declined', 'not_found', 'mistaken')),
    note bytea,
    unique (returnee_id, flag),
    check ((done_at is null) = (outcome is null))
);;
create index urgent_task_open on urgent_task (district, due_at) where done_at is null;;
create index urgent_task_all_open on urgent_task (due_at) where done_at is null;;
create table match_proposal (
    id uuid primary key,
    returnee_id uuid not null references returnee,
    other_id uuid not null references returnee,
    grade text not null check (grade in ('exact', 'likely', 'possible')),
    reasons text[] not null,
    proposed_at timestamptz not null,
    decision text check (decision in ('same', 'different', 'not_sure')),
    decided_by text,
    decided_at timestamptz,
    because bytea,
    unique (returnee_id, other_id),
    check (returnee_id <> other_id),
    check ((decision is null) = (decided_at is null))
);;
create index match_proposal_of_other on match_proposal (other_id);;
create index match_proposal_open on match_proposal (proposed_at) where decision is null;;
revoke update, delete, truncate on arrival_service from reintegration;;
revoke delete, truncate on urgent_task, match_proposal from reintegration
"""


def upgrade() -> None:
    for statement in STATEMENTS.split(";;"):
        op.execute(statement)
