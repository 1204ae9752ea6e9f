"""The register's history, what is known against and for an agency, and those who recruit without registration."""

from alembic import op

revision = "0002"
down_revision = "0001"

REGISTER = """
alter table agency add column evidence_changed_at timestamptz;;
create index agency_evidence_changed on agency (evidence_changed_at) where evidence_changed_at is not null;;
create table licence_event (
    id uuid primary key,
    licence text not null check (licence ~ '^RL-[0-9]{4,5}$'),
    kind text not null check (kind in ('issued', 'renewed', 'suspended', 'suspension_lifted', 'cancelled', 'restored', 'withdrawn')),
    true_from date not null,
    true_until date,
    hearing boolean,
    reason text,
    order_ref text,
    security_minor bigint check (security_minor >= 0),
    rules_version text,
    source text not null,
    supersedes uuid unique references licence_event,
    recorded_at timestamptz not null,
    recorded_by text not null,
    constraint licence_event_term check ((kind in ('issued', 'renewed')) = (true_until is not null)),
    constraint licence_event_ends_after_it_begins check (true_until >= true_from),
    constraint licence_event_hearing check ((kind = 'suspended') = (hearing is not null)),
    constraint licence_event_withdraws_one check (kind <> 'withdrawn' or supersedes is not null)
);;
create index licence_event_licence on licence_event (licence, true_from, recorded_at);;
create table agency_alias (
    id uuid primary key,
    licence text not null,
    name text not null,
    kind text not null check (kind in ('trade', 'former', 'spelling')),
    true_from date not null,
    true_until date,
    source text not null,
    supersedes uuid unique references agency_alias,
    recorded_at timestamptz not null,
    recorded_by text not null
);;
create index alias_licence on agency_alias (licence);;
create table agency_branch (
    id uuid primary key,
    licence text not null,
    kind text not null check (kind in ('head', 'branch')),
    address text not null,
    district text not null check (district ~ '^BD-[0-9]{2}$'),
    phone bytea,
    phone_index bytea,
    approval_ref text,
    true_from date not null,
    true_until date,
    source text not null,
    supersedes uuid unique references agency_branch,
    recorded_at timestamptz not null,
    recorded_by text not null
);;
create index branch_licence on agency_branch (licence);;
create index branch_phone on agency_branch (phone_index) where phone_index is not null;;
create table agency_associate (
    id uuid primary key,
    licence text not null,
    with_licence text not null,
    true_from date not null,
    true_until date,
    source text not null,
    supersedes uuid unique references agency_associate,
    recorded_at timestamptz not null,
    recorded_by text not null,
    constraint associate_of_another check (licence <> with_licence)
);;
create index associate_licence on agency_associate (licence);;
create table sub_agent (
    id uuid primary key,
    number text not null,
    licence text not null,
    name_en text not null,
    name_bn text,
    district text not null check (district ~ '^BD-[0-9]{2}$'),
    phone bytea,
    phone_index bytea,
    true_from date not null,
    true_until date not null,
    ended text,
    search tsvector not null,
    source text not null,
    supersedes uuid unique references sub_agent,
    recorded_at timestamptz not null,
    recorded_by text not null,
    constraint sub_agent_ends_after_it_begins check (true_until >= true_from)
);;
create index sub_agent_number on sub_agent (number, true_from);;
create index sub_agent_licence on sub_agent (licence);;
create index sub_agent_phone on sub_agent (phone_index) where phone_index is not null;;
create index sub_agent_search on sub_agent using gin (search);;
create table agency_import (
    id uuid primary key,
    kind text not null check (kind in ('register', 'deployments')),
    mode text not null check (mode in ('all', 'good')),
    file_hash bytea not null,
    rows integer not null check (rows >= 0),
    good integer not null check (good >= 0),
    bad integer not null check (bad >= 0),
    loaded boolean not null,
    report jsonb not null,
    imported_at timestamptz not null,
    imported_by text not null
);;
create index agency_import_newest on agency_import (imported_at, id);;
revoke update, delete, truncate on licence_event, agency_alias, agency_branch, agency_associate, sub_agent, agency_import from agencies
"""

UNREGISTERED = """
create table recruiter (
    id uuid primary key,
    reference text not null unique,
    version integer not null constraint recruiter_version_positive check (version > 0),
    opened_by text not null,
    opened_at timestamptz not null
);;
create index recruiter_newest on recruiter (opened_at, id);;
create table sighting (
    id uuid primary key,
    complaint text,
    name bytea,
    name_index bytea,
    name_words bytea[] not null,
    phone bytea,
    phone_index bytea,
    district text check (district ~ '^BD-[0-9]{2}$'),
    country text,
    processed_by text check (processed_by ~ '^RL-[0-9]{4,5}$'),
    seen_on date not null,
    source text not null,
    noted_at timestamptz not null,
    noted_by text not null,
    constraint sighting_names_somebody check (name_index is not null or phone_index is not null)
);;
create index sighting_phone on sighting (phone_index) where phone_index is not null;;
create index sighting_name on sighting (name_index) where name_index is not null;;
create index sighting_words on sighting using gin (name_words);;
create index sighting_newest on sighting (noted_at, id);;
create index sighting_processed_by on sighting (processed_by) where processed_by is not null;;
create table sighting_join (
    id uuid primary key,
    sighting uuid not null references sighting,
    recruiter uuid references recruiter,
    reason text not null,
    joined_at timestamptz not null,
    joined_by text not null
);;
create index sighting_join_of on sighting_join (sighting, joined_at);;
create index sighting_join_recruiter on sighting_join (recruiter) where recruiter is not null;;
create table enforcement_step (
    id uuid primary key,
    recruiter uuid not null references recruiter,
    kind text not null,
    happened_on date not null,
    outcome text,
    is_public boolean not null,
    order_ref text,
    note bytea,
    supersedes uuid unique references enforcement_step,
    recorded_at timestamptz not null,
    recorded_by text not null,
    constraint enforcement_step_public_order check (not is_public or (outcome is not null and order_ref is not null))
);;
create index enforcement_step_of on enforcement_step (recruiter, happened_on);;
revoke update, delete, truncate on sighting, sighting_join, enforcement_step from agencies
"""

