"""What a person about to pay is told beside the register, as dated data, read and judged at start-up."""

from pathlib import Path
from typing import Annotated, Final

from pydantic import Field

from contracts.text import Text
from kit.dated import Dated

IN_FORCE: Final = Path(__file__).parent.parent / "data" / "guidance-2026.yaml"


class Part(Dated):
    source: Annotated[str, Field(min_length=1)]
    items: Annotated[tuple[Text, ...], Field(min_length=1)]


class Guidance(Dated):
    version: str
    receipt: Part
    contract: Part
    report: Part
    class_means: Part


def load(path: Path = IN_FORCE) -> Guidance:
    """Raises `pydantic.ValidationError` for data that does not hold together."""
    return Guidance.read(path)
