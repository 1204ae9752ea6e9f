"""Runs, notices, replies, published classes and their reviews."""

from alembic import op

revision = "0003"
down_revision = "0002"

CLASSES = "('A', 'B', 'C', 'D', 'gates_met', 'gate_not_met', 'insufficient_data', 'not_licensed')"

# The class in force of `classification` stays what it was: computed on today's evidence, provisional, of nobody's decision. What the method
# before this one computed is not carried over: the timer of midnight is due at once, and computes all anew.
PROVISIONAL = """
alter table classification drop constraint classification_class_code_check;;
alter table classification add constraint classification_class_code_check check (class_code in %(classes)s);;
alter table classification drop column explanation, add column inputs jsonb, add column result jsonb;;
update classification c
set class_code = 'insufficient_data', points = null, rule_set = 'illustrative', rule_set_version = '2026.2', inputs = '{}',
    result = jsonb_build_object('licence', a.licence, 'class', 'insufficient_data', 'points', null, 'unmet', '[]'::jsonb,
                                'lacking', '["deployed_unknown"]'::jsonb, 'criteria', '[]'::jsonb)
from agency a where a.id = c.agency_id;;
update timer set next_try = now() where kind = 'classify-again' and done_at is null;;
alter table classification alter column inputs set not null, alter column result set not null;;
create table rating_run (
    id uuid primary key,
    version integer not null constraint rating_run_version_positive check (version > 0),
    status text not null check (status in ('draft', 'noticed', 'published', 'withdrawn')),
    rule_set text not null,
    rule_set_version text not null,
    rule_set_hash text not null,
    period_from date not null,
    as_of date not null,
    known_at timestamptz not null,
    scope text[],
    data_hash text not null,
    result_hash text not null,
    agencies integer not null check (agencies >= 0),
    author text not null,
    created_at timestamptz not null,
    noticed_by text,
    noticed_at timestamptz,
    reply_until date,
    approved_by text,
    published_at timestamptz,
    statement bytea,
    signature text,
    withdrawn_by text,
    withdrawn_at timestamptz,
    constraint rating_run_second_pair_of_eyes check (approved_by <> author),
    constraint rating_run_published_is_signed check (status <> 'published' or (statement is not null and signature is not null)),
    constraint rating_run_noticed_has_a_day check (status not in ('noticed', 'published') or reply_until is not null)
);;
create unique index rating_run_open on rating_run ((true)) where status in ('draft', 'noticed');;
create index rating_run_newest on rating_run (created_at, id);;
create table rating (
    run uuid not null references rating_run,
    licence text not null,
    agency_id uuid not null references agency,
    state text not null check (state in ('draft', 'noticed', 'published', 'held')),
    held_because text check (held_because in ('evidence_changed', 'reply_open')),
    class_code text not null check (class_code in %(classes)s),
    points integer check (points between 0 and 10000),
    previous_class text,
    inputs jsonb not null,
    result jsonb not null,
    registered_at timestamptz not null,
    primary key (run, licence),
    constraint rating_held_has_a_reason check ((state = 'held') = (held_because is not null))
);;
create index rating_in_order on rating (run, registered_at, agency_id);;
create index rating_of on rating (licence, run);;
create table rating_reply (
    id uuid primary key,
    run uuid not null references rating_run,
    licence text not null,
    words bytea not null,
    replied_by text not null,
    replied_at timestamptz not null,
    answer bytea,
    is_accepted boolean,
    answered_by text,
    answered_at timestamptz,
    constraint rating_reply_answered check ((answer is null) = (answered_at is null) and (answer is null) = (is_accepted is null)),
    foreign key (run, licence) references rating (run, licence)
);;
create index rating_reply_of on rating_reply (run, licence, replied_at)
"""

PUBLISHED = """
create table published_class (
    id uuid primary key,
    agency_id uuid not null references agency,
    licence text not null,
    run uuid not null references rating_run,
    kind text not null check (kind in ('run', 'correction', 'review')),
    class_code text not null check (class_code in %(classes)s),
    points integer check (points between 0 and 10000),
    inputs jsonb not null,
    result jsonb not null,
    rule_set text not null,
    rule_set_version text not null,
    as_of date not null,
    published_at timestamptz not null,
    published_by text not null,
    statement bytea,
    signature text,
    until timestamptz,
    now_class text check (now_class in %(classes)s),
    now_points integer check (now_points between 0 and 10000),
    now_result jsonb,
    changed_at timestamptz,
    constraint published_class_corrected_is_signed check (kind = 'run' or (statement is not null and signature is not null)),
    constraint published_class_changed_as_a_whole check ((now_class is null) = (changed_at is null))
);;
create unique index published_class_in_force on published_class (agency_id) where until is null;;
create index published_class_of on published_class (licence, published_at);;
create index published_class_changed on published_class (changed_at, id) where until is null and changed_at is not null;;
create table correction (
    id uuid primary key,
    version integer not null constraint correction_version_positive check (version > 0),
    published uuid not null references published_class,
    licence text not null,
    status text not null check (status in ('proposed', 'confirmed', 'dismissed', 'superseded')),
    class_before text not null,
    class_code text not null check (class_code in %(classes)s),
    points integer,
    result jsonb not null,
    proposed_at timestamptz not null,
    decided_by text,
    decided_at timestamptz,
    reasons bytea,
    constraint correction_decided check ((status in ('confirmed', 'dismissed')) = (decided_by is not null))
);;
create unique index correction_open on correction (published) where status = 'proposed';;
create index correction_newest on correction (proposed_at, id);;
create table review (
    id uuid primary key,
    version integer not null constraint review_version_positive check (version > 0),
    reference text not null unique,
    published uuid not null unique references published_class,
    licence text not null,
    status text not null check (status in ('asked', 'decided')),
    grounds bytea not null,
    asked_by text not null,
    asked_at timestamptz not null,
    decide_by date not null,
    outcome text check (outcome in ('upheld', 'rejected')),
    class_before text not null,
    class_code text check (class_code in %(classes)s),
    reasons bytea,
    decided_by text,
    decided_office text,
    decided_at timestamptz,
    constraint review_decided check ((status = 'decided') = (outcome is not null) and (status = 'decided') = (decided_by is not null)),
    constraint review_upheld_has_a_class check ((outcome = 'upheld') = (class_code is not null))
);;
create index review_newest on review (asked_at, id);;
create index review_of on review (licence, asked_at);;
create table rule_set_comment (
    id uuid primary key,
    rule_set text not null,
    rule_set_version text not null,
    words text not null,
    org text,
    role text not null,
    said_by text not null,
    said_at timestamptz not null
);;
create index rule_set_comment_of on rule_set_comment (rule_set, rule_set_version, said_at, id);;
revoke update, delete, truncate on rule_set_comment from agencies;;
revoke delete, truncate on rating_run, rating, rating_reply, published_class, correction, review from agencies
"""


def upgrade() -> None:
    for part in (PROVISIONAL, PUBLISHED):
        for statement in part.split(";;"):
            op.execute(statement.replace("%(classes)s", CLASSES))
