"""Registered without a connection, and what two devices said differently."""

from alembic import op

revision = "0005"
down_revision = "0004"

STATEMENTS = """
create table field_entry (
    id uuid primary key,
    version integer not null constraint field_entry_version_positive check (version > 0),
    device_id uuid not null,
    entry_id uuid not null,
    content bytea not null,
    state text not null,
    body bytea,
    returnee_id uuid references returnee,
    reference text,
    district text,
    flags text[] not null,
    restricted boolean not null,
    registered_by text not null,
    registered_by_org text,
    written_at timestamptz,
    device_now timestamptz not null,
    received_at timestamptz not null,
    closed_by text,
    closed_at timestamptz,
    closed_because bytea,
    unique (device_id, entry_id, content)
);;
create index field_entry_to_mend on field_entry (received_at, id) where state = 'to_mend';;
create table record_conflict (
    id uuid primary key,
    version integer not null constraint record_conflict_version_positive check (version > 0),
    returnee_id uuid not null references returnee,
    other_id uuid references returnee,
    entry_id uuid references field_entry,
    opened_by text not null,
    opened_at timestamptz not null,
    decided_at timestamptz,
    constraint record_conflict_source check ((other_id is null) <> (entry_id is null))
);;
create index record_conflict_open on record_conflict (opened_at, id) where decided_at is null;;
create index record_conflict_of on record_conflict (returnee_id);;
create unique index record_conflict_pair on record_conflict (returnee_id, other_id) where other_id is not null;;
create table conflict_field (
    conflict_id uuid not null references record_conflict,
    field text not null,
    kept_value bytea,
    new_value bytea not null,
    choice text check (choice in ('kept', 'new')),
    chosen_by text,
    chosen_at timestamptz,
    primary key (conflict_id, field),
    constraint conflict_field_choice check ((choice is null) = (chosen_by is null) and (choice is null) = (chosen_at is null))
);;
revoke delete, truncate on field_entry, record_conflict, conflict_field from reintegration
"""


def upgrade() -> None:
    for statement in filter(str.strip, STATEMENTS.split(";;")):
        op.execute(statement)
