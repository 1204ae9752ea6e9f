"""Calls, drafts, call-backs, shifts and reviews."""

from alembic import op

revision = "0005"
down_revision = "0004"


def upgrade() -> None:
    for statement in (*_CALLS, *_SHIFTS, *_CALLBACKS, *_LIVE):
        op.execute(statement)
    for table in ("call_event", "callback_attempt", "call_article"):
        op.execute(f'revoke update, delete, truncate on {table} from "complaints"')


_CALLS = (
    """
    create table shift (
        id uuid primary key,
        agent text not null,
        name text not null,
        extension text,
        serves_women boolean not null,
        began_at timestamptz not null,
        ends_at timestamptz not null,
        ended_at timestamptz,
        ended_how text check (ended_how in ('agent', 'timer')),
        constraint shift_ends_after_it_began check (ends_at > began_at)
    )
    """,
    "create unique index shift_open_of_agent on shift (agent) where ended_at is null",
    "create unique index shift_open_of_extension on shift (extension) where ended_at is null",
    """
    create table callback (
        id uuid primary key,
        version integer not null,
        number bytea not null,
        number_index bytea not null,
        number_country text,
        reason text not null check (reason in ('missed', 'promised')),
        missed integer not null,
        last_missed_at timestamptz,
        priority smallint not null constraint callback_priority check (priority between 1 and 3),
        may_call boolean,
        wants_woman boolean not null,
        earliest timestamptz not null,
        latest timestamptz not null,
        assignee text,
        complaint_id uuid references complaint,
        note bytea,
        attempts integer not null,
        last_attempt_at timestamptz,
        escalated_at timestamptz,
        opened_at timestamptz not null,
        closed_at timestamptz,
        outcome text,
        constraint callback_window check (latest >= earliest),
        constraint callback_closes_with_an_outcome check ((closed_at is null) = (outcome is null))
    )
    """,
    # One task for a number, whoever opens it first: the rest join it.
    "create unique index callback_open_of_number on callback (number_index) where closed_at is null",
    "create index callback_due on callback (priority, latest, id) where closed_at is null",
    "create index callback_of_agent on callback (assignee) where closed_at is null and assignee is not null",
    """
    create table phone_call (
        id uuid primary key,
        version integer not null,
        exchange_id text unique,
        source text not null check (source in ('exchange', 'hand')),
        direction text not null check (direction in ('in', 'out')),
        state text not null check (state in ('ringing', 'answered', 'ended', 'abandoned')),
        number bytea,
        number_index bytea,
        number_country text,
        opened_at timestamptz not null,
        answered_at timestamptz,
        ended_at timestamptz,
        waited_s integer not null,
        talked_s integer not null,
        extension text,
        agent text,
        agent_name text,
        holder text,
        wants_woman boolean not null,
        language text not null,
        caller_safe boolean,
        country text,
        disposition text,
        disposed_at timestamptz,
        disposed_by text,
        note bytea,
        told_at timestamptz,
        callback_id uuid references callback
    )
    """,
    "create index phone_call_newest on phone_call (opened_at desc, id desc)",
    "create index phone_call_of_number on phone_call (number_index, opened_at desc) where number_index is not null",
    "create index phone_call_of_agent on phone_call (agent, opened_at desc) where agent is not null",
    "create index phone_call_live on phone_call (opened_at) where state in ('ringing', 'answered')",
    "create index phone_call_unfinished on phone_call (holder) where answered_at is not null and disposition is null",
    "create index phone_call_of_callback on phone_call (callback_id) where callback_id is not null",
    """
    create table call_event (
        exchange_id text not null,
        kind text not null,
        at timestamptz not null,
        received_at timestamptz not null default now(),
        primary key (exchange_id, kind)
    )
    """,
    """
    create table call_link (
        call_id uuid not null references phone_call,
        complaint_id uuid not null references complaint,
        how text not null check (how in ('lodged', 'follow_up')),
        primary key (call_id, complaint_id)
    )
    """,
    "create index call_link_of_complaint on call_link (complaint_id)",
    """
    create table call_article (
        call_id uuid not null references phone_call,
        article text not null,
        at timestamptz not null,
        primary key (call_id, article)
    )
    """,
    "create index call_article_used on call_article (article)",
    """
    create table call_draft (
        call_id uuid primary key references phone_call,
        version integer not null,
        fields bytea not null,
        saved_by text not null,
        saved_at timestamptz not null
    )
    """,
    """
    create table call_draft_kept (
        call_id uuid not null references phone_call,
        version integer not null,
        fields bytea not null,
        saved_by text not null,
        saved_at timestamptz not null,
        primary key (call_id, version)
    )
    """,
    """
    create table caller_wish (
        number_index bytea primary key,
        wants_woman boolean not null,
        language text,
        set_at timestamptz not null,
        set_by text not null
    )
    """,
    """
    create table call_review (
        call_id uuid primary key references phone_call,
        list_version text not null,
        marks jsonb not null,
        words bytea,
        reviewer text not null,
        reviewed_at timestamptz not null,
        seen_at timestamptz,
        answer bytea,
        answered_at timestamptz
    )
    """,
)

_SHIFTS = (
    """
    create table handover (
        id uuid primary key,
        shift_id uuid not null references shift,
        kind text not null check (kind in ('call', 'callback', 'case')),
        record uuid not null,
        given_by text not null,
        given_at timestamptz not null,
        state text not null check (state in ('offered', 'accepted', 'at_seat', 'settled')),
        taken_by text,
        taken_at timestamptz,
        unique (shift_id, kind, record)
    )
    """,
    "create index handover_open on handover (given_at, id) where state in ('offered', 'at_seat')",
    "create index handover_of_record on handover (record)",
)

_CALLBACKS = (
    """
    create table callback_attempt (
        id uuid primary key,
        callback_id uuid not null references callback,
        at timestamptz not null,
        by text not null,
        outcome text not null,
        note bytea
    )
    """,
    "create index callback_attempt_of on callback_attempt (callback_id, at)",
)

# Open desks are told that something changed, never what: each asks for what its agent may see.
_LIVE = (
    """
    create function call_changed() returns trigger language plpgsql as $$
    begin
        perform pg_notify('call_change', '');
        return null;
    end $$
    """,
    *(
        f"create trigger {table}_told after insert or update on {table} for each statement execute function call_changed()"
        for table in ("phone_call", "callback", "shift", "handover", "call_review")
    ),
)
