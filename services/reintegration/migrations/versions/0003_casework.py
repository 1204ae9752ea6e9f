"""A case is followed: consent for each purpose and recipient, household, assessment, plan, reviews, an end that two persons see."""

from alembic import op

revision = "0003"
down_revision = "0002"

STATEMENTS = """
create table returnee_consent (
    id uuid primary key,
    returnee_id uuid not null references returnee,
    purpose text not null,
    recipient text not null,
    granted boolean not null,
    way text not null,
    language text not null check (language in ('bn', 'en')),
    witness bytea,
    by_guardian boolean not null,
    taken_by text not null,
    taken_at timestamptz not null,
    withdrawn_at timestamptz,
    withdrawn_by text,
    check ((withdrawn_at is null) = (withdrawn_by is null))
);;
create index returnee_consent_of on returnee_consent (returnee_id, purpose, recipient, taken_at desc);;
create unique index returnee_consent_in_force on returnee_consent (returnee_id, purpose, recipient) where granted and withdrawn_at is null;;
alter table reintegration_case
    add column closing_reason text,
    add column closing_note bytea,
    add column closing_proposed_by text,
    add column closing_proposed_at timestamptz,
    add column closed_by text,
    add constraint reintegration_case_closing check ((closing_proposed_by is null) = (closing_reason is null));;
create table household_member (
    id uuid primary key,
    returnee_id uuid not null references returnee,
    name bytea,
    relation text not null,
    birth_year smallint check (birth_year between 1900 and 2100),
    sex text not null,
    has_papers boolean,
    schooling text,
    school_class text,
    credits text check (credits in ('claimed', 'accepted', 'refused')),
    out_since date,
    added_by text not null,
    added_at timestamptz not null
);;
create index household_member_of on household_member (returnee_id);;
create table case_assessment (
    id uuid primary key,
    case_id uuid not null references reintegration_case,
    number integer not null check (number >= 0),
    instrument text not null,
    answers bytea not null,
    economic smallint check (economic between 0 and 100),
    social smallint check (social between 0 and 100),
    psychosocial smallint check (psychosocial between 0 and 100),
    answered integer[] not null,
    made_by text not null,
    made_at timestamptz not null,
    unique (case_id, number)
);;
create table plan_goal (
    id uuid primary key,
    case_id uuid not null references reintegration_case,
    dimension text not null check (dimension in ('economic', 'social', 'psychosocial')),
    words bytea not null,
    help text,
    who text not null check (who in ('returnee', 'office', 'partner')),
    due_on date not null,
    state text not null check (state in ('open', 'reached', 'dropped')),
    state_at timestamptz not null
);;
create index plan_goal_of on plan_goal (case_id, due_on);;
create table case_plan (
    case_id uuid primary key references reintegration_case,
    agreed boolean not null,
    made_by text not null,
    made_at timestamptz not null
);;
create table case_review (
    case_id uuid not null references reintegration_case,
    number integer not null check (number > 0),
    district text not null,
    due_on date not null,
    held_on date,
    held_by text,
    confirmed text check (confirmed in ('yes', 'partly', 'no', 'not_reached')),
    note bytea,
    primary key (case_id, number),
    check ((held_on is null) = (confirmed is null))
);;
create index case_review_due on case_review (district, due_on) where held_on is null;;
revoke delete, truncate on returnee_consent, household_member, case_assessment, plan_goal, case_plan, case_review from reintegration;;
revoke update on case_assessment from reintegration
"""


def upgrade() -> None:
    for statement in STATEMENTS.split(";;"):
        op.execute(statement)
