"""What is shown of endpoints and of what was sent to them."""

from collections.abc import Sequence

from services.partners.hooks.models import Attempt, Delivery, Endpoint
from services.partners.hooks.schemas import AttemptOut, DeliveryOut, EndpointOut, EndpointSecretOut

SECRET = "partner_endpoint.secret"  # noqa: S105 - the name of the column


def endpoint_of(one: Endpoint) -> EndpointOut:
    return EndpointOut(**one.model_dump(include=set(EndpointOut.model_fields)))


def with_secret(one: Endpoint, secret: str) -> EndpointSecretOut:
    return EndpointSecretOut(**endpoint_of(one).model_dump(), secret=secret)


def delivery_of(one: Delivery, attempts: Sequence[Attempt]) -> DeliveryOut:
    shown = one.model_dump(include=set(DeliveryOut.model_fields) - {"attempts"})
    return DeliveryOut(**shown, attempts=[AttemptOut(**each.model_dump(include=set(AttemptOut.model_fields))) for each in attempts])
