"""Who brings papers: whoever writes a record that may name one. Anybody reads those that are named."""

from typing import Annotated

from kit.auth import Caller, allow

Bringer = Annotated[Caller, allow("analyst", "officer", "demo", "ngo")]
