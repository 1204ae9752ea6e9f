"""Who may see what the stream of complaints suggests, and who says what it is. Whose countries is judged in the query."""

from typing import Annotated

from kit.auth import Caller, allow

Reader = Annotated[Caller, allow("wing", "supervisor", "auditor", "admin")]
Answerer = Annotated[Caller, allow("wing", "supervisor", "admin")]
