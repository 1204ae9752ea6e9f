"""Whom a returnee may be in the register of nationals abroad: asked beside the registration, decided by a person."""

from alembic import op

revision = "0011"
down_revision = "0010"

STATEMENTS = """
create table abroad_question (
    returnee_id uuid primary key references returnee,
    next_try timestamptz not null,
    attempts integer not null default 0,
    answered_at timestamptz
);;
create index abroad_question_open on abroad_question (next_try) where answered_at is null;;
create table abroad_candidate (
    id uuid primary key,
    version integer not null constraint abroad_candidate_version_positive check (version > 0),
    returnee_id uuid not null references returnee,
    national uuid not null,
    grade text not null check (grade in ('exact', 'likely', 'possible')),
    reasons text[] not null,
    country text not null check (country ~ '^[A-Z]{2}$'),
    registered_on date not null,
    proposed_at timestamptz not null,
    decision text check (decision in ('same', 'different', 'not_sure')),
    agreed boolean not null default false,
    decided_by text,
    decided_at timestamptz,
    because bytea,
    owes_word boolean not null default false,
    next_try timestamptz not null,
    attempts integer not null default 0,
    unique (returnee_id, national),
    check ((decision is null) = (decided_at is null)),
    check (decision is distinct from 'same' or agreed)
);;
create index abroad_candidate_owing on abroad_candidate (next_try) where owes_word;;
revoke delete, truncate on abroad_question, abroad_candidate from reintegration
"""


def upgrade() -> None:
    for statement in filter(str.strip, STATEMENTS.split(";;")):
        op.execute(statement)
