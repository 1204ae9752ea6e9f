"""The register of nationals and what a warning does with it: figures one after another on one suite, over whom the import left there."""

from contextlib import AsyncExitStack

from kit.testing import carrier, push_service
from runner import suite
from runner.bench.crisis_import import import_per_s
from runner.bench.crisis_pace import paced
from runner.bench.crisis_push import PushBench, pushed
from runner.bench.crisis_warning import night_of, warning
from runner.bench.figures import Figure, beside_load
from runner.place import free_base_port, temporary_place


async def measure(scale: float) -> list[Figure]:
    with temporary_place() as place:
        place.state.mkdir(parents=True, exist_ok=True)
        async with AsyncExitStack() as stack:
            ports = free_base_port()
            texts, accepted = await stack.enter_async_context(carrier.in_a_process_of_its_own(place.state, ports + 1))
            came = await stack.enter_async_context(push_service.in_a_process_of_its_own(place.state, ports + 2))
            settings = {"PROBASHI_REQUESTS_PER_SECOND": "1000000", "PROBASHI_REQUEST_BURST": "1000000", **texts}
            running = await stack.enter_async_context(suite.running(place, settings=settings))
            taken = beside_load(await import_per_s(running, scale))
            night = await stack.enter_async_context(night_of(running))
            figures = [*await warning(night, accepted, scale), *await pushed(night, PushBench(ports + 2, came)), *await paced(night)]
            return [taken, *map(beside_load, figures)]
