"""Protected cases opened in an emergency; who told the answer of a body without an account; photos that are over."""

from alembic import op

revision = "0010"
down_revision = "0009"

STATEMENTS = """
create table protection_emergency (
    id uuid primary key,
    case_id uuid not null references victim_case,
    subject text not null,
    account text not null,
    roles text[] not null,
    reason bytea not null,
    at timestamptz not null,
    until timestamptz not null check (until > at),
    review_by timestamptz not null
);;
create index protection_emergency_of on protection_emergency (case_id, subject, until);;
create index protection_emergency_newest on protection_emergency (at desc, id desc);;
create table protection_emergency_word (
    emergency_id uuid not null references protection_emergency,
    voice text not null check (voice in ('member', 'supervisor')),
    justified boolean not null,
    words bytea not null,
    said_by text not null,
    account text not null,
    said_at timestamptz not null,
    primary key (emergency_id, voice),
    unique (emergency_id, said_by)
);;
create table help_referral_word (
    referral_id uuid not null references help_referral_sent,
    state text not null check (state in ('accepted', 'declined', 'delivered')),
    told_by bytea not null,
    told_way text not null check (told_way in ('phone', 'letter', 'visit')),
    told_on date not null,
    note bytea,
    written_by text not null,
    written_at timestamptz not null,
    primary key (referral_id, state)
);;
alter table help_referral_sent add column letter_reference text unique;;
alter table consent_photo add column removed_at timestamptz;;
grant update (removed_at) on consent_photo to reintegration;;
revoke update, delete, truncate on protection_emergency, protection_emergency_word, help_referral_word from reintegration
"""


def upgrade() -> None:
    for statement in filter(str.strip, STATEMENTS.split(";;")):
        op.execute(statement)
