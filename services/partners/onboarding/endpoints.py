"""The HTTP edge of credentials: one call into `service` each."""

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Annotated

from fastapi import APIRouter, Depends, Path, Request, Response

from kit.database import SessionDep
from kit.versions import ExpectedVersion, etag
from services.partners import service as partners
from services.partners.access import Applicant, Reader, Which
from services.partners.onboarding import repository, service, views
from services.partners.onboarding.clients import Registrar
from services.partners.onboarding.schemas import CredentialChangeIn, CredentialIn, CredentialMadeOut, CredentialOut, CredentialsOut

router = APIRouter(prefix="/v1/partners/organisations/{code}", tags=["partners"])
Name = Annotated[str, Path(max_length=40, description="The name of the client, as in the list of the organisation's clients.")]
Number = Annotated[int, Path(ge=1, le=1_000_000)]


@dataclass(frozen=True, slots=True)
class Provider:
    """`registrar`: None where programs are added by hand."""

    registrar: Registrar | None
    issuer: str


async def _provider(request: Request) -> Provider:
    return Provider(request.state.registrar, request.state.settings.issuer)


ProviderDep = Annotated[Provider, Depends(_provider)]


@router.get("/credentials")
async def list_credentials(code: Which, caller: Reader, session: SessionDep) -> CredentialsOut:
    """Of all programs of the organisation: what stands in the identity provider, or is to."""
    organisation = await partners.get(session, caller, code)
    rows = await repository.list_of(session, organisation.id, partners.today())
    return CredentialsOut(items=[views.credential_of(one, datetime.now(UTC)) for one in rows])


@router.post("/clients/{name}/credentials", status_code=201)
async def make(
    code: Which,
    name: Name,
    said: CredentialIn,
    caller: Applicant,
    session: SessionDep,
    provider: ProviderDep,
    expected: ExpectedVersion,
    response: Response,
) -> CredentialMadeOut:
    """The first one, or one that replaces those of before. Its secret is shown in this answer and never again: nothing keeps it.

    `If-Match` names the version of the client; the same request again is refused (412) rather than repeated.
    """
    organisation = await partners.get(session, caller, code)
    stands, secret = await service.make(session, provider.registrar, caller, organisation, name, expected, said)
    response.headers["Cache-Control"] = "no-store"
    return views.made_of(stands, datetime.now(UTC), secret, provider.issuer)


@router.put("/clients/{name}/credentials/{number}")
async def change(
    code: Which,
    name: Name,
    number: Number,
    said: CredentialChangeIn,
    caller: Applicant,
    session: SessionDep,
    expected: ExpectedVersion,
    response: Response,
) -> CredentialOut:
    """Other keys, or its end. The identity provider follows within seconds, or as soon as it answers."""
    organisation = await partners.get(session, caller, code)
    stands = await service.change(session, caller, organisation, name, number, expected, said)
    response.headers["ETag"] = etag(stands.credential.version)
    return views.credential_of(stands, datetime.now(UTC))
