"""Who is on duty when, and alarms that page them until enough acknowledge."""

from alembic import op

revision = "0015"
down_revision = "0013"

STATEMENTS = """
create table officer_shift (
    id uuid primary key,
    version integer not null constraint officer_shift_version_positive check (version > 0),
    mission text not null,
    seat text not null constraint officer_shift_seat_known check (seat in ('on_duty', 'second', 'head')),
    name bytea not null,
    phone bytea not null,
    phone_index bytea not null,
    language text not null,
    starts_at timestamptz not null,
    ends_at timestamptz not null constraint officer_shift_has_length check (ends_at > starts_at),
    added_by text not null,
    added_at timestamptz not null,
    ended_by text,
    ended_at timestamptz,
    constraint officer_shift_ended_by_somebody check ((ended_by is null) = (ended_at is null))
);;
create index officer_shift_now on officer_shift (mission, ends_at) where ended_at is null;;
create index officer_shift_phone on officer_shift (phone_index);;
create table paging (
    id uuid primary key,
    cause text not null constraint paging_cause_known check (cause in ('alert', 'source', 'no_source', 'handed_over')),
    record uuid not null,
    mission text not null,
    level smallint not null check (level between 0 and 4),
    subject text not null,
    countries text[] not null,
    policy_version text not null,
    opened_at timestamptz not null,
    closed_at timestamptz,
    closed_because text constraint paging_closed_because_known check (closed_because in ('acknowledged', 'over')),
    constraint paging_closed_with_a_reason check ((closed_at is null) = (closed_because is null)),
    unique (cause, record, mission)
);;
create index paging_open on paging (opened_at) where closed_at is null;;
create index paging_newest on paging (opened_at desc, id desc);;
create table paging_step (
    paging_id uuid not null references paging,
    number smallint not null check (number >= 0),
    who text not null,
    mission text not null,
    officers smallint not null,
    taken_at timestamptz not null,
    primary key (paging_id, number)
);;
create table paging_acknowledgement (
    paging_id uuid not null references paging,
    party text not null constraint paging_acknowledgement_party_known check (party in ('mission', 'dhaka')),
    by text not null,
    via text not null constraint paging_acknowledgement_via_known check (via in ('page', 'text', 'alert')),
    at timestamptz not null,
    primary key (paging_id, party, by)
);;
create table page (
    id uuid primary key,
    paging_id uuid not null,
    number smallint not null,
    shift_id uuid not null,
    phone_index bytea not null,
    channels text[] not null,
    way smallint not null default 0,
    state text not null constraint page_state_known check (state in ('queued', 'sent', 'accepted', 'failed', 'stopped')),
    reason text,
    attempts smallint not null default 0,
    due timestamptz not null,
    claimed_until timestamptz,
    provider_id text,
    queued_at timestamptz not null,
    handed_at timestamptz,
    unique (paging_id, number, shift_id),
    foreign key (paging_id, number) references paging_step (paging_id, number)
);;
create index page_sendable on page (due) where state in ('queued', 'sent');;
create index page_phone on page (phone_index, queued_at desc);;
alter table acknowledgement drop constraint acknowledgement_role_check;;
alter table acknowledgement add constraint acknowledgement_role_known check (role in ('wing', 'supervisor', 'admin'));;
revoke delete, truncate on paging, paging_step, paging_acknowledgement, page from crisis
"""


def upgrade() -> None:
    for statement in filter(str.strip, STATEMENTS.split(";;")):
        op.execute(statement)
