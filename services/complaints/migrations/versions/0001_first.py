"""The first schema: complaints and the plumbing."""

from alembic import op

from kit.migrations import create_plumbing

revision = "0001"
down_revision = None


def upgrade() -> None:
    create_plumbing("complaints")
    op.execute(
        """
        create table complaint (
            id uuid primary key,
            reference text not null unique,
            version integer not null constraint complaint_version_positive check (version > 0),
            status text not null,
            channel text not null,
            language text not null,
            caller_safe boolean,
            category text not null,
            taxonomy_version text not null,
            restricted boolean not null,
            country text not null check (country ~ '^[A-Z]{2}$'),
            district text check (district ~ '^BD-[0-9]{2}$'),
            reporter_relation text not null,
            reporter_name bytea,
            reporter_phone bytea,
            reporter_phone_index bytea,
            victim_name bytea,
            victim_phone bytea,
            victim_phone_index bytea,
            victim_sex text not null,
            victim_age_band text not null,
            respondent_kind text,
            respondent_name bytea,
            respondent_licence text,
            narrative bytea not null,
            may_call boolean,
            contact_note bytea,
            lodged_by text not null,
            lodged_by_org text,
            lodged_at timestamptz not null
        )
        """
    )
    op.execute("create index complaint_newest on complaint (lodged_at desc, id desc)")
    op.execute("create index complaint_lodged_by on complaint (lodged_by, lodged_at desc)")
