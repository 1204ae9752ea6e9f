"""Runs the gateway as one process: `python -m gateway.main`."""

import gc
import logging
import signal
import sys

import uvicorn
from pydantic import ValidationError

from gateway.app import Gateway
from gateway.protocol import protocol
from gateway.settings import GatewaySettings
from kit.telemetry import start_telemetry, stop_telemetry


def server(settings: GatewaySettings) -> uvicorn.Server:
    """Not yet started. No access log: a line per request would repeat every record's address."""
    return uvicorn.Server(
        uvicorn.Config(
            Gateway(settings),
            host=settings.host,
            port=settings.port,
            http=protocol(settings),
            ws="none",
            lifespan="on",
            proxy_headers=False,
            log_config=None,
            access_log=False,
            server_header=False,
            timeout_keep_alive=75,
            timeout_graceful_shutdown=settings.stop_timeout,
        )
    )


def main() -> None:
    """Blocks until SIGTERM or SIGINT. Exits 2 when the environment is incomplete."""
    logging.basicConfig(level=logging.INFO, stream=sys.stdout, format="%(asctime)s %(levelname)s %(name)s %(message)s")
    # It logs the URL of each call.
    logging.getLogger("httpx").setLevel(logging.WARNING)
    # uvicorn raises the signal again when it has stopped; by default that would end the process before the last spans are sent.
    for one in (signal.SIGTERM, signal.SIGINT):
        signal.signal(one, lambda *_: sys.exit(0))
    settings = _settings()
    start_telemetry(settings)
    gateway = server(settings)
    # What was loaded at start lives as long as the process: the collector need not look at it again.
    gc.collect()
    gc.freeze()
    gc.set_threshold(50_000, 20, 20)
    try:
        gateway.run()
    finally:
        stop_telemetry()


def _settings() -> GatewaySettings:
    try:
        return GatewaySettings()
    except ValidationError as error:
        # Not pydantic's own text: it quotes the values, and some are secrets.
        faults = ", ".join(f"PROBASHI_{str(one['loc'][0]).upper()} ({one['msg']})" for one in error.errors() if one["loc"])
        sys.stderr.write(f"The environment is incomplete: {faults or error.errors()[0]['msg']}\n")
        sys.exit(2)


if __name__ == "__main__":
    main()
