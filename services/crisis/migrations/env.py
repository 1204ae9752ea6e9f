from sqlmodel import SQLModel

from kit.migrations import run_env
from services.crisis.decisions import models as decisions  # noqa: F401
from services.crisis.deployed import models as deployed  # noqa: F401
from services.crisis.enquiries import models as enquiries  # noqa: F401
from services.crisis.evacuation import models as evacuation  # noqa: F401
from services.crisis.incidents import models as incidents  # noqa: F401
from services.crisis.issued import models as issued  # noqa: F401
from services.crisis.paging import models as paging  # noqa: F401
from services.crisis.reports import models as reports  # noqa: F401
from services.crisis.rota import models as rota  # noqa: F401
from services.crisis.signals import models as signals  # noqa: F401
from services.crisis.warnings import models  # noqa: F401

run_env(SQLModel.metadata)
