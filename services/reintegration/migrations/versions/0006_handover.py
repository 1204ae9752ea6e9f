"""Transfers, victims of trafficking, claims, people who arrive from a crisis."""

from alembic import op

revision = "0006"
down_revision = "0005"

STATEMENTS = """
create table trained_officer (
    account text primary key,
    training text not null,
    trained_on date not null,
    until date check (until > trained_on),
    noted_by text not null,
    noted_at timestamptz not null
);;
create table victim_case (
    id uuid primary key,
    reference text not null unique,
    version integer not null constraint victim_case_version_positive check (version > 0),
    returnee_id uuid not null references returnee,
    country text not null,
    sex text not null,
    age_band text not null,
    finding text,
    forms text[] not null default '{}',
    identified_at timestamptz,
    testimony text not null,
    opened_by text not null,
    opened_at timestamptz not null,
    closed_at timestamptz,
    closed_by text,
    closing_reason text,
    check ((closed_at is null) = (closing_reason is null)),
    check ((finding is null) = (identified_at is null))
);;
create unique index victim_case_open on victim_case (returnee_id) where closed_at is null;;
create index victim_case_newest on victim_case (opened_at desc, id desc);;
create index victim_case_identified on victim_case (identified_at) where identified_at is not null;;
create table victim_case_member (
    case_id uuid not null references victim_case,
    account text not null,
    added_by text not null,
    added_at timestamptz not null,
    ended_at timestamptz,
    primary key (case_id, account)
);;
create index victim_case_member_of on victim_case_member (account) where ended_at is null;;
create table victim_indicator (
    case_id uuid not null references victim_case,
    code text not null,
    answer text not null check (answer in ('yes', 'no', 'not_known')),
    noted_by text not null,
    noted_at timestamptz not null,
    primary key (case_id, code)
);;
create table victim_identification (
    id uuid primary key,
    case_id uuid not null references victim_case,
    finding text not null,
    forms text[] not null,
    reasons bytea not null,
    training text not null,
    made_by text not null,
    made_at timestamptz not null
);;
create index victim_identification_of on victim_identification (case_id, made_at);;
create table victim_step (
    id uuid primary key,
    version integer not null constraint victim_step_version_positive check (version > 0),
    case_id uuid not null references victim_case,
    area text not null,
    kind text not null,
    state text not null,
    provider_id uuid references help_provider,
    due_on date,
    given_at timestamptz,
    amount bigint check (amount > 0),
    currency text,
    note bytea,
    added_by text not null,
    added_at timestamptz not null,
    check ((amount is null) = (currency is null))
);;
create index victim_step_of on victim_step (case_id, added_at);;
create index victim_step_given on victim_step (given_at) where given_at is not null;;
create table case_transfer_sent (
    id uuid primary key,
    version integer not null constraint case_transfer_sent_version_positive check (version > 0),
    returnee_id uuid not null references returnee,
    case_id uuid not null references reintegration_case,
    from_district text not null,
    to_district text not null check (to_district <> from_district),
    state text not null,
    reason text not null,
    note bytea,
    decline_code text,
    sent_by text not null,
    sent_at timestamptz not null,
    accept_by timestamptz not null,
    ended_at timestamptz
);;
create unique index case_transfer_sent_open on case_transfer_sent (case_id) where ended_at is null;;
create index case_transfer_sent_of on case_transfer_sent (returnee_id, sent_at desc);;
create table case_transfer_received (
    id uuid primary key references case_transfer_sent,
    to_district text not null,
    from_district text not null,
    sex text not null,
    age_band text not null,
    needs text[] not null,
    urgent text[] not null,
    state text not null,
    received_at timestamptz not null,
    accept_by timestamptz not null,
    answered_by text,
    answered_at timestamptz,
    returnee_id uuid references returnee
);;
create index case_transfer_received_by on case_transfer_received (to_district, received_at desc, id desc);;
create table earnings_claim (
    id uuid primary key,
    reference text not null unique,
    version integer not null constraint earnings_claim_version_positive check (version > 0),
    returnee_id uuid not null references returnee,
    kind text not null,
    country text not null,
    amount bigint not null check (amount > 0),
    currency text not null,
    recovered bigint not null default 0 check (recovered between 0 and amount),
    recovered_on date,
    employer bytea,
    state text not null,
    opened_by text not null,
    opened_at timestamptz not null,
    ended_at timestamptz,
    ending text
);;
create index earnings_claim_of on earnings_claim (returnee_id, opened_at desc);;
create table earnings_claim_step (
    id uuid primary key,
    claim_id uuid not null references earnings_claim,
    kind text not null,
    done_on date not null,
    amount bigint check (amount > 0),
    note bytea,
    noted_by text not null,
    noted_at timestamptz not null
);;
create index earnings_claim_step_of on earnings_claim_step (claim_id, noted_at);;
create table returnee_complaint (
    returnee_id uuid not null references returnee,
    complaint_reference text not null,
    linked_by text not null,
    linked_at timestamptz not null,
    primary key (returnee_id, complaint_reference)
);;
create table evacuee_arrival (
    id uuid primary key,
    version integer not null constraint evacuee_arrival_version_positive check (version > 0),
    state text not null,
    district text,
    country text not null,
    sex text not null,
    age_band text not null,
    arrived_on date not null,
    restricted boolean not null,
    told_at timestamptz,
    data bytea,
    data_at timestamptz,
    first_known_at timestamptz not null,
    returnee_id uuid references returnee,
    decided_by text,
    decided_at timestamptz,
    decline_code text
);;
create index evacuee_arrival_waiting on evacuee_arrival (first_known_at, id) where state = 'waiting';;
revoke delete, truncate on trained_officer, victim_case, victim_case_member, victim_indicator, victim_identification, victim_step,
    case_transfer_sent, case_transfer_received, earnings_claim, earnings_claim_step, returnee_complaint, evacuee_arrival
    from reintegration;;
revoke update on victim_identification, earnings_claim_step, returnee_complaint from reintegration
"""


def upgrade() -> None:
    for statement in filter(str.strip, STATEMENTS.split(";;")):
        op.execute(statement)
