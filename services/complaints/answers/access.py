"""Who may answer: the agency that is asked."""

from typing import Annotated

from kit.auth import Caller, allow

Answerer = Annotated[Caller, allow("agency")]
