"""Endpoints of partners, each event on its way to each, and every attempt."""

from alembic import op

revision = "0004"
down_revision = "0003"

STATEMENTS = """
create table partner_endpoint (
    id uuid primary key,
    version integer not null constraint partner_endpoint_version_positive check (version > 0),
    organisation_id uuid not null references partner_organisation,
    client_id text not null references partner_client (client_id),
    url text not null,
    types text[],
    state text not null check (state in ('active', 'paused', 'gone', 'ended')),
    secret bytea not null,
    former_secret bytea,
    former_until timestamptz,
    failures integer not null,
    retry_at timestamptz,
    added_at timestamptz not null,
    check ((former_secret is null) = (former_until is null))
);;
create index partner_endpoint_of on partner_endpoint (organisation_id);;
create table partner_delivery (
    endpoint_id uuid not null references partner_endpoint,
    event_id uuid not null,
    organisation_id uuid not null,
    type text not null,
    subject uuid not null,
    sequence integer not null,
    ping bytea,
    state text not null check (state in ('waiting', 'delivered', 'dead', 'withheld')),
    reason text,
    attempts integer not null,
    begun_at timestamptz not null,
    due timestamptz not null,
    claimed_until timestamptz,
    done_at timestamptz,
    primary key (endpoint_id, event_id),
    check ((state = 'waiting') = (done_at is null))
);;
create index partner_delivery_due on partner_delivery (endpoint_id, due) where state = 'waiting';;
create index partner_delivery_about on partner_delivery (endpoint_id, subject, sequence) where state = 'waiting';;
create index partner_delivery_newest on partner_delivery (endpoint_id, begun_at desc, event_id desc);;
create table partner_delivery_attempt (
    endpoint_id uuid not null,
    event_id uuid not null,
    number integer not null,
    began_at timestamptz not null,
    ended_at timestamptz,
    status integer,
    outcome text,
    primary key (endpoint_id, event_id, number),
    constraint partner_delivery_attempt_of foreign key (endpoint_id, event_id) references partner_delivery
);;
revoke delete, truncate on partner_endpoint, partner_delivery, partner_delivery_attempt from partners
"""


def upgrade() -> None:
    for statement in filter(str.strip, STATEMENTS.split(";;")):
        op.execute(statement)
