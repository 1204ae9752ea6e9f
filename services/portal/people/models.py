"""Whom an account is: services know it by its name alone, people read a person's name and office."""

from datetime import datetime

from sqlalchemy import DateTime, LargeBinary
from sqlalchemy.dialects.postgresql import ARRAY, TEXT
from sqlmodel import Field, SQLModel


class KnownPerson(SQLModel, table=True):
    """As the identity provider said at the last sign-in here. `names` (English, Bangla) is sealed."""

    __tablename__ = "known_person"

    account: str = Field(primary_key=True)
    names: bytes = Field(sa_type=LargeBinary)
    roles: list[str] = Field(sa_type=ARRAY(TEXT))
    districts: list[str] = Field(sa_type=ARRAY(TEXT))
    countries: list[str] = Field(sa_type=ARRAY(TEXT))
    seen_at: datetime = Field(sa_type=DateTime(timezone=True))
