"""A complaint has an office, an officer and a history; what it is about and who is meant can be found again."""

from alembic import op

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    op.execute(
        """
        alter table complaint
            add column kind text not null default 'complaint',
            add column severity smallint not null default 2 constraint complaint_severity check (severity between 1 and 4),
            add column office text not null default 'call-centre',
            add column assignee text,
            add column decision text,
            add column decided_at timestamptz,
            add column decided_by text,
            add column decided_office text,
            add column resolved_at timestamptz,
            add column occurred_on date,
            add column victim_disability text not null default 'unknown',
            add column reporter_name_key bytea,
            add column victim_name_key bytea,
            add column respondent_key bytea,
            add column respondent_office text,
            add column appeal_of uuid references complaint,
            add column merged_into uuid references complaint,
            add column call_id uuid,
            add column secret_hash bytea,
            add column changed_at timestamptz not null default now()
        """
    )
    op.execute("alter table complaint alter column kind drop default, alter column severity drop default, alter column office drop default")
    op.execute("create index complaint_of_office on complaint (office, lodged_at desc, id desc)")
    op.execute("create index complaint_of_officer on complaint (assignee, lodged_at desc) where assignee is not null")
    op.execute("create index complaint_by_reporter_phone on complaint (reporter_phone_index) where reporter_phone_index is not null")
    op.execute("create index complaint_by_victim_phone on complaint (victim_phone_index) where victim_phone_index is not null")
    op.execute("create index complaint_appeals on complaint (appeal_of) where appeal_of is not null")
    op.execute("create index complaint_merged on complaint (merged_into) where merged_into is not null")
    op.execute(
        """
        create table happening (
            id uuid primary key,
            complaint_id uuid not null references complaint,
            version integer not null,
            at timestamptz not null,
            by text not null,
            office text not null,
            kind text not null,
            status text not null,
            detail jsonb not null,
            note bytea
        )
        """
    )
    op.execute("create index happening_of on happening (complaint_id, version, id)")
    op.execute('revoke update, delete, truncate on happening from "complaints"')
