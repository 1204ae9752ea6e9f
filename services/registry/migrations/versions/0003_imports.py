"""Files of many persons, read row by row; what they say differently of somebody who is known."""

from alembic import op

revision = "0003"
down_revision = "0002"

STATEMENTS = """
create table national_import (
    id uuid primary key,
    version integer not null check (version > 0),
    state text not null check (state in ('receiving', 'received', 'judging', 'judged', 'taking', 'taken', 'refused', 'failed', 'lapsed')),
    name bytea,
    length bigint not null check (length > 0),
    received bigint not null check (received between 0 and length),
    sha256 bytea check (octet_length(sha256) = 32),
    as_of date not null,
    kind text,
    country char(2),
    delimiter text,
    headers jsonb not null,
    columns jsonb not null,
    lists_version text not null,
    rows_begin bigint not null,
    read_to bigint not null,
    line bigint not null,
    pace double precision,
    attempts smallint not null,
    rows bigint not null,
    good bigint not null,
    warned bigint not null,
    refused bigint not null,
    known bigint not null,
    updates bigint not null,
    taken bigint not null,
    at timestamptz not null,
    by text not null,
    judging_at timestamptz,
    judged_at timestamptz,
    released_at timestamptz,
    released_by text check (released_by <> by),
    because bytea,
    ended_at timestamptz,
    check (state not in ('taking', 'taken') or released_by is not null),
    check (good + refused <= rows)
);;
create index national_import_newest on national_import (at desc, id desc);;
create index national_import_waiting on national_import (at) where state in ('judging', 'taking');;
create table national_import_part (
    import_id uuid not null references national_import on delete cascade,
    start bigint not null,
    size bigint not null check (size > 0),
    file_id uuid not null,
    primary key (import_id, start)
);;
create table national_import_report (
    import_id uuid not null references national_import on delete cascade,
    line bigint not null,
    outcome text not null check (outcome in ('refused', 'warned', 'same', 'update')),
    problems text not null,
    primary key (import_id, line)
);;
create table national_update (
    id uuid primary key,
    import_id uuid not null references national_import,
    line bigint not null,
    person_id uuid not null references national on delete cascade,
    content bytea not null,
    proposed_at timestamptz not null,
    decision text check (decision in ('taken', 'left')),
    decided_by text,
    decided_at timestamptz,
    unique (import_id, line),
    check ((decision is null) = (decided_at is null) and (decision is null) = (decided_by is null))
);;
create index national_update_open on national_update (proposed_at, id) where decision is null;;
create index national_update_of on national_update (person_id);;
create function national_import_waits() returns trigger language plpgsql as $$
begin
    perform pg_notify('national_import', '');
    return null;
end $$;;
create trigger national_import_waits after update on national_import for each row
    when (new.state in ('judging', 'taking') and old.state <> new.state) execute function national_import_waits()
"""


def upgrade() -> None:
    for statement in filter(str.strip, STATEMENTS.split(";;")):
        op.execute(statement)
