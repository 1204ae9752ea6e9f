"""How long files are kept that no record needs any more: dated data, judged at the start."""

from datetime import date
from pathlib import Path
from typing import Final

from pydantic import Field

from kit.dated import Dated

IN_FORCE: Final = Path(__file__).parents[1] / "data" / "files-2026.yaml"


class KeptFiles(Dated):
    """`withdrawn_photo_days`: after a consent was withdrawn. `orphan_days`: after a file was put that no record names."""

    version: str
    valid_from: date
    source: str
    orphan_days: int = Field(ge=1, le=30)
    withdrawn_photo_days: int = Field(ge=1, le=3660)


def load(path: Path = IN_FORCE) -> KeptFiles:
    """Raises `pydantic.ValidationError`."""
    return KeptFiles.read(path)


KEPT: Final = load()
