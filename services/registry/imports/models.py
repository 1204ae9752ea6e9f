"""The tables of imports: a file on its way, its parts, and what became of each row."""

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import CHAR, BigInteger, Column, Date, DateTime, Float, ForeignKey, Index, LargeBinary, SmallInteger, Uuid, desc, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlmodel import Field, SQLModel


class NationalImport(SQLModel, table=True):
    """One file. `name` is what its sender called it, sealed.

    `read_to` and `line`: where the row begins that is read next; they move in the transaction of what was read: no row counts twice.
    `pace`: bytes a second, lately. `known`: rows of persons who stand in the register; of them `updates` say something new.
    """

    __tablename__ = "national_import"
    __table_args__ = (
        Index("national_import_newest", desc("at"), desc("id")),
        Index("national_import_waiting", "at", postgresql_where=text("state in ('judging', 'taking')")),
    )

    id: UUID = Field(primary_key=True)
    version: int
    state: str
    name: bytes | None = Field(sa_column=Column(LargeBinary))
    length: int = Field(sa_column=Column(BigInteger, nullable=False))
    received: int = Field(sa_column=Column(BigInteger, nullable=False))
    sha256: bytes | None = Field(sa_column=Column(LargeBinary))
    as_of: date = Field(sa_column=Column(Date, nullable=False))
    kind: str | None
    country: str | None = Field(sa_column=Column(CHAR(2)))
    delimiter: str | None
    headers: list[str] = Field(default_factory=list, sa_column=Column(JSONB, nullable=False))
    columns: dict[str, int] = Field(default_factory=dict, sa_column=Column(JSONB, nullable=False))
    lists_version: str
    rows_begin: int = Field(default=0, sa_column=Column(BigInteger, nullable=False))
    read_to: int = Field(default=0, sa_column=Column(BigInteger, nullable=False))
    line: int = Field(default=0, sa_column=Column(BigInteger, nullable=False))
    pace: float | None = Field(default=None, sa_column=Column(Float))
    attempts: int = Field(default=0, sa_column=Column(SmallInteger, nullable=False))
    rows: int = Field(default=0, sa_column=Column(BigInteger, nullable=False))
    good: int = Field(default=0, sa_column=Column(BigInteger, nullable=False))
    warned: int = Field(default=0, sa_column=Column(BigInteger, nullable=False))
    refused: int = Field(default=0, sa_column=Column(BigInteger, nullable=False))
    known: int = Field(default=0, sa_column=Column(BigInteger, nullable=False))
    updates: int = Field(default=0, sa_column=Column(BigInteger, nullable=False))
    taken: int = Field(default=0, sa_column=Column(BigInteger, nullable=False))
    at: datetime = Field(sa_column=Column(DateTime(timezone=True), nullable=False))
    by: str
    judging_at: datetime | None = Field(default=None, sa_column=Column(DateTime(timezone=True)))
    judged_at: datetime | None = Field(default=None, sa_column=Column(DateTime(timezone=True)))
    released_at: datetime | None = Field(default=None, sa_column=Column(DateTime(timezone=True)))
    released_by: str | None = None
    because: bytes | None = Field(default=None, sa_column=Column(LargeBinary))
    ended_at: datetime | None = Field(default=None, sa_column=Column(DateTime(timezone=True)))


class ImportPart(SQLModel, table=True):
    """A stretch of the file, sealed in a file of its own: any replica takes the next one."""

    __tablename__ = "national_import_part"

    import_id: UUID = Field(sa_column=Column(Uuid, ForeignKey("national_import.id", ondelete="CASCADE"), primary_key=True))
    start: int = Field(sa_column=Column(BigInteger, primary_key=True, autoincrement=False))
    size: int = Field(sa_column=Column(BigInteger, nullable=False))
    file_id: UUID


class ImportReport(SQLModel, table=True):
    """What is to be said of one row. `outcome`: `refused`, `warned` (taken all the same), `same` or `update` (somebody who is known).

    `problems` pairs a column's code with a problem's (`passport:excel_number`); what a cell said is never repeated.
    """

    __tablename__ = "national_import_report"

    import_id: UUID = Field(sa_column=Column(Uuid, ForeignKey("national_import.id", ondelete="CASCADE"), primary_key=True))
    line: int = Field(sa_column=Column(BigInteger, primary_key=True, autoincrement=False))
    outcome: str
    problems: str
