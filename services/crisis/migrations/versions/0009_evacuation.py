"""Bringing people home: windows, legs, seats, manifest, arrival."""

from alembic import op

revision = "0009"
down_revision = "0008"

STATEMENTS = """
create table evacuation_window (
    id uuid primary key,
    incident_id uuid not null,
    is_drill boolean not null,
    opened_by text not null,
    opened_at timestamptz not null,
    closes_at timestamptz,
    closed_by text,
    closed_at timestamptz,
    foreign key (incident_id, is_drill) references incident (id, is_drill),
    constraint evacuation_window_ordered check (closed_at is null or closed_at >= opened_at)
);;
create unique index evacuation_window_open on evacuation_window (incident_id) where closed_at is null;;
create table evacuee (
    id uuid primary key,
    incident_id uuid not null,
    is_drill boolean not null,
    version integer not null constraint evacuee_version_positive check (version > 0),
    window_id uuid not null references evacuation_window,
    person uuid,
    reference text not null constraint evacuee_reference unique,
    state text not null constraint evacuee_state_known check (state in (
        'registered', 'contacted', 'papers', 'sheltered', 'manifested', 'departed', 'in_transit', 'arrived', 'assisted',
        'handed_over', 'declined', 'unreachable', 'deceased', 'hospital', 'detained', 'no_show'
    )),
    papers text not null constraint evacuee_papers_known
        check (papers in ('not_known', 'ok', 'travel_paper', 'exit_clearance')),
    papers_since timestamptz not null,
    sex text not null,
    age_band text not null,
    district text,
    reasons text[] not null,
    priority smallint not null,
    guardian_id uuid references evacuee,
    escort bytea,
    data bytea,
    name_index bytea,
    phone_index bytea,
    document_index bytea,
    consent_at timestamptz,
    proof bytea,
    registered_by text not null,
    registered_at timestamptz not null,
    arrived_at timestamptz,
    told_at timestamptz,
    told_outcome text,
    foreign key (incident_id, is_drill) references incident (id, is_drill),
    constraint evacuee_drill unique (id, is_drill),
    constraint evacuee_not_own_guardian check (guardian_id <> id),
    constraint evacuee_deceased_proven check (state <> 'deceased' or proof is not null)
);;
create unique index evacuee_person_once on evacuee (incident_id, person) where person is not null;;
create unique index evacuee_document_once on evacuee (incident_id, document_index) where document_index is not null;;
create index evacuee_queue on evacuee (incident_id, priority, registered_at, id);;
create index evacuee_name on evacuee (incident_id, name_index);;
create index evacuee_phone on evacuee (incident_id, phone_index);;
create table evacuation_leg (
    id uuid primary key,
    incident_id uuid not null,
    is_drill boolean not null,
    version integer not null constraint evacuation_leg_version_positive check (version > 0),
    mode text not null constraint evacuation_leg_mode_known check (mode in ('air', 'sea', 'bus', 'rail', 'foot')),
    from_place text not null,
    from_country text not null,
    to_place text not null,
    to_country text not null,
    operator text not null,
    departs timestamptz not null,
    transit_hours integer constraint evacuation_leg_transit_positive check (transit_hours > 0),
    capacity integer not null,
    taken integer not null default 0,
    state text not null constraint evacuation_leg_state_known check (state in ('open', 'departed', 'arrived', 'handed_over', 'cancelled')),
    manifest_sha256 bytea,
    departed_at timestamptz,
    arrived_at timestamptz,
    made_by text not null,
    foreign key (incident_id, is_drill) references incident (id, is_drill),
    constraint evacuation_leg_drill unique (id, is_drill),
    constraint evacuation_leg_not_oversold check (taken between 0 and capacity)
);;
create index evacuation_leg_incident on evacuation_leg (incident_id, departs);;
create table evacuation_seat (
    leg_id uuid not null,
    evacuee_id uuid not null,
    is_drill boolean not null,
    state text not null constraint evacuation_seat_state_known check (state in ('live', 'used', 'released')),
    is_child boolean not null,
    guardian_id uuid,
    with_escort boolean not null,
    taken_by text not null,
    taken_at timestamptz not null,
    primary key (leg_id, evacuee_id),
    foreign key (leg_id, is_drill) references evacuation_leg (id, is_drill),
    foreign key (evacuee_id, is_drill) references evacuee (id, is_drill),
    foreign key (leg_id, guardian_id) references evacuation_seat (leg_id, evacuee_id),
    constraint evacuation_seat_child_accompanied check (not is_child or guardian_id is not null or with_escort)
);;
create unique index evacuation_seat_one_live on evacuation_seat (evacuee_id) where state = 'live';;
create table evacuation_handover (
    leg_id uuid primary key references evacuation_leg,
    to_unit text not null,
    manifest_sha256 bytea not null,
    counts jsonb not null,
    discrepancies bytea,
    signed_by text not null,
    signed_at timestamptz not null,
    countersigned_by text,
    countersigned_at timestamptz,
    constraint evacuation_handover_two_people check (countersigned_by <> signed_by)
);;
create table incident_reconciliation (
    id uuid primary key,
    incident_id uuid not null,
    is_drill boolean not null,
    at timestamptz not null,
    exposed integer not null,
    parts jsonb not null,
    difference integer not null,
    holds boolean not null generated always as (difference = 0) stored,
    foreign key (incident_id, is_drill) references incident (id, is_drill)
);;
create index incident_reconciliation_newest on incident_reconciliation (incident_id, at desc);;
revoke update, delete, truncate on evacuation_window, evacuee, evacuation_leg, evacuation_seat, evacuation_handover,
    incident_reconciliation from crisis;;
grant update (closed_by, closed_at) on evacuation_window to crisis;;
grant update (version, state, papers, papers_since, reasons, priority, guardian_id, escort, data, name_index, phone_index, document_index,
    consent_at, proof, arrived_at, told_at, told_outcome) on evacuee to crisis;;
grant update (version, taken, state, manifest_sha256, departed_at, arrived_at) on evacuation_leg to crisis;;
grant update (state, guardian_id, with_escort, taken_by, taken_at) on evacuation_seat to crisis;;
grant update (countersigned_by, countersigned_at) on evacuation_handover to crisis
"""


def upgrade() -> None:
    for statement in filter(str.strip, STATEMENTS.split(";;")):
        op.execute(statement)
