"""The tables of the register. Constraints stand here and in the database; input is judged in `schemas`."""

from datetime import datetime
from typing import Any, Final
from uuid import UUID

from sqlalchemy import CHAR, CheckConstraint, Column, Computed, DateTime, Double, Index, LargeBinary, SmallInteger, desc, text
from sqlalchemy.dialects.postgresql import ARRAY, JSONB, TEXT
from sqlmodel import Field, SQLModel


class National(SQLModel, table=True):
    """A Bangladeshi abroad. Names, employer, household and next of kin are sealed; `name_key` is a blind index of how the name sounds.

    Whether somebody's stay is regular is neither asked nor kept. `flags` are bits of `rules.Flag`, `state` one of `rules.State`.
    `household`, `kin`, `employer`: JSON, sealed whole. `secret_key`: a keyed hash of what the person changes their own record with.
    `doubts`: what seemed odd about a registration by an open door; a person looks, nobody is refused.
    `same_as`: a person decided that an earlier record is of the same person; both stay.
    """

    __tablename__ = "national"
    __table_args__ = (
        CheckConstraint("version > 0", name="national_version_positive"),
        CheckConstraint("birth_year between 1900 and 2100", name="national_birth_year"),
        CheckConstraint("flags between 0 and 127", name="national_flags"),
        Index("national_newest", desc("registered_at"), desc("id")),
        Index("national_country", "country", desc("registered_at"), desc("id"), postgresql_where=text("state = 'abroad'")),
        Index("national_name", "name_key", postgresql_where=text("name_key is not null")),
    )

    id: UUID = Field(primary_key=True)
    reference: str = Field(unique=True)
    version: int
    state: str
    kind: str
    country: str = Field(sa_column=Column(CHAR(2), nullable=False))
    name: bytes = Field(sa_column=Column(LargeBinary, nullable=False))
    name_bn: bytes | None = Field(sa_column=Column(LargeBinary))
    name_key: bytes | None = Field(sa_column=Column(LargeBinary))
    birth_year: int | None = Field(sa_column=Column(SmallInteger))
    sex: str
    age_band: str
    language: str
    flags: int = Field(sa_column=Column(SmallInteger, nullable=False))
    district: str | None
    agency: str | None
    employer: bytes | None = Field(sa_column=Column(LargeBinary))
    household: bytes | None = Field(sa_column=Column(LargeBinary))
    kin: bytes | None = Field(sa_column=Column(LargeBinary))
    may_call: bool | None
    may_text: bool | None
    contact_rule: dict[str, Any] = Field(sa_column=Column(JSONB, nullable=False))
    contact_note: bytes | None = Field(sa_column=Column(LargeBinary))
    nid_mark: str
    drill_member: bool
    source: str
    secret_key: bytes | None = Field(sa_column=Column(LargeBinary))
    doubts: list[str] = Field(sa_column=Column(ARRAY(TEXT), nullable=False))
    same_as: UUID | None = Field(foreign_key="national.id")
    registered_by: str
    registered_by_org: str | None
    registered_at: datetime = Field(sa_column=Column(DateTime(timezone=True), nullable=False))


class NationalDocument(SQLModel, table=True):
    """A paper of a person; its number is sealed and may be missing. `incident`: asked in a crisis only, forgotten when that closes."""

    __tablename__ = "national_document"
    __table_args__ = (
        Index("national_document_number", "number_index", postgresql_where=text("number_index is not null")),
        Index("national_document_incident", "incident", postgresql_where=text("incident is not null")),
    )

    person_id: UUID = Field(foreign_key="national.id", primary_key=True, ondelete="CASCADE")
    place_in_list: int = Field(sa_column=Column(SmallInteger, primary_key=True, autoincrement=False))
    kind: str
    number: bytes | None = Field(sa_column=Column(LargeBinary))
    number_index: bytes | None = Field(sa_column=Column(LargeBinary))
    incident: UUID | None


class NationalContact(SQLModel, table=True):
    """A way to reach a person: their own, or their family's (`at_home`: in Bangladesh). `whose` is `own`, `family` or `employer`."""

    __tablename__ = "national_contact"
    __table_args__ = (Index("national_contact_address", "address_index"),)

    person_id: UUID = Field(foreign_key="national.id", primary_key=True, ondelete="CASCADE")
    place_in_list: int = Field(sa_column=Column(SmallInteger, primary_key=True, autoincrement=False))
    kind: str
    whose: str
    at_home: bool
    address: bytes = Field(sa_column=Column(LargeBinary, nullable=False))
    address_index: bytes = Field(sa_column=Column(LargeBinary, nullable=False))


# As the database keeps it. `services.registry.exposure.repository` reads it.
PACKED: Final = (
    "uuid_send(person_id) || int2send(kind) || int2send(flags) || float8send(coalesce(lon, 'NaN')) || float8send(coalesce(lat, 'NaN'))"
    " || int4send(coalesce(accuracy_m, 0)) || timestamptz_send(observed_at)"
)


class NationalPlace(SQLModel, table=True):
    """Where a person was said to be: one of several, each uncertain. Narrow on purpose: a warning reads all of a country at once.

    `kind`: a number of `rules.PlaceKind`. `lon`, `lat` (WGS 84) are both there or both missing: then only the country is known.
    `is_current`: no newer place of this kind. `flags`, `drill_member` and `is_abroad` repeat the person's, kept true by a trigger.
    `incident`: of a check-in in a crisis, forgotten when that closes. `packed`: what a warning asks of the row, as one value: a million of
    them become one answer, where a million rows of seven columns would take longer than the warning may wait.
    """

    __tablename__ = "national_place"
    __table_args__ = (
        CheckConstraint("(lon is null) = (lat is null)", name="national_place_point"),
        CheckConstraint("lon between -180 and 180 and lat between -90 and 90", name="national_place_on_earth"),
        CheckConstraint("accuracy_m >= 0", name="national_place_accuracy"),
        Index("national_place_country", "country", postgresql_where=text("is_current and is_abroad")),
        Index("national_place_box", "lat", "lon", postgresql_where=text("is_current and is_abroad and lat is not null")),
        Index("national_place_incident", "incident", postgresql_where=text("incident is not null")),
    )

    person_id: UUID = Field(foreign_key="national.id", primary_key=True, ondelete="CASCADE")
    place_in_list: int = Field(sa_column=Column(SmallInteger, primary_key=True, autoincrement=False))
    kind: int = Field(sa_column=Column(SmallInteger, nullable=False))
    flags: int = Field(sa_column=Column(SmallInteger, nullable=False))
    country: str = Field(sa_column=Column(CHAR(2), nullable=False))
    is_current: bool
    is_abroad: bool
    drill_member: bool
    lon: float | None = Field(sa_column=Column(Double))
    lat: float | None = Field(sa_column=Column(Double))
    accuracy_m: int | None
    observed_at: datetime = Field(sa_column=Column(DateTime(timezone=True), nullable=False))
    source: str
    incident: UUID | None
    words: bytes | None = Field(sa_column=Column(LargeBinary))
    packed: bytes | None = Field(default=None, sa_column=Column(LargeBinary, Computed(PACKED, persisted=True)))
