"""What each organisation is told: a feed of facts, numbered without a gap, and the records that it may hear of no more."""

from alembic import op

revision = "0003"
down_revision = "0002"

STATEMENTS = """
create table partner_feed (
    organisation_id uuid primary key references partner_organisation,
    last bigint not null
);;
create table partner_feed_event (
    organisation_id uuid not null references partner_organisation,
    position bigint not null,
    id uuid not null,
    type text not null,
    subject uuid not null,
    sequence integer not null,
    purpose text,
    fields text[] not null,
    body bytea not null,
    added_at timestamptz not null,
    withheld text check (withheld in ('consent_withdrawn')),
    primary key (organisation_id, position),
    constraint partner_feed_event_once unique (organisation_id, id)
);;
create index partner_feed_event_since on partner_feed_event (organisation_id, added_at);;
create index partner_feed_event_about on partner_feed_event (organisation_id, subject);;
create table partner_closed_record (
    organisation_id uuid not null references partner_organisation,
    record uuid not null,
    closed_by uuid not null,
    primary key (organisation_id, record)
);;
revoke delete, truncate on partner_feed_event, partner_closed_record from partners
"""


def upgrade() -> None:
    for statement in filter(str.strip, STATEMENTS.split(";;")):
        op.execute(statement)
