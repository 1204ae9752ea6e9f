"""The portal's own tables: sessions, and forms that met a session which had ended. Tokens and forms are sealed."""

from datetime import datetime

from sqlalchemy import DateTime, LargeBinary
from sqlmodel import Field, SQLModel


class WebSession(SQLModel, table=True):
    """The cookie's value is not here: `id_hash` is its SHA-256."""

    __tablename__ = "web_session"

    id_hash: bytes = Field(primary_key=True, sa_type=LargeBinary)
    csrf: str
    tokens: bytes = Field(sa_type=LargeBinary)
    started_at: datetime = Field(sa_type=DateTime(timezone=True))
    seen_at: datetime = Field(sa_type=DateTime(timezone=True))


class ParkedForm(SQLModel, table=True):
    """What a person typed when their session ended; given back to the same account only. `owner_hash` is the SHA-256 of its subject."""

    __tablename__ = "parked_form"

    owner_hash: bytes = Field(primary_key=True, sa_type=LargeBinary)
    path: str
    fields: bytes = Field(sa_type=LargeBinary)
    parked_at: datetime = Field(sa_type=DateTime(timezone=True))
