"""Runs the gateway as one process: `python -m gateway.main`."""

import uvicorn

from gateway.app import Gateway
from gateway.protocol import protocol
from gateway.settings import GatewaySettings
from kit.serve import begin, run


def configuration(settings: GatewaySettings) -> uvicorn.Config:
    """No access log: a line per request would repeat every record's address."""
    return uvicorn.Config(
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


def main() -> None:
    """Blocks until SIGTERM or SIGINT. Exits 2 when the environment is incomplete."""
    run(configuration(begin(GatewaySettings)))


if __name__ == "__main__":
    main()
