"""What is shown of credentials: never a secret, but for the one that was made this moment."""

from datetime import datetime

from services.partners.onboarding import rules
from services.partners.onboarding.repository import Stands
from services.partners.onboarding.schemas import CredentialMadeOut, CredentialOut, KeyOut


def wanted(stands: Stands, now: datetime) -> rules.Standing:
    return rules.wanted(stands.organisation, stands.client, stands.credential.until, now, is_agreed=stands.is_agreed)


def is_current(stands: Stands, now: datetime) -> bool:
    """Whether the provider has what it is to have."""
    one = stands.credential
    return one.done == wanted(stands, now) and (one.done == rules.Standing.REMOVED or one.done_version == one.version)


def credential_of(stands: Stands, now: datetime) -> CredentialOut:
    one = stands.credential
    shown = one.model_dump(include=set(CredentialOut.model_fields) - {"keys"})
    keys = [KeyOut(kid=key["kid"], alg=key["alg"]) for key in one.keys or ()]
    return CredentialOut(**shown, keys=keys, wanted=wanted(stands, now), is_current=is_current(stands, now))


def made_of(stands: Stands, now: datetime, secret: str | None, issuer: str) -> CredentialMadeOut:
    token_url = f"{issuer}/protocol/openid-connect/token"
    return CredentialMadeOut(**credential_of(stands, now).model_dump(), secret=secret, token_url=token_url, audience=issuer)
