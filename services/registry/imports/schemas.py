"""What goes in and out of imports."""

from datetime import date, datetime
from typing import Annotated, Any, Literal
from uuid import UUID

from pydantic import BaseModel, Field, StringConstraints

from contracts.text import Bilingual
from kit.text import ONE_LINE, Day
from services.registry.imports.rules import State
from services.registry.rules import Kind
from services.registry.schemas import Abroad, In


class ImportIn(In):
    """`length` in bytes; `name`: what the file is called, for people, sealed. `as_of`: when what the file says held, for its places."""

    length: Annotated[int, Field(ge=1)]
    name: Annotated[str, Field(max_length=200), ONE_LINE] = ""
    as_of: Day
    sha256: Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{64}$")] | None = None


class MappingIn(In):
    """`columns`: by its code, in which column of the file it stands, from 0. `country`: of rows that name none."""

    columns: Annotated[dict[str, Annotated[int, Field(ge=0, le=200)]], Field(min_length=1, max_length=40)]
    country: Abroad | None = None
    kind: Kind = Kind.WORKER


class RefusalIn(In):
    because: Annotated[str, Field(min_length=3, max_length=500), ONE_LINE]


class ImportOut(BaseModel):
    """`part_size`: how much to send at once. `read_share`: 0 to 1 of the step that is under way; `seconds_left` null while nobody can know.

    `rows` = `good` + `refused` once judged; of the good ones `warned` are taken with something left out. `known`: persons who stand in the
    register, of whom `updates` say something new; `taken`: added to the register.
    """

    id: UUID
    version: int
    state: State
    state_words: Bilingual
    name: str
    length: int
    received: int
    part_size: int
    as_of: date
    kind: str | None
    country: str | None
    read_share: float
    seconds_left: int | None
    rows: int
    good: int
    warned: int
    refused: int
    known: int
    updates: int
    taken: int
    at: datetime
    by: str
    judged_at: datetime | None
    released_at: datetime | None
    released_by: str | None
    because: str | None
    ended_at: datetime | None


class ColumnChoice(Bilingual):
    code: str


class ColumnOut(BaseModel):
    """One column of the file. `proposed`: what it is taken to be, by its name; `samples`: its first cells, as they stand."""

    place: int
    header: str
    proposed: str | None
    samples: list[str]


class ColumnsOut(BaseModel):
    choices: list[ColumnChoice]
    columns: list[ColumnOut]


class ReportRow(BaseModel):
    """`column` is empty where the whole row is meant."""

    line: int
    outcome: Literal["refused", "warned", "same", "update"]
    problems: list["RowProblem"]


class RowProblem(BaseModel):
    column: Bilingual
    code: str
    words: Bilingual


class ReportOut(BaseModel):
    """`next` is the line after which to go on, null at the end."""

    items: list[ReportRow]
    next: int | None


class SampleRow(BaseModel):
    """A row as it will be taken, or what is wrong with it."""

    line: int
    person: dict[str, Any] | None
    problems: list[RowProblem]


class SampleOut(BaseModel):
    items: list[SampleRow]
