"""What the partners service is told of the identity provider, where it adds programs to it."""

from typing import Literal

from pydantic import Field, SecretStr
from pydantic_settings import BaseSettings, SettingsConfigDict


class Onboarding(BaseSettings):
    """The address is `PROBASHI_IDENTITY_URL`, which every service is told."""

    model_config = SettingsConfigDict(env_prefix="PROBASHI_", frozen=True, extra="ignore")

    registrar: Literal["keycloak", "local"] | None = Field(
        default=None, description="Which provider takes the programs of partners; where unset, none is added to any."
    )
    registrar_client: str = Field(default="registrar", description="As whom it is asked; its one right is to manage clients.")
    registrar_secret: SecretStr | None = Field(default=None, description="The secret of that client.")
