"""What the crisis service is told at its start beyond what every service is told."""

from pydantic import Field
from pydantic_settings import BaseSettings, SettingsConfigDict

from kit.settings import Settings


class Reading(BaseSettings):
    model_config = SettingsConfigDict(env_prefix="PROBASHI_", frozen=True, extra="ignore")

    read_feeds: bool | None = Field(
        default=None, description="Whether this replica may read feeds of warnings on the Internet; where unset, in `production` alone."
    )

    def reads(self, settings: Settings) -> bool:
        return settings.environment == "production" if self.read_feeds is None else self.read_feeds
