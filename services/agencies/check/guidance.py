"""What a person about to pay is told beside the register, as dated data, read and judged at start-up."""

from pathlib import Path
from typing import Annotated, Final

import yaml
from pydantic import BaseModel, ConfigDict, Field

from contracts.text import Text

IN_FORCE: Final = Path(__file__).parent.parent / "data" / "guidance-2026.yaml"


class _Data(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Part(_Data):
    source: Annotated[str, Field(min_length=1)]
    items: Annotated[tuple[Text, ...], Field(min_length=1)]


class Guidance(_Data):
    version: str
    receipt: Part
    contract: Part
    report: Part
    class_means: Part


def load(path: Path = IN_FORCE) -> Guidance:
    """Raises `pydantic.ValidationError` for data that does not hold together."""
    return Guidance.model_validate(yaml.safe_load(path.read_text("utf-8")))
