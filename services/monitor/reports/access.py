"""Who prepares reports. Whoever drafts one never approves it (`rules.check_step`)."""

from typing import Annotated

from kit.auth import Caller, allow

Editor = Annotated[Caller, allow("analyst", "admin")]
