"""Who helps with what, and how a returnee is passed on and followed until the help came."""

from alembic import op

revision = "0004"
down_revision = "0003"

STATEMENTS = """
create table help_provider (
    id uuid primary key,
    version integer not null constraint help_provider_version_positive check (version > 0),
    kind text not null,
    name_en text not null,
    name_bn text not null,
    org text,
    district text,
    helps text[] not null check (cardinality(helps) > 0),
    places integer check (places >= 0),
    members integer check (members >= 0),
    women integer check (women >= 0 and women <= members),
    open_from date not null,
    closed_from date,
    source text not null,
    added_by text not null,
    added_at timestamptz not null
);;
create index help_provider_of on help_provider (district, kind);;
create table help_referral_sent (
    id uuid primary key,
    version integer not null constraint help_referral_sent_version_positive check (version > 0),
    returnee_id uuid not null references returnee,
    case_id uuid not null references reintegration_case,
    provider_id uuid not null references help_provider,
    help text not null,
    state text not null,
    reason bytea,
    decline_code text,
    sent_by text not null,
    sent_at timestamptz not null,
    accept_by timestamptz not null,
    answered_at timestamptz,
    delivered_at timestamptz,
    outcome text,
    confirmed text check (confirmed in ('came', 'partly', 'did_not_come')),
    confirmed_at timestamptz,
    ended_at timestamptz
);;
create index help_referral_sent_of on help_referral_sent (returnee_id, sent_at desc);;
create unique index help_referral_sent_open on help_referral_sent (case_id, provider_id, help) where ended_at is null;;
create table help_referral_received (
    id uuid primary key references help_referral_sent,
    org text not null,
    district text not null,
    help text not null,
    data bytea,
    received_at timestamptz not null,
    accept_by timestamptz not null,
    state text not null,
    note bytea
);;
create index help_referral_received_by on help_referral_received (org, received_at desc, id desc);;
revoke delete, truncate on help_provider, help_referral_sent, help_referral_received from reintegration
"""


def upgrade() -> None:
    for statement in STATEMENTS.split(";;"):
        op.execute(statement)
