"""The first schema: the register, the evidence and the classes computed from it; and the plumbing."""

from alembic import op

from kit.migrations import create_plumbing

revision = "0001"
down_revision = None

TABLES = """
create table agency (
    id uuid primary key,
    version integer not null constraint agency_version_positive check (version > 0),
    licence text not null unique check (licence ~ '^RL-[0-9]{4,5}$'),
    name_en text not null,
    name_bn text,
    status text not null check (status in ('valid', 'suspended', 'cancelled', 'expired')),
    valid_until date not null,
    district text not null check (district ~ '^BD-[0-9]{2}$'),
    deployed_last_year integer check (deployed_last_year >= 0),
    search tsvector not null,
    registered_by text not null,
    registered_at timestamptz not null
);;
create index agency_search on agency using gin (search);;
create index agency_oldest on agency (registered_at, id);;
create table evidence (
    event_id uuid primary key,
    complaint uuid not null unique,
    licence text,
    category text not null,
    country text not null,
    happened_at timestamptz not null
);;
create index evidence_licence on evidence (licence, happened_at) where licence is not null;;
create table classification (
    id uuid primary key,
    agency_id uuid not null references agency,
    rule_set text not null,
    rule_set_version text not null,
    class_code text not null check (class_code in ('A', 'B', 'C', 'D', 'insufficient_data', 'not_licensed')),
    points integer check (points between 0 and 100),
    complaints integer not null check (complaints >= 0),
    deployed integer,
    explanation jsonb not null,
    since timestamptz not null,
    computed_at timestamptz not null,
    until timestamptz
);;
create unique index classification_in_force on classification (agency_id) where until is null;;
create index classification_of on classification (agency_id, since);;
revoke update, delete, truncate on evidence from agencies;;
revoke delete, truncate on agency, classification from agencies
"""


def upgrade() -> None:
    create_plumbing("agencies")
    for statement in TABLES.split(";;"):
        op.execute(statement)
