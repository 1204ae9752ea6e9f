from sqlmodel import SQLModel

from kit.migrations import run_env

run_env(SQLModel.metadata)
