"""Runs the gateway as one process: `python -m gateway.main`."""

import gc
import logging
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
    logging.basicConfig(level=logging.INFO, stream=sys.stdout, format="%(asctime)s %(levelname)s %(name)s %(message)s")
    logging.getLogger("httpx").setLevel(logging.WARNING)
    try:
        settings = GatewaySettings()
    except ValidationError as error:
        sys.stderr.write(f"The environment is incomplete: {error}\n")
        sys.exit(2)
    start_telemetry(settings)
    gateway = server(settings)
    gc.collect()
    gc.freeze()
    gc.set_threshold(50_000, 20, 20)
    try:
        gateway.run()
    finally:
        stop_telemetry()


if __name__ == "__main__":
    main()
