"""What comes in by message, attachments, safe contact and the complainant's own key."""

from alembic import op

revision = "0006"
down_revision = "0005"


def upgrade() -> None:
    op.execute("alter table complaint add column contact_rule jsonb not null default '{}', add column contact_ask_for bytea")
    _contact()
    _doors()
    _attachments()
    _tracking()


def _contact() -> None:
    op.execute(
        """
        create table message (
            id uuid primary key,
            complaint_id uuid references complaint,
            at timestamptz not null,
            by text not null,
            template text not null,
            detail jsonb not null,
            channel text not null,
            language text not null,
            recipient bytea,
            is_reply boolean not null,
            status text not null check (status in ('waiting', 'sending', 'unclear', 'sent', 'delivered', 'refused', 'failed')),
            reason text,
            due timestamptz not null,
            attempts integer not null,
            attempted_at timestamptz,
            wording text,
            body bytea,
            provider_id text,
            settled_at timestamptz
        )
        """
    )
    op.execute("create index message_of on message (complaint_id, at)")
    op.execute("create index message_due on message (due) where status in ('waiting', 'sending', 'unclear')")
    op.execute("create index message_by_provider on message (provider_id) where provider_id is not null")


def _doors() -> None:
    op.execute(
        """
        create table conversation (
            id uuid primary key,
            channel text not null,
            phone_index bytea not null,
            phone bytea not null,
            step text not null,
            answers bytea not null,
            complaint_id uuid references complaint,
            began_at timestamptz not null,
            last_at timestamptz not null,
            last_sent_at timestamptz not null,
            unique (channel, phone_index)
        )
        """
    )
    op.execute(
        """
        create table inbound_message (
            id uuid primary key,
            provider text not null,
            provider_message_id text not null,
            conversation_id uuid not null references conversation,
            sent_at timestamptz not null,
            received_at timestamptz not null,
            kind text not null,
            body bytea,
            media_id bytea,
            state text not null check (state in ('taken', 'media_waiting', 'media_stored', 'media_gone')),
            complaint_id uuid references complaint,
            attempts integer not null,
            next_try timestamptz not null,
            unique (provider, provider_message_id)
        )
        """
    )
    op.execute("create index inbound_message_of on inbound_message (conversation_id, sent_at)")
    op.execute("create index inbound_message_media on inbound_message (next_try) where state = 'media_waiting'")
    op.execute(
        """
        create table doubt (
            complaint_id uuid primary key references complaint,
            reasons jsonb not null,
            at timestamptz not null,
            looked_at timestamptz,
            looked_by text
        )
        """
    )
    op.execute("create index doubt_open on doubt (at, complaint_id) where looked_at is null")


def _attachments() -> None:
    op.execute(
        """
        create table attachment (
            id uuid primary key,
            complaint_id uuid not null references complaint,
            kind text not null,
            name bytea,
            media_type text not null,
            size bigint not null,
            sha256 bytea not null,
            file_id uuid not null,
            shown_file_id uuid,
            shown_size bigint,
            channel text not null,
            by text not null,
            at timestamptz not null,
            removed_at timestamptz,
            unique (complaint_id, sha256)
        )
        """
    )
    op.execute(
        """
        create table upload (
            id uuid primary key,
            complaint_id uuid not null references complaint,
            by text not null,
            kind text not null,
            name bytea,
            length bigint not null check (length > 0),
            received bigint not null check (received between 0 and length),
            sha256 bytea,
            at timestamptz not null,
            expires_at timestamptz not null,
            attachment_id uuid references attachment
        )
        """
    )
    op.execute("create index upload_of on upload (complaint_id, at)")
    op.execute(
        """
        create table upload_part (
            upload_id uuid not null references upload on delete cascade,
            start bigint not null,
            size bigint not null,
            file_id uuid not null,
            primary key (upload_id, start)
        )
        """
    )


def _tracking() -> None:
    op.execute(
        """
        create table tracking_session (
            token_hash bytea primary key,
            complaint_id uuid not null references complaint,
            door text not null,
            at timestamptz not null,
            expires_at timestamptz not null
        )
        """
    )
    op.execute("create index tracking_session_over on tracking_session (expires_at)")
    op.execute(
        """
        create table tracking_failure (
            id uuid primary key,
            complaint_id uuid,
            address_index bytea not null,
            at timestamptz not null
        )
        """
    )
    op.execute("create index tracking_failure_of on tracking_failure (complaint_id, at) where complaint_id is not null")
    op.execute("create index tracking_failure_from on tracking_failure (address_index, at)")
