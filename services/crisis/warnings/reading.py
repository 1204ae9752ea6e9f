"""A message as this service understands it: its bytes read, and the habits of a sender whose codes do not mean what they say undone.

Whoever reads stored bytes again (a page, a replay) reads them by this, so that the same bytes are always the same warning.
"""

from services.crisis.sources import gdacs
from services.crisis.warnings import cap


def read(raw: bytes) -> cap.Message:
    """Raises what `cap.parse` raises."""
    return gdacs.understood(cap.parse(raw))
