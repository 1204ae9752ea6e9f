"""What was handed out to each program, and what it asked, hour by hour."""

from datetime import datetime

from sqlalchemy import Column, DateTime
from sqlmodel import Field, SQLModel


class Handed(SQLModel, table=True):
    """Requests that the gateways were given for a program: in its minute and in its day of Dhaka."""

    __tablename__ = "partner_quota"

    client_id: str = Field(foreign_key="partner_client.client_id", primary_key=True)
    minute: datetime = Field(sa_column=Column(DateTime(timezone=True), nullable=False))
    in_minute: int
    day: datetime = Field(sa_column=Column(DateTime(timezone=True), nullable=False))
    in_day: int


class Use(SQLModel, table=True):
    """What the gateways counted of a program in an hour. `refused`: for want of quota, and not counted as errors."""

    __tablename__ = "partner_use"

    client_id: str = Field(foreign_key="partner_client.client_id", primary_key=True)
    hour: datetime = Field(sa_column=Column(DateTime(timezone=True), primary_key=True))
    requests: int
    refused: int
    client_errors: int
    server_errors: int
