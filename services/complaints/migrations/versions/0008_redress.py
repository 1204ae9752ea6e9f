"""What is owed and paid, referrals, answers of respondents, duplicates, the national GRS."""

from alembic import op

revision = "0008"
down_revision = "0007"

TABLES = (
    """
    create table redress_line (
        id uuid primary key,
        complaint_id uuid not null references complaint,
        version integer not null check (version > 0),
        head text not null,
        currency text not null check (currency ~ '^[A-Z]{3}$'),
        claimed bigint check (claimed >= 0),
        ordered bigint check (ordered > 0),
        basis text,
        ordered_on date,
        due_on date,
        settled_on date,
        given_up_at timestamptz,
        given_up_reason text,
        given_up_note bytea,
        made_by text not null,
        made_at timestamptz not null,
        unique (complaint_id, head, currency),
        check ((ordered is null) = (basis is null)),
        check ((ordered is null) = (ordered_on is null)),
        check ((given_up_at is null) = (given_up_reason is null))
    )
    """,
    """
    create table redress_payment (
        id uuid primary key,
        line_id uuid not null references redress_line,
        complaint_id uuid not null references complaint,
        amount bigint not null check (amount > 0),
        paid_on date not null,
        way text not null,
        source text not null,
        proof bytea not null,
        proof_index bytea not null,
        recorded_by text not null,
        recorded_at timestamptz not null,
        confirmed_by text,
        confirmed_at timestamptz,
        confirmed_with text,
        unique (line_id, proof_index),
        check ((confirmed_at is null) = (confirmed_by is null))
    )
    """,
    "create index redress_payment_of on redress_payment (complaint_id)",
    """
    create table redress_recourse (
        id uuid primary key,
        line_id uuid not null references redress_line,
        complaint_id uuid not null references complaint,
        version integer not null check (version > 0),
        status text not null,
        requested bigint not null check (requested > 0),
        requested_on date not null,
        granted bigint check (granted > 0 and granted <= requested),
        decided_on date,
        refused_because text,
        paid_on date,
        demanded bigint check (demanded > 0),
        demanded_on date,
        made_by text not null,
        made_at timestamptz not null
    )
    """,
    "create index redress_recourse_of on redress_recourse (complaint_id)",
    "create unique index redress_recourse_open on redress_recourse (line_id) where status in ('requested', 'granted')",
    """
    create table court_case (
        id uuid primary key,
        complaint_id uuid not null references complaint,
        version integer not null check (version > 0),
        kind text not null,
        law text not null,
        body bytea not null,
        number bytea,
        filed_on date not null,
        next_date date,
        outcome text,
        closed_on date,
        made_by text not null,
        made_at timestamptz not null,
        check ((outcome is null) = (closed_on is null))
    )
    """,
    "create index court_case_of on court_case (complaint_id)",
    """
    create table redress_task (
        id uuid primary key,
        complaint_id uuid not null references complaint,
        office text not null,
        kind text not null,
        line_id uuid references redress_line,
        due timestamptz not null,
        made_at timestamptz not null,
        done_at timestamptz,
        done_by text,
        answer text,
        words bytea,
        unique (complaint_id, kind, due)
    )
    """,
    "create index redress_task_open on redress_task (due, id) where done_at is null",
    """
    create table referral (
        id uuid primary key,
        reference text not null unique,
        complaint_id uuid not null references complaint,
        version integer not null check (version > 0),
        status text not null,
        to_kind text not null,
        to_office text,
        to_org text,
        to_name bytea,
        purpose text not null,
        fields text[] not null,
        consent text not null,
        package bytea not null,
        accept_by timestamptz not null,
        sent_at timestamptz not null,
        sent_by text not null,
        sent_office text not null,
        answered_at timestamptz,
        answer text,
        outcome text,
        outcome_at timestamptz,
        confirmed text,
        confirmed_at timestamptz
    )
    """,
    "create index referral_of on referral (complaint_id)",
    "create index referral_newest on referral (sent_at desc, id desc)",
    """
    create table referral_received (
        id uuid primary key,
        referral_id uuid not null unique references referral,
        reference text not null,
        office text,
        org text,
        purpose text not null,
        package bytea not null,
        status text not null,
        version integer not null check (version > 0),
        received_at timestamptz not null,
        accept_by timestamptz not null,
        first_read_at timestamptz,
        answered_at timestamptz,
        answered_by text,
        reason text,
        words bytea,
        outcome text,
        outcome_at timestamptz
    )
    """,
    "create index referral_received_newest on referral_received (received_at desc, id desc)",
    """
    create table respondent_question (
        id uuid primary key,
        complaint_id uuid not null references complaint,
        version integer not null check (version > 0),
        status text not null,
        licence text not null,
        allegation bytea not null,
        asked_at timestamptz not null,
        asked_by text not null,
        asked_office text not null,
        answer_by date not null,
        more_time_until date,
        more_time_because bytea,
        more_time_asked_at timestamptz,
        more_time_granted boolean,
        answered_at timestamptz,
        answered_by text,
        answer bytea,
        stand text,
        working_days integer,
        lapsed_at timestamptz
    )
    """,
    "create index respondent_question_of on respondent_question (complaint_id)",
    "create index respondent_question_licence on respondent_question (licence, asked_at desc, id desc)",
    """
    create table respondent_document (
        id uuid primary key,
        question_id uuid not null references respondent_question,
        name bytea not null,
        media_type text not null,
        size integer not null,
        sha256 bytea not null,
        stored text not null,
        added_at timestamptz not null,
        unique (question_id, sha256)
    )
    """,
    """
    create table duplicate_pair (
        id uuid primary key,
        one_id uuid not null references complaint,
        other_id uuid not null references complaint,
        rule text not null,
        rules_version text not null,
        found_at timestamptz not null,
        verdict text,
        reason text,
        note bytea,
        decided_by text,
        decided_at timestamptz,
        unique (one_id, other_id),
        check (one_id < other_id),
        check ((verdict is null) = (decided_at is null))
    )
    """,
    "create index duplicate_pair_open on duplicate_pair (found_at desc, id desc) where verdict is null",
    "create index duplicate_pair_other on duplicate_pair (other_id)",
    """
    create table complaint_merge (
        id uuid primary key,
        merged_id uuid not null references complaint,
        into_id uuid not null references complaint,
        at timestamptz not null,
        by text not null,
        reason text not null,
        note bytea,
        status_before text not null,
        undone_at timestamptz,
        undone_by text,
        undone_note bytea,
        check (merged_id <> into_id)
    )
    """,
    "create unique index complaint_merge_stands on complaint_merge (merged_id) where undone_at is null",
    """
    create table collective (
        id uuid primary key,
        lead_id uuid not null unique references complaint,
        made_at timestamptz not null,
        made_by text not null,
        note bytea
    )
    """,
    """
    create table collective_member (
        id uuid primary key,
        collective_id uuid not null references collective,
        complaint_id uuid not null references complaint,
        joined_at timestamptz not null,
        joined_by text not null,
        left_at timestamptz,
        left_by text
    )
    """,
    "create unique index collective_member_now on collective_member (complaint_id) where left_at is null",
    "create index collective_member_of on collective_member (collective_id)",
    """
    create table grs_step (
        id uuid primary key,
        complaint_id uuid not null references complaint,
        version integer not null check (version > 0),
        step smallint not null check (step > 0),
        level text not null,
        about_office text not null,
        limit_days integer,
        data_version text not null,
        begun_on date not null,
        due_on date,
        tracking bytea,
        outcome text,
        outcome_on date,
        words bytea,
        made_by text not null,
        made_at timestamptz not null,
        unique (complaint_id, step)
    )
    """,
)


def upgrade() -> None:
    op.execute(
        """
        alter table complaint
            add column reporter_sound_key bytea,
            add column victim_sound_key bytea,
            add column respondent_sound_key bytea,
            add column redress_state text not null default 'nothing_claimed',
            add column redress_due date
        """
    )
    # What `duplicates.repository` looks for, besides the telephone numbers of 0002: few share a name's sound within the days that count.
    op.execute("create index complaint_by_reporter_sound on complaint (reporter_sound_key, lodged_at) where reporter_sound_key is not null")
    op.execute("create index complaint_by_victim_sound on complaint (victim_sound_key, lodged_at) where victim_sound_key is not null")
    op.execute("create index complaint_by_licence on complaint (respondent_licence, lodged_at) where respondent_licence is not null")
    for statement in TABLES:
        op.execute(statement)
    op.execute('revoke delete, truncate on redress_line, redress_payment, complaint_merge, duplicate_pair, referral from "complaints"')
