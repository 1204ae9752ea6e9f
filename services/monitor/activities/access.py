"""Who may write about an activity; anybody reads. Which lead an officer speaks for is dated data (`reporting.yaml`)."""

from typing import Annotated

from kit.auth import Caller, allow

Reporter = Annotated[Caller, allow("analyst", "officer")]
Commenter = Annotated[Caller, allow("ngo")]
