"""Organisations, what was agreed with them, their programs, and what was done to them."""

from alembic import op

revision = "0002"
down_revision = "0001"

STATEMENTS = """
create table partner_organisation (
    id uuid primary key,
    code text not null unique,
    version integer not null constraint partner_organisation_version_positive check (version > 0),
    state text not null check (state in ('applied', 'verified', 'refused', 'suspended')),
    kind text not null,
    name_en text not null,
    name_bn text not null,
    registration text,
    contact bytea not null,
    stewards text[] not null,
    applied_by text not null,
    applied_at timestamptz not null,
    decided_by text,
    decided_at timestamptz,
    suspended_by text,
    constraint partner_organisation_four_eyes check (decided_by <> applied_by),
    check ((decided_by is null) = (decided_at is null) and (state = 'applied') = (decided_by is null)),
    check ((state = 'suspended') = (suspended_by is not null))
);;
create index partner_organisation_newest on partner_organisation (applied_at desc, id desc);;
create table partner_agreement (
    id uuid primary key,
    version integer not null constraint partner_agreement_version_positive check (version > 0),
    organisation_id uuid not null references partner_organisation,
    state text not null check (state in ('proposed', 'approved', 'refused', 'ended')),
    purposes text[] not null check (purposes <> '{}'),
    fields text[] not null check (fields <> '{}'),
    activities text[] not null,
    reference text not null,
    valid_from date not null,
    valid_until date not null,
    proposed_by text not null,
    proposed_at timestamptz not null,
    decided_by text,
    decided_at timestamptz,
    ended_by text,
    ended_at timestamptz,
    constraint partner_agreement_four_eyes check (decided_by <> proposed_by),
    constraint partner_agreement_days check (valid_until >= valid_from),
    check ((decided_by is null) = (decided_at is null) and (state = 'proposed') = (decided_by is null)),
    check ((state = 'ended') = (ended_at is not null) and (ended_by is null) = (ended_at is null))
);;
create index partner_agreement_of on partner_agreement (organisation_id, proposed_at);;
create table partner_client (
    id uuid primary key,
    version integer not null constraint partner_client_version_positive check (version > 0),
    client_id text not null unique,
    organisation_id uuid not null references partner_organisation,
    name text not null,
    state text not null check (state in ('active', 'paused', 'suspended', 'ended')),
    scopes text[] not null,
    added_by text not null,
    added_at timestamptz not null,
    constraint partner_client_name unique (organisation_id, name)
);;
create table partner_act (
    id uuid primary key,
    organisation_id uuid not null references partner_organisation,
    kind text not null,
    about text not null,
    reason text,
    words bytea,
    by text not null,
    at timestamptz not null
);;
create index partner_act_of on partner_act (organisation_id, at);;
revoke update, delete, truncate on partner_act from partners
"""


def upgrade() -> None:
    for statement in filter(str.strip, STATEMENTS.split(";;")):
        op.execute(statement)
