"""With what programs sign in: clients in the identity provider, what is wanted of each and what the provider confirmed."""

from alembic import op

revision = "0008"
down_revision = "0007"

STATEMENTS = """
create table partner_credential (
    id uuid primary key,
    client_id text not null references partner_client (client_id),
    number integer not null check (number > 0),
    version integer not null check (version > 0),
    sign_in_id text not null unique,
    way text not null check (way in ('secret', 'keys')),
    keys jsonb,
    until timestamptz,
    done text check (done in ('enabled', 'disabled', 'removed')),
    done_version integer,
    problem text check (problem in ('missing', 'refused')),
    made_by text not null,
    made_at timestamptz not null,
    constraint partner_credential_number unique (client_id, number),
    check ((way = 'keys') = (keys is not null)),
    check ((done is null) = (done_version is null))
);;
create index partner_credential_kept on partner_credential (client_id) where done is distinct from 'removed';;
create function partner_credential_news() returns trigger language plpgsql as $$
begin
    perform pg_notify('credentials', '');
    return null;
end $$;;
create trigger partner_credential_news after insert or update of until, version on partner_credential
    for each statement execute function partner_credential_news();;
create trigger partner_client_credential_news after update of state on partner_client
    for each statement execute function partner_credential_news();;
create trigger partner_organisation_credential_news after update of state on partner_organisation
    for each statement execute function partner_credential_news();;
create trigger partner_agreement_credential_news after update of state on partner_agreement
    for each statement execute function partner_credential_news();;
revoke delete, truncate on partner_credential from partners
"""


def upgrade() -> None:
    for statement in filter(str.strip, STATEMENTS.split(";;")):
        op.execute(statement)
