"""Facts that partners publishes: which organisation is one, what is agreed with it. Codes of organisations, never of persons."""

from datetime import date, datetime

from contracts.events import Event


class OrganisationVerified(Event, type="bd.probashi.partners.organisation.verified.v1"):
    """A person verified that an organisation is what it says."""

    organisation: str
    kind: str
    verified_at: datetime


class OrganisationSuspended(Event, type="bd.probashi.partners.organisation.suspended.v1"):
    """From now on the organisation and its programs may do nothing. `reason` is a code of the service's dated list."""

    organisation: str
    kind: str
    reason: str
    suspended_at: datetime


class OrganisationReinstated(Event, type="bd.probashi.partners.organisation.reinstated.v1"):
    """Another person lifted a suspension."""

    organisation: str
    kind: str
    reinstated_at: datetime


class AgreementApproved(Event, type="bd.probashi.partners.agreement.approved.v1"):
    """A second person approved what an organisation may know and for what. `activities` are those of the framework that it serves."""

    organisation: str
    kind: str
    purposes: tuple[str, ...]
    activities: tuple[str, ...]
    valid_from: date
    valid_until: date
    approved_at: datetime


class AgreementEnded(Event, type="bd.probashi.partners.agreement.ended.v1"):
    """An agreement was ended before its last day."""

    organisation: str
    kind: str
    purposes: tuple[str, ...]
    ended_at: datetime


class WithdrawalConfirmed(Event, type="bd.probashi.partners.withdrawal.confirmed.v1"):
    """A body that was told of a withdrawn consent says what became of what it had. The record is the withdrawal.

    `way`: how it said so: itself (`program`, `page`), or to an officer, as a code of the service's dated list. `outcome` is one too.
    """

    organisation: str
    purpose: str
    outcome: str
    way: str
    asked_at: datetime
    confirmed_at: datetime


class WithdrawalOverdue(Event, type="bd.probashi.partners.withdrawal.overdue.v1"):
    """A body that was told of a withdrawn consent has not confirmed it in time."""

    organisation: str
    purpose: str
    asked_at: datetime
    due: datetime
