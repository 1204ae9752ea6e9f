"""Whether each service is ready, asked of them as the gateway asks: by `/readyz`."""

import asyncio

from services.portal.clients import AwayError, Services


async def readiness(services: Services) -> dict[str, bool]:
    """Of every service that the portal knows, at once."""
    names = sorted(services.urls)
    answers = await asyncio.gather(*(_is_ready(services, name) for name in names))
    return dict(zip(names, answers, strict=True))


async def _is_ready(services: Services, name: str) -> bool:
    try:
        return (await services.pass_on("GET", name, "/readyz", {}, b"")).is_success
    except AwayError:
        return False
