"""The tables that every service has beside its own: outbox, inbox, dead letters, idempotency keys, timers, access log."""

from typing import Final

from sqlalchemy import MetaData

plumbing: Final = MetaData()
