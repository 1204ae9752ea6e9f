from sqlmodel import SQLModel

from kit.migrations import run_env
from services.agencies import models  # noqa: F401
from services.agencies.evidence import models as evidence  # noqa: F401
from services.agencies.imports import models as imports  # noqa: F401
from services.agencies.oversight import models as oversight  # noqa: F401
from services.agencies.register import models as register  # noqa: F401
from services.agencies.runs import models as runs  # noqa: F401
from services.agencies.unregistered import models as unregistered  # noqa: F401

run_env(SQLModel.metadata)
