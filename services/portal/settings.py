"""What the portal is told at its start beyond what every service is told: how long a session lives and how long it waits for others."""

from pydantic import Field
from pydantic_settings import BaseSettings, SettingsConfigDict


class Limits(BaseSettings):
    model_config = SettingsConfigDict(env_prefix="PROBASHI_", frozen=True, extra="ignore")

    session_idle_minutes: int = Field(default=15, ge=1, description="A session ends after so long without a page.")
    lock_minutes: int = Field(
        default=10,
        ge=0,
        description="A shared computer's page locks after so long untouched, what was typed kept for its writer; 0: never.",
    )
    session_hours: int = Field(default=8, ge=1, description="A session ends after so long in any case.")
    parked_minutes: int = Field(default=60, ge=1, description="How long a form that met an ended session waits for its writer.")
    call_seconds: float = Field(default=8, gt=0, description="Deadline of all calls that one page needs.")
