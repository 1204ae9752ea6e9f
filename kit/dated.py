"""Data that a ministry may change without us: YAML files beside the code, dated, read and judged once when a process starts."""

from pathlib import Path
from typing import Self

import yaml
from pydantic import BaseModel, ConfigDict, Field

from contracts.text import Text


class Dated(BaseModel):
    """A file, or a part of one. Nothing is changed once it is read, and a word that no field knows is refused."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    @classmethod
    def read(cls, path: Path) -> Self:
        """Raises `pydantic.ValidationError`, which names every fault: with such a file the process must not start."""
        return cls.model_validate(yaml.safe_load(path.read_text("utf-8")))


class Choice(Dated):
    """What may be chosen: the code that is kept, the words that are shown."""

    code: str = Field(pattern=r"^[a-z][a-z_]{1,39}$")
    en: str = Field(min_length=1)
    bn: str = Field(min_length=1)

    @property
    def words(self) -> Text:
        return Text(self.en, self.bn)