EVIDENCE = """
create table agency_fact (
    id uuid primary key,
    kind text not null check (kind in (
        'complaint_decided', 'complaint_reopened', 'complaint_merged', 'appeal_lodged', 'redress_ordered', 'redress_paid',
        'complaint_answered', 'fee_charged', 'contract', 'passport', 'inspection', 'offence', 'offence_resolved', 'training',
        'crisis_answer')),
    licence text check (licence ~ '^RL-[0-9]{4,5}$'),
    happened_on date not null,
    record uuid,
    sequence integer,
    about uuid references agency_fact,
    category text,
    country text,
    sex text,
    outcome text,
    basis text,
    amount bigint check (amount >= 0),
    outstanding bigint,
    currency text,
    due_on date,
    ceiling bigint check (ceiling >= 0),
    ceiling_rule text,
    workers integer check (workers >= 0),
    days integer check (days >= 0),
    source text not null,
    source_ref text,
    recorded_at timestamptz not null,
    recorded_by text not null
);;
create index fact_licence on agency_fact (licence, kind, happened_on) where licence is not null;;
create index fact_record on agency_fact (record, sequence desc) where record is not null;;
create index fact_about on agency_fact (about) where about is not null;;
create index fact_newest on agency_fact (licence, recorded_at, id) where licence is not null;;
create table fact_strike (
    id uuid primary key,
    fact uuid not null,
    struck boolean not null,
    reason text not null,
    made_at timestamptz not null,
    made_by text not null
);;
create index strike_of on fact_strike (fact, made_at);;
create table deployment (
    id uuid primary key,
    licence text not null check (licence ~ '^RL-[0-9]{4,5}$'),
    year smallint not null check (year between 1976 and 2100),
    country text not null,
    district text,
    sex text not null check (sex in ('female', 'male', 'other', 'unknown')),
    skill text not null check (skill in ('professional', 'skilled', 'semi_skilled', 'less_skilled', 'domestic', 'unknown')),
    with_licence text check (with_licence ~ '^RL-[0-9]{4,5}$'),
    workers integer not null check (workers >= 0),
    version integer not null check (version > 0),
    source text not null,
    supersedes uuid unique references deployment,
    recorded_at timestamptz not null,
    recorded_by text not null
);;
create unique index deployment_key on deployment
    (licence, year, country, district, sex, skill, with_licence, version) nulls not distinct;;
create table fact_answer (
    id uuid primary key,
    fact uuid not null,
    licence text not null,
    words bytea not null,
    answered_at timestamptz not null,
    answered_by text not null
);;
create index fact_answer_of on fact_answer (licence, answered_at, id);;
create table agency_document (
    id uuid primary key,
    licence text not null,
    fact uuid,
    name bytea not null,
    media_type text not null,
    size integer not null check (size > 0),
    hash bytea not null,
    place text not null,
    uploaded_at timestamptz not null,
    uploaded_by text not null
);;
create index document_of on agency_document (licence, uploaded_at, id);;
revoke update, delete, truncate on agency_fact, fact_strike, deployment, fact_answer, agency_document from agencies
"""

# What stood in the register so far becomes its first history: a term of three years (OEMA 2013 s.11) that ends on the day noted, and the
# status noted, true from the day it was entered here: when it began is not known.
HISTORY = """
insert into licence_event (id, licence, kind, true_from, true_until, source, recorded_at, recorded_by)
select gen_random_uuid(), licence, 'issued',
       least((valid_until - interval '3 years' + interval '1 day')::date, (registered_at at time zone 'Asia/Dhaka')::date), valid_until,
       'register before 0002', registered_at, registered_by
from agency;;
insert into licence_event (id, licence, kind, true_from, hearing, source, recorded_at, recorded_by)
select gen_random_uuid(), licence, status, (registered_at at time zone 'Asia/Dhaka')::date,
       case when status = 'suspended' then false end, 'register before 0002', registered_at, registered_by
from agency where status in ('suspended', 'cancelled')
"""


def upgrade() -> None:
    for part in (REGISTER, UNREGISTERED, EVIDENCE, HISTORY):
        for statement in part.split(";;"):
            op.execute(statement)
