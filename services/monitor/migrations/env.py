from sqlmodel import SQLModel

from kit.migrations import run_env
from services.monitor.evidence import models  # noqa: F401

run_env(SQLModel.metadata)
