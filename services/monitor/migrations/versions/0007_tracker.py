"""What is tracked: matters that the framework does not name, steps told of any, actions decided. Who runs the service may only add."""

from alembic import op

revision = "0007"
down_revision = "0005"

STATEMENTS = """
create table tracked_matter (
    id uuid primary key,
    code text not null unique,
    kind text not null,
    title_en text not null check (length(title_en) between 1 and 300),
    title_bn text not null check (length(title_bn) between 1 and 300),
    country text,
    activities text[] not null check (cardinality(activities) > 0),
    actor text not null,
    from_paper boolean not null,
    text text not null check (length(text) between 1 and 4000),
    document text check (length(document) <= 300),
    document_url text check (document_url is null or document is not null),
    opened_at timestamptz not null,
    opened_by text not null,
    check (document is not null or not from_paper)
);;
create table tracked_step (
    id uuid primary key,
    matter text not null,
    version integer not null check (version > 0),
    step text not null,
    state text not null check (state in ('planned', 'done', 'dropped')),
    on_day date not null,
    outcome text check (outcome is null or state = 'done'),
    actor text not null,
    from_paper boolean not null,
    text text not null check (length(text) between 1 and 4000),
    document text check (length(document) <= 300),
    document_url text check (document_url is null or document is not null),
    replaces integer check (replaces < version),
    told_at timestamptz not null,
    told_by text not null,
    unique (matter, version),
    unique (matter, replaces),
    check (document is not null or not from_paper),
    constraint tracked_step_done_is_past check (state <> 'done' or on_day <= (told_at at time zone 'Asia/Dhaka')::date)
);;
create table tracked_action (
    id uuid primary key,
    action uuid not null,
    matter text not null,
    number integer not null check (number > 0),
    version integer not null check (version > 0),
    task text not null check (length(task) between 1 and 300),
    owner text not null,
    due date not null,
    state text not null check (state in ('open', 'done', 'dropped')),
    as_of date not null,
    actor text not null,
    from_paper boolean not null,
    text text not null check (length(text) between 1 and 4000),
    document text check (length(document) <= 300),
    document_url text check (document_url is null or document is not null),
    told_at timestamptz not null,
    told_by text not null,
    unique (action, version),
    unique (matter, number, version),
    check ((version = 1) = (action = id)),
    check (document is not null or not from_paper),
    check (as_of <= (told_at at time zone 'Asia/Dhaka')::date)
);;
revoke update, delete, truncate on tracked_matter, tracked_step, tracked_action from monitor
"""


def upgrade() -> None:
    for statement in STATEMENTS.split(";;"):
        op.execute(statement)
