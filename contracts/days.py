"""Which day it is: that of the desk, the ministry and the law, by the calendar of Bangladesh, whatever a server's clock says."""

from typing import Final
from zoneinfo import ZoneInfo

DHAKA: Final = ZoneInfo("Asia/Dhaka")
