"""Who was warned, by which message, and what became of it."""

from alembic import op

revision = "0006"
down_revision = "0005"

STATEMENTS = """
create table outreach_job (
    id uuid primary key,
    alert_id uuid not null,
    is_drill boolean not null,
    root uuid not null,
    version integer not null,
    purpose text not null constraint outreach_job_purpose_known check (purpose in ('warn', 'update', 'all_clear', 'reminder')),
    source text not null constraint outreach_job_source_known
        check (source in ('inside', 'near', 'same_country', 'unknown', 'warned', 'silent', 'relays')),
    level smallint not null constraint outreach_job_level_known check (level between 1 and 4),
    lane smallint not null constraint outreach_job_lane_known check (lane between 0 and 3),
    place smallint not null,
    not_after timestamptz not null,
    cursor text,
    taken integer not null default 0,
    opened_at timestamptz not null,
    next_try timestamptz not null,
    attempts integer not null default 0,
    done_at timestamptz,
    unique (alert_id, version, purpose, source),
    unique (id, is_drill),
    foreign key (alert_id, is_drill) references alert (id, is_drill),
    foreign key (root, is_drill) references alert (id, is_drill)
);;
create index outreach_job_open on outreach_job (lane, opened_at, place) where done_at is null;;
create index outreach_job_root on outreach_job (root);;
create table recipient (
    id uuid primary key,
    job_id uuid not null,
    is_drill boolean not null,
    alert_id uuid not null,
    root uuid not null,
    version integer not null,
    kind text not null constraint recipient_kind_known check (kind in ('person', 'relay')),
    person uuid not null,
    purpose text not null,
    source text not null,
    level smallint not null,
    lane smallint not null,
    channel text not null constraint recipient_channel_known
        check (channel in ('whatsapp', 'email', 'sms', 'voice', 'home', 'visit', 'none')),
    rung smallint not null,
    language text not null,
    country char(2),
    flags text[] not null,
    parts smallint not null,
    state text not null constraint recipient_state_known
        check (state in ('queued', 'sent', 'accepted', 'delivered', 'failed', 'expired', 'suppressed')),
    reason text,
    contact bytea,
    phone_index bytea,
    due timestamptz not null,
    not_after timestamptz not null,
    attempts smallint not null default 0,
    claimed_until timestamptz,
    provider_id text,
    queued_at timestamptz not null,
    handed_at timestamptz,
    delivered_at timestamptz,
    climb_at timestamptz,
    unique (alert_id, version, purpose, person, channel),
    unique (id, is_drill),
    foreign key (job_id, is_drill) references outreach_job (id, is_drill),
    constraint recipient_keeps_no_contact check (contact is null or state in ('queued', 'sent'))
);;
create index recipient_queued on recipient (channel, is_drill, lane, due, id) where state = 'queued' and channel not in ('visit', 'none');;
create index recipient_sent on recipient (claimed_until) where state = 'sent';;
create index recipient_ends on recipient (not_after) where state = 'queued' and channel not in ('visit', 'none');;
create index recipient_climbs on recipient (climb_at) where climb_at is not null;;
create index recipient_root on recipient (root, person);;
create index recipient_phone on recipient (phone_index, queued_at) where phone_index is not null;;
create index recipient_provider on recipient (provider_id) where provider_id is not null;;
create table send_attempt (
    recipient_id uuid not null,
    is_drill boolean not null,
    number smallint not null,
    is_ask boolean not null,
    begun_at timestamptz not null,
    ended_at timestamptz,
    outcome text constraint send_attempt_outcome_known check (outcome in ('sent', 'failed', 'never_seen', 'unclear', 'put_off')),
    word text,
    primary key (recipient_id, number),
    foreign key (recipient_id, is_drill) references recipient (id, is_drill)
);;
create table drill_message (
    recipient_id uuid primary key,
    is_drill boolean not null constraint drill_message_is_drill check (is_drill),
    channel text not null,
    body text not null,
    recorded_at timestamptz not null,
    foreign key (recipient_id, is_drill) references recipient (id, is_drill)
);;
create table provider_bucket (
    channel text primary key,
    tokens double precision not null,
    filled_at timestamptz not null
);;
create table relay (
    id uuid primary key,
    version integer not null default 1,
    kind text not null constraint relay_kind_known check (kind in ('association', 'employer', 'agency', 'other')),
    name bytea not null,
    country char(2) not null,
    channel text not null constraint relay_channel_known check (channel in ('whatsapp', 'email', 'sms')),
    address bytea not null,
    language text not null constraint relay_language_known check (language in ('bn', 'en')),
    in_drills boolean not null,
    added_by text not null,
    added_at timestamptz not null,
    ended_at timestamptz
);;
create index relay_country on relay (country, id) where ended_at is null;;
create table outreach_link (
    token_index bytea primary key,
    root uuid not null,
    is_drill boolean not null,
    kind text not null constraint outreach_link_kind_known check (kind in ('person', 'home', 'relay')),
    person uuid not null,
    language text not null,
    country char(2),
    flags text[] not null,
    made_at timestamptz not null,
    ends_at timestamptz not null,
    unique (root, person, kind),
    foreign key (root, is_drill) references alert (id, is_drill)
);;
create function tell_of_outreach() returns trigger language plpgsql as $$
begin
    perform pg_notify('outreach', '');
    return null;
end $$;;
create trigger outreach_job_told after insert or update on outreach_job for each statement execute function tell_of_outreach();;
create trigger alert_decision_told after update on alert_decision for each statement execute function tell_of_outreach();;
create trigger alert_change_told_outreach after insert on alert_change for each statement execute function tell_of_outreach();;
revoke update, delete, truncate on drill_message, outreach_link from crisis;;
revoke delete, truncate on outreach_job, recipient, send_attempt from crisis
"""


def upgrade() -> None:
    for statement in filter(str.strip, STATEMENTS.split(";;")):
        op.execute(statement)
