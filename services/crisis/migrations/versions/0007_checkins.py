"""What people answered, and who asks for whom."""

from alembic import op

revision = "0007"
down_revision = "0006"

STATEMENTS = """
create table checkin_response (
    id uuid primary key,
    root uuid not null,
    is_drill boolean not null,
    person uuid not null,
    status text not null constraint checkin_response_status_known check (status in (
        'safe', 'need_help', 'injured', 'detained', 'trapped', 'evacuating', 'left_country', 'not_in_area', 'wrong_person', 'deceased')),
    reporter text not null constraint checkin_response_reporter_known check (reporter in ('self', 'proxy', 'officer', 'employer')),
    made_contact boolean not null,
    people_with smallint not null default 0 constraint checkin_response_people_few check (people_with between 0 and 500),
    needs text[] not null,
    place bytea,
    note bytea,
    document bytea,
    observed_at timestamptz not null,
    received_at timestamptz not null,
    channel text not null,
    taken_by text,
    is_assumed boolean not null default false,
    foreign key (root, is_drill) references alert (id, is_drill),
    constraint checkin_response_deceased_by_document
        check (status <> 'deceased' or (reporter = 'officer' and document is not null and taken_by is not null))
);;
create index checkin_response_of on checkin_response (root, person, received_at);;
create table checkin_current (
    root uuid not null,
    person uuid not null,
    is_drill boolean not null,
    response_id uuid not null references checkin_response,
    status text not null,
    reporter text not null,
    is_assumed boolean not null,
    is_contradicted boolean not null,
    people_with smallint not null,
    needs text[] not null,
    observed_at timestamptz not null,
    changed_at timestamptz not null,
    primary key (root, person),
    foreign key (root, is_drill) references alert (id, is_drill)
);;
create table crisis_text (
    id uuid primary key,
    provider text not null,
    provider_message_id text not null,
    kind text not null constraint crisis_text_kind_known check (kind in ('answer', 'unparsed', 'question', 'foreign')),
    state text not null constraint crisis_text_state_known check (state in ('done', 'waiting', 'answered', 'passing')),
    root uuid,
    is_drill boolean,
    person uuid,
    country char(2),
    language text not null,
    sender bytea,
    body bytea,
    raw bytea,
    signature text,
    sent_at timestamptz not null,
    received_at timestamptz not null,
    due timestamptz not null,
    attempts integer not null default 0,
    assumed_at timestamptz,
    version integer not null default 1,
    answered_by text,
    answered_at timestamptz,
    answer bytea,
    unique (provider, provider_message_id),
    foreign key (root, is_drill) references alert (id, is_drill)
);;
create index crisis_text_waits on crisis_text (due, id) where state in ('waiting', 'passing');;
create index crisis_text_newest on crisis_text (received_at, id) where kind in ('unparsed', 'question');;
revoke update, delete, truncate on checkin_response from crisis;;
revoke delete, truncate on checkin_current, crisis_text from crisis
"""


def upgrade() -> None:
    for statement in filter(str.strip, STATEMENTS.split(";;")):
        op.execute(statement)
