"""The cases of a wing's ordinary day: what is known, what happened, visits, the December report, whose duty is with whom."""

from alembic import op

revision = "0010"
down_revision = "0009"

STATEMENTS = """
create table wing_case (
    id uuid primary key,
    reference text not null unique,
    version integer not null constraint wing_case_version_positive check (version > 0),
    kind text not null,
    state text not null check (state in ('waiting', 'open', 'closed')),
    origin text not null check (origin in ('counter', 'complaint', 'family')),
    country text not null check (country ~ '^[A-Z]{2}$'),
    mission text not null,
    sex text not null,
    age_band text not null,
    restricted boolean not null,
    complaint text,
    facts jsonb not null,
    words bytea,
    person bytea,
    person_index bytea,
    applicant bytea,
    answer bytea,
    secret_hash bytea,
    phone_index bytea,
    officer text,
    officer_name text,
    next_due timestamptz,
    next_step text,
    outcome text,
    opened_by text not null,
    opened_at timestamptz not null,
    taken_at timestamptz,
    closed_at timestamptz,
    kinds_version text not null,
    check ((state = 'closed') = (closed_at is not null and outcome is not null)),
    check ((origin = 'complaint') = (complaint is not null)),
    check ((origin = 'family') = (secret_hash is not null))
);;
create index wing_case_opened on wing_case (opened_at, id);;
create index wing_case_due on wing_case (next_due, id) where state <> 'closed' and next_due is not null;;
create index wing_case_mission on wing_case (mission, opened_at);;
create index wing_case_person on wing_case (person_index) where person_index is not null;;
create unique index wing_case_complaint on wing_case (complaint, kind) where complaint is not null and state <> 'closed';;
create table wing_happening (
    position bigint generated always as identity primary key,
    case_id uuid not null references wing_case,
    at timestamptz not null,
    by text not null,
    what text not null check (what in (
        'opened', 'taken', 'details', 'step', 'visit', 'answered', 'overdue', 'restricted', 'closed', 'reopened')),
    done_on date,
    detail jsonb not null,
    note bytea
);;
create index wing_happening_case on wing_happening (case_id, position);;
create table wing_visit (
    id uuid primary key,
    case_id uuid not null references wing_case,
    place_kind text not null,
    visited_on date not null,
    found text[] not null,
    words bytea,
    by text not null,
    at timestamptz not null
);;
create index wing_visit_case on wing_visit (case_id, visited_on);;
create table wing_worker (
    id uuid primary key,
    visit_id uuid not null references wing_visit,
    at timestamptz not null,
    trade text not null,
    sex text not null,
    conditions text[] not null,
    benefits text[] not null,
    problems text[] not null
);;
create index wing_worker_visit on wing_worker (visit_id);;
create table wing_request_failure (
    id uuid primary key,
    case_id uuid,
    address_index bytea not null,
    at timestamptz not null
);;
create index wing_request_failure_from on wing_request_failure (address_index, at);;
create index wing_request_failure_of on wing_request_failure (case_id, at);;
create table december_report (
    id uuid primary key,
    mission text not null,
    year integer not null check (year between 2013 and 2100),
    version integer not null check (version > 0),
    state text not null check (state in ('draft', 'approved', 'sent')),
    cutoff timestamptz not null,
    market bytea,
    market_by text,
    other bytea,
    other_by text,
    drafted_by text not null,
    drafted_at timestamptz not null,
    approved_by text,
    approved_at timestamptz,
    digest text,
    sent_by text,
    sent_at timestamptz,
    names jsonb not null,
    unique (mission, year),
    constraint december_report_four_eyes check (approved_by is null or (approved_by <> drafted_by
        and approved_by is distinct from market_by and approved_by is distinct from other_by)),
    constraint december_report_approved check ((state = 'draft') = (approved_at is null) and (approved_at is null) = (digest is null)),
    constraint december_report_sent check ((state = 'sent') = (sent_at is not null))
);;
create table duty_handover (
    id uuid primary key,
    mission text not null,
    to_mission text not null,
    reason text not null,
    alert_id uuid references alert,
    handed_by text,
    handed_at timestamptz not null,
    ended_by text,
    ended_at timestamptz,
    check (mission <> to_mission),
    check ((handed_by is null) = (alert_id is not null))
);;
alter table alert_change drop constraint alert_change_kind_known;;
alter table alert_change add constraint alert_change_kind_known check (kind ~ '^[a-z_]{3,20}$');;
create unique index duty_handover_open on duty_handover (mission) where ended_at is null;;
create index duty_handover_past on duty_handover (ended_at) where ended_at is not null;;
revoke update, delete, truncate on wing_case, wing_happening, wing_visit, wing_worker, december_report, duty_handover from crisis;;
grant update (version, state, restricted, sex, age_band, facts, words, person, person_index, answer, officer, officer_name,
    next_due, next_step, outcome, taken_at, closed_at) on wing_case to crisis;;
grant update (version, state, cutoff, market, market_by, other, other_by, approved_by, approved_at, digest, sent_by, sent_at, names)
    on december_report to crisis;;
grant update (ended_by, ended_at) on duty_handover to crisis
"""


def upgrade() -> None:
    for statement in filter(str.strip, STATEMENTS.split(";;")):
        op.execute(statement)
