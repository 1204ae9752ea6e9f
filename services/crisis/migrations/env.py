from sqlmodel import SQLModel

from kit.migrations import run_env
from services.crisis.decisions import models as decisions  # noqa: F401
from services.crisis.signals import models as signals  # noqa: F401
from services.crisis.warnings import models  # noqa: F401

run_env(SQLModel.metadata)
