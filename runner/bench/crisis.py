"""The register of nationals and what a warning does with it: figures one after another on one suite, over whom the import left there."""

from kit.testing.carrier import in_a_process_of_its_own
from runner import suite
from runner.bench.crisis_import import import_per_s
from runner.bench.crisis_pace import paced
from runner.bench.crisis_warning import night_of, warning
from runner.bench.figures import Figure, beside_load
from runner.place import free_base_port, temporary_place


async def measure(scale: float) -> list[Figure]:
    with temporary_place() as place:
        place.state.mkdir(parents=True, exist_ok=True)
        async with in_a_process_of_its_own(place.state, free_base_port() + 1) as (texts, accepted):
            settings = {"PROBASHI_REQUESTS_PER_SECOND": "1000000", "PROBASHI_REQUEST_BURST": "1000000", **texts}
            async with suite.running(place, settings=settings) as running:
                taken = beside_load(await import_per_s(running, scale))
                async with night_of(running) as night:
                    figures = await warning(night, accepted, scale)
                    return [taken, *map(beside_load, [*figures, *await paced(night)])]
