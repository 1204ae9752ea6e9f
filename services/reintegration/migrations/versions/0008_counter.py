"""The DEMO as one stop: who waits at the counter, and what was told; the photo of a thumbprint; a child that was handed over."""

from alembic import op

revision = "0008"
down_revision = "0007"

STATEMENTS = """
create table counter_ticket (
    id uuid primary key,
    district text not null,
    day date not null,
    number integer not null check (number > 0),
    purpose text not null,
    taken_at timestamptz not null,
    called_at timestamptz,
    called_by text,
    left_at timestamptz,
    unique (district, day, number),
    check (called_at is null or left_at is null),
    check ((called_at is null) = (called_by is null))
);;
create table counter_told (
    id uuid primary key,
    district text not null,
    day date not null,
    topic text not null,
    lists_version text not null,
    told_by text not null,
    told_at timestamptz not null
);;
create index counter_told_of on counter_told (district, day, topic);;
create table consent_photo (
    consent_id uuid primary key references returnee_consent,
    file_id uuid not null,
    size integer not null check (size > 0),
    sent_sha256 bytea not null,
    added_by text not null,
    added_at timestamptz not null
);;
create table child_hand_over (
    member_id uuid primary key references household_member,
    body text not null,
    handed_on date not null,
    note bytea not null,
    handed_by text not null,
    written_at timestamptz not null
);;
revoke delete, truncate on counter_ticket, counter_told, consent_photo, child_hand_over from reintegration;;
revoke update on counter_told, consent_photo, child_hand_over from reintegration
"""


def upgrade() -> None:
    for statement in filter(str.strip, STATEMENTS.split(";;")):
        op.execute(statement)
