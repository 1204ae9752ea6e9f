"""Who may sign in, with which roles and scopes: the one file behind the Keycloak realm and the local provider.

Roles and clients hold for every deployment; the accounts are fictional and exist only where demo data does.
"""

from pathlib import Path
from typing import Annotated, Final, Literal, Self
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, model_validator

from contracts.text import Text

ACCOUNTS_FILE: Final = Path(__file__).with_name("accounts.json")
DISTRICT_PATTERN: Final = r"^(\*|BD-[0-9]{2})$"
COUNTRY_PATTERN: Final = r"^(\*|[A-Z]{2})$"


Name = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9-]{1,39}$")]


class _Row(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Role(_Row):
    role: Name
    title: Text


class _Scoped(_Row):
    """What a token may touch: an absent list is nothing, `*` is everything."""

    districts: tuple[Annotated[str, StringConstraints(pattern=DISTRICT_PATTERN)], ...] = ()
    countries: tuple[Annotated[str, StringConstraints(pattern=COUNTRY_PATTERN)], ...] = ()
    org: tuple[Name, ...] = ()
    licence: tuple[Annotated[str, StringConstraints(pattern=r"^RL-[0-9]{4}$")], ...] = ()

    def scopes(self) -> dict[str, list[str]]:
        """Only the claims that say something."""
        claims = {"districts": self.districts, "countries": self.countries, "org": self.org, "licence": self.licence}
        return {name: list(values) for name, values in claims.items() if values}


class Client(_Scoped):
    """`web` keeps a secret and signs people in, `native` has none; `service` and `partner` sign in as themselves, in the role so called.

    What a partner's may do stands in the service `partners`, never in its token. `registrar` adds the programs of partners to the provider,
    and is nobody to the services.
    """

    client: Name
    kind: Literal["web", "native", "service", "partner", "registrar"]
    id: UUID | None = Field(default=None, description="The subject of its tokens, where it signs in as itself.")
    audience: Name | None = Field(default=None, description="Another audience than the suite's, which every service must refuse.")
    redirect: str | None = Field(default=None, description="Path under the public URL.")
    signed_out: str | None = Field(default=None, description="Path under the public URL.")
    demo_only: bool = False

    @property
    def signs_in_as_itself(self) -> bool:
        return self.kind in {"service", "partner", "registrar"}

    @model_validator(mode="after")
    def _each_kind_is_whole(self) -> Self:
        if self.kind == "web" and not (self.redirect and self.signed_out):
            raise ValueError(f"{self.client}: a web client needs redirect and signed_out")
        if self.signs_in_as_itself and self.id is None:
            raise ValueError(f"{self.client}: a {self.kind} needs an id, the subject of its tokens")
        return self


class Account(_Scoped):
    account: Name
    id: UUID
    name: Text
    purpose: Text
    locale: Literal["en", "bn"]
    roles: tuple[Name, ...] = Field(min_length=1)


class Accounts(_Row):
    about: str
    realm: Name
    audience: Name
    demo_password: str = Field(min_length=12)
    roles: tuple[Role, ...]
    clients: tuple[Client, ...]
    accounts: tuple[Account, ...]

    @model_validator(mode="after")
    def _names_are_known_and_single(self) -> Self:
        known = {role.role for role in self.roles}
        for account in self.accounts:
            if unknown := set(account.roles) - known:
                raise ValueError(f"{account.account}: unknown roles {sorted(unknown)}")
        names = [account.account for account in self.accounts] + [client.client for client in self.clients]
        ids = [account.id for account in self.accounts] + [client.id for client in self.clients if client.id]
        for values in (names, ids):
            if len(set(values)) != len(values):
                raise ValueError("an account, a client or an id stands twice")
        return self

    def account(self, name: str) -> Account:
        """Raise `KeyError` for a name that the file does not hold."""
        for account in self.accounts:
            if account.account == name:
                return account
        raise KeyError(name)


def load_accounts(path: Path = ACCOUNTS_FILE) -> Accounts:
    return Accounts.model_validate_json(path.read_bytes())
