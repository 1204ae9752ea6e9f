"""Incidents: phases, tasks, situation reports, posture of countries."""

from alembic import op

revision = "0008"
down_revision = "0007"

STATEMENTS = """
create table incident (
    id uuid primary key,
    is_drill boolean not null,
    version integer not null constraint incident_version_positive check (version > 0),
    country text not null constraint incident_country_code check (country ~ '^[A-Z]{2}$'),
    hazard text not null,
    phase text not null constraint incident_phase_known check (phase in ('before', 'during', 'after')),
    state text not null
        constraint incident_state_known check (state in ('monitoring', 'active', 'stable', 'recovery', 'closed')),
    opened_from text not null constraint incident_opened_from_known check (opened_from in ('alert', 'signal', 'officer')),
    signal_id uuid,
    commander text not null,
    liaison text,
    scribe text,
    opened_by text not null,
    opened_at timestamptz not null,
    access_until timestamptz not null,
    closed_by text,
    closed_at timestamptz,
    closed_reason text,
    constraint incident_drill unique (id, is_drill),
    constraint incident_closed_whole check ((state = 'closed') = (closed_at is not null) and (closed_at is null) = (closed_reason is null)),
    constraint incident_signal_named check ((opened_from = 'signal') = (signal_id is not null))
);;
create index incident_newest on incident (opened_at desc, id desc);;
create table incident_alert (
    incident_id uuid not null,
    is_drill boolean not null,
    alert_id uuid not null,
    linked_at timestamptz not null,
    primary key (incident_id, alert_id),
    foreign key (incident_id, is_drill) references incident (id, is_drill),
    foreign key (alert_id, is_drill) references alert (id, is_drill)
);;
create index incident_alert_alert on incident_alert (alert_id);;
create table incident_log (
    incident_id uuid not null,
    is_drill boolean not null,
    position integer not null constraint incident_log_position_positive check (position > 0),
    at timestamptz not null,
    by text not null,
    kind text not null,
    detail jsonb not null,
    note bytea,
    before bytea not null,
    hash bytea not null constraint incident_log_hash_length check (length(hash) = 32),
    primary key (incident_id, position),
    foreign key (incident_id, is_drill) references incident (id, is_drill)
);;
create table incident_task (
    id uuid primary key,
    incident_id uuid not null,
    is_drill boolean not null,
    version integer not null constraint incident_task_version_positive check (version > 0),
    sector text not null,
    phase text not null constraint incident_task_phase_known check (phase in ('before', 'during', 'after')),
    item text,
    words bytea,
    owner text,
    due timestamptz,
    state text not null constraint incident_task_state_known check (state in ('open', 'done', 'not_needed')),
    ended_by text,
    ended_at timestamptz,
    made_at timestamptz not null,
    foreign key (incident_id, is_drill) references incident (id, is_drill),
    constraint incident_task_said check ((item is null) <> (words is null)),
    constraint incident_task_once unique (incident_id, item)
);;
create index incident_task_incident on incident_task (incident_id);;
create table situation_report (
    id uuid primary key,
    incident_id uuid not null,
    is_drill boolean not null,
    number integer not null,
    made_at timestamptz not null,
    made_by text not null,
    summary bytea not null,
    foreign key (incident_id, is_drill) references incident (id, is_drill),
    constraint situation_report_number unique (incident_id, number)
);;
create table incident_count (
    id uuid primary key,
    incident_id uuid not null,
    is_drill boolean not null,
    report_id uuid references situation_report,
    what text not null,
    number bigint not null constraint incident_count_not_negative check (number >= 0),
    currency text constraint incident_count_currency_code check (currency ~ '^[A-Z]{3}$'),
    source text not null constraint incident_count_sourced check (length(source) > 0),
    as_of timestamptz not null,
    may_tell boolean not null,
    entered_by text not null,
    entered_at timestamptz not null,
    foreign key (incident_id, is_drill) references incident (id, is_drill)
);;
create index incident_count_latest on incident_count (incident_id, what, source, as_of desc);;
create table incident_script (
    id uuid primary key,
    incident_id uuid not null,
    is_drill boolean not null,
    en text not null,
    bn text not null,
    written_by text not null,
    written_at timestamptz not null,
    foreign key (incident_id, is_drill) references incident (id, is_drill)
);;
create index incident_script_latest on incident_script (incident_id, written_at desc);;
create table incident_plan (
    id uuid primary key,
    incident_id uuid not null,
    is_drill boolean not null,
    file_id uuid not null,
    title text not null,
    size bigint not null,
    sha256 bytea not null constraint incident_plan_hash_length check (length(sha256) = 32),
    media_type text not null,
    attached_by text not null,
    attached_at timestamptz not null,
    foreign key (incident_id, is_drill) references incident (id, is_drill)
);;
create table country_posture (
    id uuid primary key,
    version integer not null constraint country_posture_version_positive check (version > 0),
    country text not null constraint country_posture_country_code check (country ~ '^[A-Z]{2}$'),
    is_drill boolean not null,
    incident_id uuid,
    level smallint not null constraint country_posture_level_known check (level between 1 and 4),
    reason_en text not null,
    reason_bn text not null,
    state text not null constraint country_posture_state_known check (state in ('proposed', 'in_force', 'refused', 'ended')),
    set_by text not null,
    set_at timestamptz not null,
    valid_from timestamptz not null,
    valid_until timestamptz not null,
    approved_by text,
    approved_at timestamptz,
    sender text,
    identifier text,
    sent timestamptz,
    raw bytea,
    sha256 bytea,
    foreign key (incident_id, is_drill) references incident (id, is_drill),
    constraint country_posture_dated check (valid_until > valid_from),
    constraint country_posture_four_eyes
        check (state not in ('in_force', 'ended') or (approved_by is not null and approved_by <> set_by))
);;
create unique index country_posture_one on country_posture (country, is_drill) where state = 'in_force';;
create index country_posture_newest on country_posture (set_at desc, id desc);;
create table deployed_request (
    id uuid primary key,
    incident_id uuid not null,
    is_drill boolean not null,
    licence text not null,
    asked_by text not null,
    asked_at timestamptz not null,
    due timestamptz not null,
    answered_at timestamptz,
    answered_by text,
    has_none boolean not null default false,
    foreign key (incident_id, is_drill) references incident (id, is_drill),
    constraint deployed_request_once unique (incident_id, licence)
);;
create index deployed_request_licence on deployed_request (licence, asked_at desc, id desc);;
create table deployed_worker (
    id uuid primary key,
    request_id uuid not null references deployed_request,
    state text not null
        constraint deployed_worker_state_known check (state in ('safe', 'help', 'moved', 'left', 'not_reached')),
    data bytea,
    phone_index bytea,
    document_index bytea,
    name_index bytea,
    confirmed_at timestamptz not null
);;
create index deployed_worker_request on deployed_worker (request_id);;
create table family_enquiry (
    id uuid primary key,
    incident_id uuid not null,
    is_drill boolean not null,
    version integer not null constraint family_enquiry_version_positive check (version > 0),
    reference text not null constraint family_enquiry_reference unique,
    state text not null constraint family_enquiry_state_known check (state in ('open', 'matched', 'answered', 'closed')),
    relation text not null,
    sex text not null,
    age_band text not null,
    may_tell text not null
        constraint family_enquiry_may_tell_known check (may_tell in ('asker', 'family', 'nobody')),
    data bytea,
    phone_index bytea,
    document_index bytea,
    name_index bytea,
    asker_index bytea,
    last_contact_on date,
    match_kind text constraint family_enquiry_match_known check (match_kind in ('evacuee', 'worker', 'national')),
    match_id uuid,
    matched_by text,
    matched_at timestamptz,
    taken_by text not null,
    taken_at timestamptz not null,
    ended_at timestamptz,
    outcome text,
    foreign key (incident_id, is_drill) references incident (id, is_drill),
    constraint family_enquiry_matched_whole check ((match_kind is null) = (match_id is null) and (match_id is null) = (matched_by is null))
);;
create index family_enquiry_waiting on family_enquiry (incident_id, taken_at, id) where state in ('open', 'matched');;
create index family_enquiry_newest on family_enquiry (incident_id, taken_at desc, id desc);;
create index family_enquiry_asker on family_enquiry (asker_index);;
create table family_answer (
    id uuid primary key,
    enquiry_id uuid not null references family_enquiry,
    status text not null
        constraint family_answer_status_pfif
        check (status in ('information_sought', 'is_note_author', 'believed_alive', 'believed_missing', 'believed_dead')),
    told boolean not null,
    channel text constraint family_answer_channel_known check (channel in ('call', 'sms', 'counter')),
    words bytea,
    by text not null,
    at timestamptz not null
);;
create index family_answer_enquiry on family_answer (enquiry_id, at);;
create table incident_errand (
    id uuid primary key,
    incident_id uuid not null references incident,
    kind text not null,
    record uuid not null,
    made_at timestamptz not null,
    next_try timestamptz not null,
    attempts integer not null default 0,
    error text,
    done_at timestamptz
);;
create index incident_errand_open on incident_errand (next_try) where done_at is null;;
revoke update, delete, truncate on incident, incident_alert, incident_log, incident_task, situation_report, incident_count,
    incident_script, incident_plan, country_posture, deployed_request, deployed_worker, family_enquiry, family_answer,
    incident_errand from crisis;;
grant update (version, phase, state, commander, liaison, scribe, access_until, closed_by, closed_at, closed_reason) on incident to crisis;;
grant update (version, owner, due, state, ended_by, ended_at) on incident_task to crisis;;
grant update (version, state, approved_by, approved_at, sender, identifier, sent, raw, sha256) on country_posture to crisis;;
grant update (answered_at, answered_by, has_none) on deployed_request to crisis;;
grant update (data, phone_index, document_index, name_index, state, confirmed_at), delete on deployed_worker to crisis;;
grant update (version, state, data, phone_index, document_index, name_index, asker_index, match_kind, match_id, matched_by, matched_at,
    ended_at, outcome) on family_enquiry to crisis;;
grant update (words) on family_answer to crisis;;
grant update (next_try, attempts, error, done_at) on incident_errand to crisis
"""


def upgrade() -> None:
    for statement in filter(str.strip, STATEMENTS.split(";;")):
        op.execute(statement)
