"""A step of a deployment, before the migrations: roles and databases, with the same statements as the local suite's."""

import asyncio
from urllib.parse import urlsplit, urlunsplit

from pydantic import SecretStr
from pydantic_settings import BaseSettings, SettingsConfigDict

from runner.roles import owner_of, prepare


class Told(BaseSettings):
    """Only this step is given the superuser."""

    model_config = SettingsConfigDict(env_prefix="PROBASHI_", frozen=True, extra="ignore")

    superuser_url: SecretStr
    role_passwords: dict[str, SecretStr]

    def url_of(self, database: str) -> str:
        return urlunsplit(urlsplit(self.superuser_url.get_secret_value())._replace(path=f"/{database}"))

    def password_of(self, role: str) -> str:
        return self.role_passwords[role].get_secret_value()

    def databases(self) -> list[str]:
        return [role for role in self.role_passwords if owner_of(role) in self.role_passwords]


async def make_databases(told: Told) -> None:
    """Idempotent: run again, it sets rights and passwords as they should be."""
    await prepare(told.url_of, told.password_of, told.databases())


if __name__ == "__main__":
    asyncio.run(make_databases(Told()))
