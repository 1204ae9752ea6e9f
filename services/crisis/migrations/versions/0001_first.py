"""The first schema: warnings as they came, what is known of them, who has taken note, and what streams tell; and the plumbing."""

from alembic import op

from kit.migrations import create_plumbing

revision = "0001"
down_revision = None

TABLES = """
create table alert (
    id uuid primary key,
    version integer not null check (version > 0),
    state text not null check (state in ('standing', 'superseded', 'cancelled', 'notice')),
    sender text not null check (length(sender) between 1 and 255),
    identifier text not null check (length(identifier) between 1 and 255),
    sent timestamptz not null,
    message_status text not null check (message_status in ('actual', 'exercise', 'test')),
    message_type text not null check (message_type in ('alert', 'update', 'cancel')),
    severity text not null,
    urgency text not null,
    certainty text not null,
    event text not null,
    headlines jsonb not null,
    expires timestamptz,
    evidence text not null,
    defects text[] not null,
    directory_version text not null,
    raised_by text not null,
    raised_at timestamptz not null,
    unique (sender, identifier, sent),
    check ((message_type = 'cancel') = (state = 'notice'))
);;
create index alert_newest on alert (raised_at desc, id desc);;
create table cap_message (
    alert_id uuid primary key references alert,
    raw bytea not null,
    sha256 bytea not null check (length(sha256) = 32),
    content_type text not null
);;
create table alert_reference (
    alert_id uuid not null references alert,
    sender text not null,
    identifier text not null,
    sent timestamptz not null,
    primary key (alert_id, sender, identifier, sent)
);;
create index alert_reference_named on alert_reference (sender, identifier, sent);;
create table alert_country (
    alert_id uuid not null references alert,
    country text not null check (country ~ '^[A-Z]{2}$'),
    mission text not null,
    primary key (alert_id, country)
);;
create index alert_country_country on alert_country (country, alert_id);;
create table acknowledgement (
    alert_id uuid not null references alert,
    mission text not null,
    acknowledged_at timestamptz not null,
    acknowledged_by text not null,
    role text not null check (role in ('wing', 'admin')),
    primary key (alert_id, mission)
);;
create table alert_change (
    position bigint generated always as identity primary key,
    alert_id uuid not null references alert,
    kind text not null check (kind in ('raised', 'acknowledged', 'superseded', 'cancelled'))
);;
create function alert_change_wake() returns trigger language plpgsql as $$
begin
    perform pg_notify('alert_change', '');
    return null;
end $$;;
create trigger alert_change_wake after insert on alert_change for each statement execute function alert_change_wake();;
revoke update, delete, truncate on alert, cap_message, alert_reference, alert_country, acknowledgement, alert_change from crisis;;
grant update (state, version) on alert to crisis
"""


def upgrade() -> None:
    create_plumbing("crisis")
    for statement in TABLES.split(";;"):
        op.execute(statement)
