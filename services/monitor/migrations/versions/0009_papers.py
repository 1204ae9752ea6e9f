"""Papers kept with us, named by what they show. Who runs the service adds; it takes away only what no record names."""

from alembic import op

revision = "0009"
down_revision = "0008"

NAMING = ("activity_report", "activity_comment", "tracked_matter", "tracked_step", "tracked_action", "committee_return")
STATEMENTS = """
create table paper (
    id uuid primary key,
    file_id uuid not null unique,
    name text not null check (length(name) between 1 and 200),
    size bigint not null check (size > 0),
    sha256 bytea not null check (length(sha256) = 32),
    media_type text not null,
    brought_by text not null,
    brought_at timestamptz not null
);;
create index paper_of on paper (brought_by);;
revoke update, truncate on paper from monitor
"""


def upgrade() -> None:
    for statement in STATEMENTS.split(";;"):
        op.execute(statement)
    for table in NAMING:
        op.execute(f"alter table {table} add column paper uuid references paper, add check (paper is null or document is not null)")
        op.execute(f"create index {table}_paper on {table} (paper) where paper is not null")
