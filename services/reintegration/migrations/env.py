from sqlmodel import SQLModel

from kit.migrations import run_env
from services.reintegration import models  # noqa: F401

run_env(SQLModel.metadata)
