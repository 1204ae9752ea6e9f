"""What the partners service is told at its start beyond what every service is told."""

from pydantic import Field
from pydantic_settings import BaseSettings, SettingsConfigDict


class Sending(BaseSettings):
    model_config = SettingsConfigDict(env_prefix="PROBASHI_", frozen=True, extra="ignore")

    send_hooks: bool = Field(default=True, description="Whether this replica sends events to the endpoints of partners.")
    hook_seconds: float = Field(default=15.0, gt=0, le=60, description="How long one call to a partner's endpoint may take, all in all.")
