"""Distress, death abroad, missing persons and families left behind."""

from alembic import op

revision = "0007"
down_revision = "0006"

TABLES = (
    """
    create table file_step (
        id uuid primary key,
        complaint_id uuid not null references complaint,
        request_id uuid,
        kind text not null,
        source text not null,
        done_on date not null,
        cost bigint check (cost > 0),
        currency text,
        borne_by text,
        note bytea,
        office text not null,
        recorded_at timestamptz not null,
        recorded_by text not null,
        constraint file_step_cost_is_whole check ((cost is null) = (currency is null))
    )
    """,
    """
    create table file_money (
        id uuid primary key,
        complaint_id uuid not null references complaint,
        kind text not null,
        payer text not null,
        currency text not null check (currency ~ '^[A-Z]{3}$'),
        claimed bigint not null constraint file_money_claimed check (claimed > 0),
        claimed_on date not null,
        agreed bigint constraint file_money_agreed check (agreed >= 0),
        agreed_on date,
        dropped_on date,
        is_grant boolean not null,
        recorded_at timestamptz not null,
        recorded_by text not null
    )
    """,
    """
    create table file_payment (
        id uuid primary key,
        money_id uuid not null references file_money,
        amount bigint not null constraint file_payment_amount check (amount > 0),
        paid_on date not null,
        proof text not null,
        recorded_at timestamptz not null,
        recorded_by text not null
    )
    """,
    """
    create table file_link (
        complaint_id uuid not null references complaint,
        other_id uuid not null references complaint,
        why text not null,
        at timestamptz not null,
        by text not null,
        primary key (complaint_id, other_id)
    )
    """,
    """
    create table distress_file (
        complaint_id uuid primary key references complaint,
        place bytea,
        family_may_know boolean,
        family_told_on date,
        ministry_service boolean not null,
        opened_at timestamptz not null,
        opened_by text not null
    )
    """,
    """
    create table distress_request (
        id uuid primary key,
        complaint_id uuid not null references complaint,
        need text not null,
        urgency smallint not null constraint distress_request_urgency check (urgency between 1 and 4),
        office text not null,
        state text not null constraint distress_request_state check (state in ('open', 'met', 'unmet', 'withdrawn')),
        opened_at timestamptz not null,
        opened_by text not null,
        ended_on date,
        note bytea
    )
    """,
    """
    create table death_file (
        complaint_id uuid primary key references complaint,
        reported_by text not null,
        died_on date,
        cause text not null,
        suspicious boolean,
        police_case text not null,
        police_note bytea,
        cleared boolean,
        passport bytea,
        passport_index bytea,
        identity text not null constraint death_file_identity check (identity in ('reported', 'confirmed', 'error')),
        identity_seen text[] not null,
        identity_source text,
        identity_on date,
        contact text,
        contact_name bytea,
        contact_office text,
        contact_told_on date,
        flight text,
        cargo text,
        airport text,
        arrives_on date,
        receiver bytea,
        receiver_phone bytea,
        handed_over_on date,
        buried_on date,
        opened_at timestamptz not null,
        opened_by text not null
    )
    """,
    """
    create table death_wish (
        id uuid primary key,
        complaint_id uuid not null references complaint,
        wish text not null constraint death_wish_known check (wish in ('return', 'burial_there')),
        relation text not null,
        said_on date not null,
        said_by bytea,
        recorded_at timestamptz not null,
        recorded_by text not null
    )
    """,
    """
    create table death_paper (
        id uuid primary key,
        complaint_id uuid not null references complaint,
        code text not null,
        state text not null constraint death_paper_state check (state in ('asked', 'received', 'not_needed')),
        on_day date not null,
        source text not null,
        recorded_at timestamptz not null,
        recorded_by text not null
    )
    """,
    """
    create table death_heir (
        id uuid primary key,
        complaint_id uuid not null references complaint,
        relation text not null,
        name bytea not null,
        is_minor boolean not null,
        guardian bytea,
        guardian_relation text,
        recorded_at timestamptz not null,
        recorded_by text not null,
        constraint death_heir_minor_has_guardian check (not is_minor or guardian is not null)
    )
    """,
    """
    create table missing_file (
        complaint_id uuid primary key references complaint,
        last_contact_on date,
        last_place bytea,
        features bytea,
        passport_index bytea,
        tell_asker text not null,
        state text not null constraint missing_file_state check (state in ('sought', 'alive', 'dead')),
        consent text constraint missing_file_consent check (consent in ('contact', 'safe_only', 'nothing')),
        found_on date,
        opened_at timestamptz not null,
        opened_by text not null
    )
    """,
    """
    create table remains (
        id uuid primary key,
        country text not null check (country ~ '^[A-Z]{2}$'),
        office text not null,
        found_on date not null,
        sex text not null,
        age_band text not null,
        features bytea not null,
        name_key bytea,
        passport_index bytea,
        state text not null constraint remains_state check (state in ('unidentified', 'identified')),
        reported_at timestamptz not null,
        reported_by text not null
    )
    """,
    """
    create table remains_match (
        id uuid primary key,
        remains_id uuid not null references remains,
        complaint_id uuid not null references complaint,
        reasons text[] not null,
        state text not null constraint remains_match_state check (state in ('proposed', 'confirmed', 'rejected')),
        first_by text,
        first_at timestamptz,
        decided_by text,
        decided_at timestamptz,
        proposed_at timestamptz not null,
        unique (remains_id, complaint_id),
        constraint remains_match_by_two check (state <> 'confirmed' or (first_by is not null and decided_by <> first_by))
    )
    """,
    """
    create table protection_file (
        complaint_id uuid primary key references complaint,
        who text not null,
        issues text[] not null,
        abuser text not null,
        reach_through text not null,
        children smallint not null check (children >= 0),
        children_in_school smallint,
        guardian bytea,
        guardian_relation text,
        level text,
        plan bytea,
        next_visit date,
        opened_at timestamptz not null,
        opened_by text not null,
        constraint protection_file_school check (children_in_school between 0 and children),
        constraint protection_file_reach check (reach_through <> abuser or abuser = 'nobody')
    )
    """,
    """
    create table protection_assessment (
        id uuid primary key,
        complaint_id uuid not null references complaint,
        instrument text not null,
        answers text[] not null,
        points integer not null,
        speaks_for text not null,
        level text not null,
        reason bytea not null,
        decided_at timestamptz not null,
        decided_by text not null
    )
    """,
    """
    create table protection_visit (
        id uuid primary key,
        complaint_id uuid not null references complaint,
        done_on date not null,
        seen_alone boolean not null,
        findings bytea,
        next_visit date,
        recorded_at timestamptz not null,
        recorded_by text not null
    )
    """,
)
INDEXES = (
    "create index file_step_of on file_step (complaint_id, done_on, id)",
    "create index file_money_of on file_money (complaint_id)",
    "create index file_money_grants on file_money (recorded_at, id) where is_grant and dropped_on is null",
    "create index file_payment_of on file_payment (money_id)",
    "create index file_link_back on file_link (other_id)",
    "create index distress_request_of on distress_request (complaint_id)",
    "create index death_arrivals on death_file (arrives_on) where arrives_on is not null",
    "create index death_passport on death_file (passport_index) where passport_index is not null",
    "create index death_wish_of on death_wish (complaint_id)",
    "create index death_paper_of on death_paper (complaint_id, on_day)",
    "create index death_heir_of on death_heir (complaint_id)",
    "create index missing_sought on missing_file (complaint_id) where state = 'sought'",
    "create index remains_of_country on remains (country, reported_at)",
    "create index remains_match_open on remains_match (proposed_at, id) where state = 'proposed'",
    "create index protection_visits_due on protection_file (next_visit) where next_visit is not null",
    "create index protection_assessment_of on protection_assessment (complaint_id)",
    "create index protection_visit_of on protection_visit (complaint_id)",
    "create index complaint_cases on complaint (lodged_at, id) where kind in ('distress', 'death', 'missing', 'protection')",
)
# What was said and done is never changed, by nobody who runs.
HISTORIES = ("file_step", "file_payment", "death_wish", "death_paper", "protection_assessment", "protection_visit")


def upgrade() -> None:
    for statement in (*TABLES, *INDEXES):
        op.execute(statement)
    for table in HISTORIES:
        op.execute(f'revoke update, delete, truncate on {table} from "complaints"')
