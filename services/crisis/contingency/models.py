"""What a mission does in a crisis, written before there is one. A newer one stands beside the older; none is changed."""

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import BigInteger, Column, DateTime, UniqueConstraint
from sqlmodel import Field, SQLModel


class ContingencyPlan(SQLModel, table=True):
    """`number` counts the plans of a country; `dated`: the day that stands on the plan."""

    __tablename__ = "contingency_plan"
    __table_args__ = (UniqueConstraint("country", "number", name="contingency_plan_number"),)

    id: UUID = Field(primary_key=True)
    country: str
    number: int
    title: str
    dated: date
    file_id: UUID
    size: int = Field(sa_column=Column(BigInteger, nullable=False))
    sha256: bytes
    media_type: str
    attached_by: str
    attached_by_name: str
    attached_at: datetime = Field(sa_column=Column(DateTime(timezone=True), nullable=False))
