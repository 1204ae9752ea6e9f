"""What the register is told besides what every service is told: who compares identity card numbers."""

from pydantic import Field, SecretStr
from pydantic_settings import BaseSettings, SettingsConfigDict


class IdentityCheck(BaseSettings):
    """Without it no number is compared, and every mark says that nobody was asked."""

    model_config = SettingsConfigDict(env_prefix="PROBASHI_", frozen=True, extra="ignore")

    nid_url: str = Field(default="", description="Base URL of the body that compares identity card numbers.")
    nid_secret: SecretStr | None = Field(default=None, description="Shown to it as a bearer token.")
