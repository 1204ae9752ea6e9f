"""Where warnings come from: feeds, what was fetched, how far a message is trusted."""

from alembic import op

revision = "0003"
down_revision = "0002"

STATEMENTS = """
alter table alert add column source text;;
alter table alert add column trust_tier smallint not null default 0
    constraint alert_trust_tier_known check (trust_tier between 0 and 3);;
alter table alert add column signature text not null default 'not-checked' constraint alert_signature_known
    check (signature in ('none', 'valid', 'invalid', 'untrusted', 'unsupported', 'not-checked'));;
alter table alert add constraint alert_tier_needs_source check (trust_tier not in (1, 2) or source is not null);;
alter table alert alter column trust_tier drop default;;
alter table alert alter column signature drop default;;
grant update (source, trust_tier, signature) on alert to crisis;;
grant update (level, moment, rule_version, inputs, reasons, due) on alert_decision to crisis;;
create function alert_decision_basis() returns trigger language plpgsql as $$
begin
    if old.outcome not in ('waits', 'logged') or (new.inputs ->> 'trust_tier')::int <= (old.inputs ->> 'trust_tier')::int then
        raise insufficient_privilege using message = 'what a decision rests on changes only while it waits, and only towards more trust';
    end if;
    return new;
end $$;;
create trigger alert_decision_basis before update on alert_decision for each row
    when (current_user = 'crisis' and (old.level, old.moment, old.rule_version, old.inputs, old.reasons, old.due)
        is distinct from (new.level, new.moment, new.rule_version, new.inputs, new.reasons, new.due))
    execute function alert_decision_basis();;
create table raw_message (
    id uuid primary key,
    source text not null,
    transport text not null check (transport in ('feed', 'push')),
    origin_url text,
    received_at timestamptz not null,
    received_by text not null,
    sha256 bytea not null check (length(sha256) = 32),
    raw bytea not null,
    content_type text not null,
    named text[] not null,
    state text not null check (state in ('received', 'taken', 'quarantined', 'set-aside', 'closed')),
    version integer not null check (version > 0),
    signature text,
    problem text,
    problem_en text,
    problem_bn text,
    advice text[] not null,
    alert_id uuid references alert,
    closed_by text,
    closed_at timestamptz,
    closing text,
    unique (source, sha256),
    check ((state = 'taken') = (alert_id is not null)),
    check ((state in ('quarantined', 'set-aside')) <= (problem is not null)),
    check ((state = 'closed') = (closed_by is not null))
);;
create index raw_message_open on raw_message (received_at desc, id desc) where state = 'quarantined';;
create index raw_message_unread on raw_message (received_at) where state = 'received';;
create table source_state (
    source text primary key,
    watched_since timestamptz not null,
    next_poll timestamptz not null,
    etag text,
    last_modified text,
    last_tried timestamptz,
    last_ok timestamptz,
    last_new timestamptz,
    failures integer not null default 0,
    last_outcome text
);;
create table source_fetch (
    id uuid primary key,
    source text not null,
    kind text not null check (kind in ('index', 'message')),
    url text not null,
    began_at timestamptz not null,
    took_ms integer not null,
    outcome text not null,
    status integer,
    bytes integer not null,
    entries integer
);;
create index source_fetch_newest on source_fetch (source, began_at desc, id desc);;
create index source_fetch_age on source_fetch (began_at);;
create table source_entry (
    source text not null,
    link text not null,
    version_key text not null,
    named text[] not null,
    first_seen timestamptz not null,
    last_seen timestamptz not null,
    vanished_at timestamptz,
    raw_id uuid references raw_message,
    tries integer not null default 0,
    primary key (source, link)
);;
create index source_entry_pending on source_entry (source, first_seen) where raw_id is null and vanished_at is null;;
create table source_alarm (
    id uuid primary key,
    source text,
    countries text[] not null,
    last_ok timestamptz,
    raised_at timestamptz not null,
    ended_at timestamptz
);;
create unique index source_alarm_open on source_alarm (source) nulls not distinct where ended_at is null;;
revoke update, delete, truncate on raw_message, source_fetch, source_alarm from crisis;;
grant update (state, version, signature, problem, problem_en, problem_bn, advice, alert_id, closed_by, closed_at, closing)
    on raw_message to crisis;;
grant delete on source_fetch to crisis;;
grant update (ended_at) on source_alarm to crisis
"""


def upgrade() -> None:
    for statement in filter(str.strip, STATEMENTS.split(";;")):
        op.execute(statement)
