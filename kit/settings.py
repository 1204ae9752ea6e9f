"""What a process is told by its environment (`PROBASHI_…`), read once at its start."""

from pathlib import Path
from typing import Literal, Self

from pydantic import Field, SecretStr, model_validator
from pydantic_settings import BaseSettings, SettingsConfigDict


class Settings(BaseSettings):
    """Secrets have no default; a service that has no use for one leaves it out."""

    model_config = SettingsConfigDict(env_prefix="PROBASHI_", frozen=True, extra="ignore")

    environment: Literal["local", "test", "production"] = "production"
    service: str = Field(description="Name of this service: its database, its NATS user, its source in events.")
    host: str = "127.0.0.1"
    port: int
    public_url: str = Field(description="Where people reach the suite, without a slash at the end.")
    issuer: str = Field(default="", description="Issuer of tokens; `{public_url}/auth/realms/probashi` unless set.")
    audience: str = "probashi"
    jwks_url: str = Field(description="Where the provider's keys are read, directly and not through the gateway.")
    identity_url: str = Field(default="", description="The provider, reached directly.")
    database_url: SecretStr | None = None
    owner_database_url: SecretStr | None = Field(default=None, description="Only for `probashi migrate`; a replica is not given it.")
    database_pool: int = Field(default=16, description="Connections a process holds at most.")
    nats_url: SecretStr | None = None
    service_urls: dict[str, str] = Field(default_factory=dict, description="Base URL of each service by name.")
    keyring: Path | None = Field(default=None, description="File of the keys for fields at rest.")
    files: Path | None = Field(default=None, description="Folder of the files that people send, sealed with the keyring.")
    otlp_endpoint: str | None = Field(default=None, description="Collector of traces; none is exported without it.")
    trace_ratio: float = Field(default=0.05, ge=0, le=1)
    client_id: str | None = None
    client_secret: SecretStr | None = None

    @model_validator(mode="before")
    @classmethod
    def _issuer_from_public_url(cls, values: dict[str, object]) -> dict[str, object]:
        if not values.get("issuer") and values.get("public_url"):
            values["issuer"] = f"{values['public_url']}/auth/realms/probashi"
        return values

    @model_validator(mode="after")
    def _no_slash_at_the_end(self) -> Self:
        if self.public_url.endswith("/"):
            raise ValueError("PROBASHI_PUBLIC_URL must not end with a slash")
        return self

    def required_database_url(self) -> str:
        """Raises `ValueError` where the process was given no database."""
        if self.database_url is None:
            raise ValueError("PROBASHI_DATABASE_URL is not set")
        return self.database_url.get_secret_value()
