"""As whom this house issues warnings, and what each posture asks of people: read and judged at start-up."""

from collections.abc import Mapping
from pathlib import Path
from typing import Final, Literal

from pydantic import Field

from contracts.text import Text
from kit.dated import Dated

DATA: Final = Path(__file__).parent / "data" / "issuer.yaml"
Level = Literal[1, 2, 3, 4]


class Posture(Dated):
    severity: str
    urgency: str
    response: str
    en: str
    bn: str

    @property
    def words(self) -> Text:
        return Text(self.en, self.bn)


class Issuer(Dated):
    version: str
    illustrative: bool
    source: str
    sender: str = Field(pattern=r"^[^\s,<&]+$")
    name: Text
    hours: int = Field(ge=1, le=168)
    postures: Mapping[Level, Posture] = Field(min_length=4, max_length=4)

    def posture(self, level: int) -> Posture:
        return next(one for code, one in self.postures.items() if code == level)


def load(path: Path = DATA) -> Issuer:
    """Raises `pydantic.ValidationError`."""
    return Issuer.read(path)
