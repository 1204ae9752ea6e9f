"""The register of nationals and what a warning does with it. One function for each figure; whoever adds one adds it to `FIGURES`.

Figures run one after another on one suite: what one leaves behind in the register is what the next one finds there.
"""

from collections.abc import Awaitable, Callable, Sequence
from typing import Final

from runner import suite
from runner.bench.crisis_import import import_per_s
from runner.bench.figures import Figure
from runner.place import temporary_place
from runner.suite import Suite

# Each is given the running suite and the scale.
FIGURES: Final[Sequence[Callable[[Suite, float], Awaitable[Figure]]]] = (import_per_s,)


async def measure(scale: float) -> list[Figure]:
    with temporary_place() as place:
        settings = {"PROBASHI_REQUESTS_PER_SECOND": "1000000", "PROBASHI_REQUEST_BURST": "1000000"}
        async with suite.running(place, settings=settings) as running:
            return [await figure(running, scale) for figure in FIGURES]
