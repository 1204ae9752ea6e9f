"""What a procedure needs: transfers, hearings, settlements, proposals, rights for a time, consents, what is due to be emptied."""

from alembic import op

revision = "0003"
down_revision = "0002"

_OPEN = "status not in ('resolved', 'merged')"


def upgrade() -> None:
    _complaint()
    _procedure()
    _protection()
    op.execute('revoke update, delete, truncate on break_glass from "complaints"')


def _complaint() -> None:
    """All columns are null or false for what is there: no table is rewritten."""
    op.execute(
        """
        alter table complaint
            add column transfer_to text,
            add column appeal_office text,
            add column checker text,
            add column resumes text,
            add column investigation_started_at timestamptz,
            add column investigated_at timestamptz,
            add column withdrawal text check (withdrawal in ('asked', 'confirmed')),
            add column allegation bytea,
            add column glass jsonb,
            add column on_hold boolean not null default false,
            add column emptied_at timestamptz
        """
    )
    op.execute("create index complaint_sent_to on complaint (transfer_to, lodged_at) where transfer_to is not null")
    # Queues: what is open, oldest first. What is resolved is most of the table and in none of them.
    op.execute(f"create index complaint_open_of_office on complaint (office, lodged_at, id) where {_OPEN}")
    op.execute(f"create index complaint_open_of_officer on complaint (assignee, lodged_at, id) where {_OPEN}")
    op.execute(f"create index complaint_free_in_office on complaint (office, lodged_at, id) where {_OPEN} and assignee is null")
    op.execute("create index complaint_by_reporter_name on complaint (reporter_name_key) where reporter_name_key is not null")
    op.execute("create index complaint_by_victim_name on complaint (victim_name_key) where victim_name_key is not null")
    op.execute("create index complaint_by_respondent on complaint (respondent_key) where respondent_key is not null")


def _procedure() -> None:
    op.execute(
        """
        create table colleague (
            office text not null,
            subject text not null,
            account text not null,
            seen_at timestamptz not null,
            primary key (office, subject)
        )
        """
    )
    op.execute(
        """
        create table hearing (
            id uuid primary key,
            complaint_id uuid not null references complaint,
            number smallint not null check (number > 0),
            at timestamptz not null,
            mode text not null check (mode in ('in_person', 'phone', 'video')),
            apart boolean not null,
            companion boolean not null,
            place bytea,
            state text not null check (state in ('scheduled', 'held', 'adjourned')),
            complainant_came boolean,
            respondent_came boolean,
            closed_at timestamptz,
            unique (complaint_id, number)
        )
        """
    )
    op.execute(
        """
        create table settlement (
            id uuid primary key,
            complaint_id uuid not null references complaint,
            made_by text not null,
            terms bytea not null,
            complainant_agrees boolean not null check (complainant_agrees),
            respondent_agrees boolean not null check (respondent_agrees),
            amount bigint check (amount > 0),
            currency text check (currency ~ '^[A-Z]{3}$'),
            due_on date,
            agreed_on date not null,
            recorded_by text not null,
            recorded_at timestamptz not null,
            check ((amount is null) = (currency is null))
        )
        """
    )
    op.execute("create index settlement_of on settlement (complaint_id, recorded_at)")
    op.execute(
        """
        create table proposal (
            id uuid primary key,
            complaint_id uuid not null references complaint,
            decision text not null,
            replaces text,
            summary bytea,
            proposed_by text not null,
            proposed_office text not null,
            proposed_at timestamptz not null,
            answer text check (answer in ('approved', 'sent_back')),
            answered_by text,
            answered_at timestamptz,
            constraint proposal_two_persons check (answer is distinct from 'approved' or answered_by <> proposed_by)
        )
        """
    )
    op.execute("create index proposal_of on proposal (complaint_id, proposed_at desc)")
    op.execute("create unique index proposal_open on proposal (complaint_id) where answer is null")


def _protection() -> None:
    op.execute(
        """
        create table break_glass (
            id uuid primary key,
            complaint_id uuid not null references complaint,
            subject text not null,
            account text not null,
            roles text[] not null,
            reason bytea not null,
            at timestamptz not null,
            until timestamptz not null check (until > at)
        )
        """
    )
    op.execute("create index break_glass_newest on break_glass (at desc, id desc)")
    op.execute(
        """
        create table consent (
            id uuid primary key,
            complaint_id uuid not null references complaint,
            purpose text not null,
            recipient text not null,
            language text not null,
            witness bytea,
            given_at timestamptz not null,
            recorded_by text not null,
            withdrawn_at timestamptz,
            withdrawn_by text
        )
        """
    )
    op.execute("create index consent_of on consent (complaint_id, given_at)")
    op.execute("create unique index consent_in_force on consent (complaint_id, purpose, recipient) where withdrawn_at is null")
    op.execute(
        """
        create table retention_due (
            complaint_id uuid primary key references complaint,
            due_at timestamptz not null,
            listed_at timestamptz not null
        )
        """
    )
    op.execute("create index retention_due_oldest on retention_due (due_at, complaint_id)")
    # The running role may not change a history. Its words are emptied by the owner's function, and only of a record that was emptied.
    op.execute(
        """
        create function empty_notes(emptied uuid) returns void language sql security definer set search_path = public, pg_temp as $$
            update happening set note = null
            where complaint_id = emptied and exists (select from complaint where id = emptied and emptied_at is not null)
        $$
        """
    )
    op.execute("revoke execute on function empty_notes(uuid) from public")
    op.execute('grant execute on function empty_notes(uuid) to "complaints"')
