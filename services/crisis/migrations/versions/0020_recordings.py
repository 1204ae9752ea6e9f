"""Voice notes and pictures that came with a text, to be fetched, heard and forgotten."""

from alembic import op

revision = "0020"
down_revision = "0019"

STATEMENTS = """
create table crisis_recording (
    text_id uuid primary key references crisis_text,
    provider text not null,
    media_id bytea,
    sent_as text not null constraint crisis_recording_sent_as_known check (sent_as in ('sound', 'picture', 'other')),
    state text not null constraint crisis_recording_state_known check (state in ('waiting', 'kept', 'lost', 'forgotten')),
    received_at timestamptz not null,
    attempts integer not null default 0,
    next_try timestamptz not null,
    fault text,
    file_id uuid,
    media_type text,
    size bigint,
    sha256 bytea,
    kept_at timestamptz,
    constraint crisis_recording_waiting_is_asked_for check ((state = 'waiting') = (media_id is not null)),
    constraint crisis_recording_kept_is_there
        check (state <> 'kept' or (file_id is not null and media_type is not null and size is not null and sha256 is not null)),
    constraint crisis_recording_lost_says_why check (state <> 'lost' or fault is not null)
);;
create index crisis_recording_waits on crisis_recording (next_try) where state = 'waiting';;
create index crisis_recording_file on crisis_recording (file_id) where file_id is not null;;
create index crisis_recording_age on crisis_recording (received_at) where state <> 'forgotten';;
revoke delete, truncate on crisis_recording from crisis
"""


def upgrade() -> None:
    for statement in filter(str.strip, STATEMENTS.split(";;")):
        op.execute(statement)
