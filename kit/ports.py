"""Which port each process listens on locally: an offset from `PROBASHI_PORT`, so that two suites run side by side."""

from typing import Final

OFFSETS: Final = {
    "gateway": 0,
    "complaints": 1,
    "agencies": 2,
    "reintegration": 3,
    "crisis": 4,
    "registry": 5,
    "monitor": 6,
    "partners": 7,
    "portal": 8,
    "identity": 9,
    "postgres": 10,
    "nats": 11,
    "nats-monitor": 12,
}
