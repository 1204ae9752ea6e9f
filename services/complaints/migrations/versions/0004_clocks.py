"""Stored deadlines, escalations to seats of offices and who holds them, stays at offices, figures kept by month."""

from alembic import op

revision = "0004"
down_revision = "0003"


def upgrade() -> None:
    op.execute(
        """
        alter table complaint
            add column due_at timestamptz,
            add column due_clock text,
            add column risk text not null default 'none' constraint complaint_risk check (risk in ('none', 'at_risk', 'breached')),
            add column seat text,
            add column escalated_at timestamptz,
            add column look_at timestamptz
        """
    )
    op.execute("alter table complaint alter column risk drop default")
    op.execute(
        """
        create table deadline (
            complaint_id uuid not null references complaint,
            clock text not null,
            round integer not null,
            state text not null constraint deadline_state check (state in ('running', 'paused', 'met', 'cancelled')),
            began_at timestamptz not null,
            risk_at timestamptz,
            due_at timestamptz,
            ended_at timestamptz,
            version text not null,
            explanation jsonb not null,
            changes jsonb not null,
            primary key (complaint_id, clock, round)
        )
        """
    )
    op.execute(
        """
        create table escalation (
            id uuid primary key,
            complaint_id uuid not null references complaint,
            at timestamptz not null,
            trigger text not null,
            clock text not null,
            round integer not null,
            level integer not null,
            office text not null,
            seat text not null,
            passed_over text[] not null,
            closed_at timestamptz,
            constraint escalation_once unique (complaint_id, trigger, clock, round, level)
        )
        """
    )
    op.execute(
        """
        create table seat_holder (
            id uuid primary key,
            seat text not null,
            holder text not null,
            since timestamptz not null,
            until timestamptz,
            set_by text not null
        )
        """
    )
    op.execute("create unique index seat_holder_one on seat_holder (seat) where until is null")
    op.execute("create index seat_holder_of on seat_holder (holder) where until is null")
    op.execute(
        """
        create table holding (
            complaint_id uuid not null references complaint,
            began_at timestamptz not null,
            ended_at timestamptz not null,
            office text not null,
            restricted boolean not null,
            about text,
            working_s bigint not null,
            primary key (complaint_id, began_at)
        )
        """
    )
    op.execute("create index holding_ended on holding (ended_at)")
    op.execute(
        """
        create table clock_check (
            id uuid primary key,
            began_at timestamptz not null,
            ended_at timestamptz,
            looked_at integer not null,
            by text not null
        )
        """
    )
    op.execute("create index clock_check_newest on clock_check (began_at desc, id desc)")
    op.execute(
        """
        create table clock_finding (
            check_id uuid not null references clock_check,
            complaint_id uuid not null references complaint,
            what text not null,
            repaired_at timestamptz not null,
            primary key (check_id, complaint_id)
        )
        """
    )
    op.execute(
        """
        create table figure (
            month date not null,
            dimension text not null,
            value text not null,
            office text not null,
            restricted boolean not null,
            about text not null,
            complaints bigint not null,
            amount bigint not null,
            primary key (month, dimension, value, office, restricted, about)
        )
        """
    )
    op.execute(
        "create table figure_state (one boolean primary key check (one), counted_until timestamptz not null, pending date[] not null)"
    )
    op.execute("create table figure_public (quarter text primary key, made_at timestamptz not null, cells jsonb not null)")
    _indexes()
    # The first of each chain: what comes back sets its own next time.
    op.execute(
        """
        insert into timer (id, due, kind, record, payload, next_try)
        values (gen_random_uuid(), now(), 'complaint-figures', '00000000-0000-4000-8000-0000000000f1', '{}', now()),
               (gen_random_uuid(), now(), 'complaint-check', '00000000-0000-4000-8000-0000000000c1', '{}', now())
        """
    )


def _indexes() -> None:
    """Queues are of what is open: `due_at`, `look_at`, `seat` are null for what is done, so that these stay small."""
    op.execute("create index complaint_due on complaint (office, due_at, id) where due_at is not null")
    # Every arm of `repository.seen_by` has an index: one without would make the whole a scan of the table.
    op.execute("create index complaint_checker on complaint (checker) where checker is not null")
    op.execute("create index complaint_glass on complaint (id) where glass is not null")
    op.execute("create index complaint_due_next on complaint (due_at, id) where due_at is not null")
    op.execute("create index complaint_handed_up on complaint (escalated_at, id) where seat is not null")
    op.execute("create index complaint_risk on complaint (risk, due_at, id) where risk <> 'none'")
    op.execute("create index complaint_seat on complaint (seat, escalated_at, id) where seat is not null")
    op.execute("create index complaint_look on complaint (look_at, id) where look_at is not null")
    op.execute("create index complaint_unassigned on complaint (lodged_at, id) where assignee is null and look_at is not null")
    op.execute("create index complaint_lodged_by_org on complaint (lodged_by_org, lodged_at desc, id desc) where lodged_by_org is not null")
    op.execute("create index deadline_open on deadline (version, complaint_id) where ended_at is null")
    op.execute("create index escalation_open on escalation (complaint_id) where closed_at is null")
    op.execute("create index happening_when on happening using brin (at) with (pages_per_range = 32)")
