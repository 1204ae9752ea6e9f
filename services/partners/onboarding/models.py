"""With what a program signs in."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Column, DateTime, UniqueConstraint
from sqlalchemy.dialects.postgresql import JSONB
from sqlmodel import Field, SQLModel


class Credential(SQLModel, table=True):
    """A client in the identity provider, of which a program has one, and two or three while one replaces another.

    A secret is the provider's alone; `keys` are public (a JSON Web Key each). `until`: so long it is good, null for as long as the program.
    `done`, `done_version`: what the provider last confirmed; null while it has confirmed nothing. `problem`: why it cannot follow.
    """

    __tablename__ = "partner_credential"
    __table_args__ = (UniqueConstraint("client_id", "number", name="partner_credential_number"),)

    id: UUID = Field(primary_key=True)
    client_id: str = Field(foreign_key="partner_client.client_id")
    number: int
    version: int
    sign_in_id: str = Field(unique=True)
    way: str
    keys: list[dict[str, Any]] | None = Field(sa_column=Column(JSONB(none_as_null=True)))
    until: datetime | None = Field(sa_column=Column(DateTime(timezone=True)))
    done: str | None
    done_version: int | None
    problem: str | None
    made_by: str
    made_at: datetime = Field(sa_column=Column(DateTime(timezone=True), nullable=False))
