"""The first schema: returnees with what they showed, cases with what was consented to; and the plumbing."""

from alembic import op

from kit.migrations import create_plumbing

revision = "0001"
down_revision = None

TABLES = """
create table returnee (
    id uuid primary key,
    reference text not null unique,
    version integer not null constraint returnee_version_positive check (version > 0),
    name bytea not null,
    name_bn bytea,
    phone bytea,
    phone_index bytea,
    sex text not null check (sex in ('female', 'male', 'other', 'unknown')),
    age_band text not null check (age_band in ('under_18', '18_24', '25_34', '35_44', '45_plus', 'unknown')),
    district text not null check (district ~ '^BD-[0-9]{2}$'),
    country text not null check (country ~ '^[A-Z]{2}$'),
    returned_on date not null check (returned_on >= date '1970-01-01'),
    return_reason text not null,
    lists_version text not null,
    registered_by text not null,
    registered_by_org text,
    registered_at timestamptz not null
);;
create index returnee_newest on returnee (registered_at desc, id desc);;
create index returnee_district on returnee (district, registered_at desc, id desc);;
create index returnee_registered_by on returnee (registered_by, registered_at desc);;
create index returnee_phone on returnee (phone_index) where phone_index is not null;;
create table returnee_document (
    id uuid primary key,
    returnee_id uuid not null references returnee,
    kind text not null,
    number bytea,
    number_index bytea
);;
create index returnee_document_of on returnee_document (returnee_id);;
create index returnee_document_number on returnee_document (number_index) where number_index is not null;;
create table reintegration_case (
    id uuid primary key,
    reference text not null unique,
    version integer not null constraint reintegration_case_version_positive check (version > 0),
    returnee_id uuid not null references returnee,
    status text not null check (status in ('open', 'closed')),
    needs text[] not null check (cardinality(needs) > 0),
    plan_due date not null,
    opened_by text not null,
    opened_at timestamptz not null,
    closed_at timestamptz,
    check ((status = 'closed') = (closed_at is not null))
);;
create unique index reintegration_case_open on reintegration_case (returnee_id) where closed_at is null;;
create index reintegration_case_due on reintegration_case (plan_due) where closed_at is null;;
create table case_consent (
    id uuid primary key,
    case_id uuid not null references reintegration_case,
    purpose text not null,
    granted boolean not null,
    taken_by text not null,
    taken_at timestamptz not null
);;
create index case_consent_of on case_consent (case_id);;
revoke update, delete, truncate on case_consent from reintegration;;
revoke delete, truncate on returnee, returnee_document, reintegration_case from reintegration
"""


def upgrade() -> None:
    create_plumbing("reintegration")
    for statement in TABLES.split(";;"):
        op.execute(statement)
