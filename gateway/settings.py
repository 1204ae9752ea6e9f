"""What the gateway is told: where the services are, and how much of its room one caller may take."""

from pathlib import Path
from typing import Final, Self

from pydantic import Field, model_validator

from kit.settings import Settings

ROOT: Final = Path(__file__).resolve().parents[1]


class GatewaySettings(Settings):
    """Times are seconds, sizes bytes."""

    service: str = "gateway"
    contracts: Path = Field(default=ROOT / "contracts" / "openapi", description="Folder of the services' OpenAPI documents.")
    packages: Path = Field(
        default=ROOT / "node_modules", description="Folder of npm packages: `/docs` takes its script, style and font there."
    )

    max_body: int = Field(default=10_000_000, description="No request is larger; a route may allow less.")
    max_buffered: int = Field(default=128 * 1024 * 1024, description="Request bodies held in memory at once, all together.")
    max_buffered_per_client: int = Field(default=16 * 1024 * 1024, description="Of these, what one client may take.")
    max_cached: int = Field(default=32 * 1024 * 1024, description="Public answers kept in memory, all together.")
    max_header_count: int = 100
    max_header_bytes: int = 32 * 1024
    header_timeout: float = Field(default=10, description="From the first byte of a request to the end of its headers.")
    upload_timeout: float = Field(default=120, description="For a whole body to arrive: a phone on a poor connection is slow.")
    connect_timeout: float = Field(default=1, description="For a service to take the connection.")
    answer_timeout: float = Field(default=15, description="For a service to begin its answer, and between two parts of it.")
    stream_idle_timeout: float = Field(default=60, description="Between two parts of an event stream; a heartbeat is a part.")
    stalled_client_timeout: float = Field(default=60, description="For a client to take one part of the answer.")
    stop_timeout: int = Field(default=4, description="For requests under way to end when the gateway is told to stop.")

    requests_per_second: float = Field(default=50, gt=0, description="Steady rate of one client: a token's holder, else an address.")
    request_burst: int = Field(default=200, ge=1, description="Requests that a client may make at once after a rest.")
    max_clients: int = Field(default=50_000, description="Clients whose rate is remembered; the one not seen longest is forgotten.")
    requests_per_service: int = Field(default=256, description="Requests under way at one service; more are turned away at once.")
    streams_per_service: int = Field(default=2_000, description="Event streams open at one service.")
    requests_per_client: int = Field(default=64, description="Requests of one client under way, at all services.")
    streams_per_client: int = Field(default=100, description="Event streams open for one client; an office may share one address.")
    quota_timeout: float = Field(default=1, description="For partners to say what a program has left; it passes uncounted after that.")
    max_connections: int = Field(default=10_000, description="Connections of clients; more are turned away at once.")
    max_connections_per_client: int = Field(default=1_000, description="Of these, from one address that is no trusted proxy's.")
    request_log: bool = Field(default=True, description="One line for each request: which operation, how it ended, how long it took.")
    trusted_proxies: tuple[str, ...] = Field(default=(), description="Networks of load balancers whose X-Forwarded-For is believed.")

    @model_validator(mode="after")
    def _asks_partners_as_itself(self) -> Self:
        if not (self.client_id and self.client_secret and self.identity_url):
            raise ValueError("PROBASHI_CLIENT_ID, PROBASHI_CLIENT_SECRET and PROBASHI_IDENTITY_URL are needed to ask for partners' quotas")
        return self
