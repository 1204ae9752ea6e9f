"""Facts that the reintegration service publishes: codes and dates of a return, never who returned."""

from datetime import date, datetime
from uuid import UUID

from contracts.events import Event


class ReturneeRegistered(Event, type="bd.probashi.reintegration.returnee.registered.v1"):
    """A person who came back was registered. `district` is where they live now, `country` the one they left."""

    district: str
    country: str
    sex: str
    age_band: str
    reason: str
    returned_on: date
    registered_at: datetime


class CaseOpened(Event, type="bd.probashi.reintegration.case.opened.v1"):
    """A case follows a returnee's way back. `needs` are codes of the service's dated list; the returnee is not named."""

    district: str
    needs: tuple[str, ...]
    plan_due: date
    opened_at: datetime


class UrgentNeedFound(Event, type="bd.probashi.reintegration.urgent-need.found.v1"):
    """On registration something could not wait (`flag`). Restricted where the flag is abuse, trafficking or a child alone."""

    flag: str
    district: str
    country: str
    sex: str
    age_band: str
    found_at: datetime
    due_at: datetime


class UrgentNeedMet(Event, type="bd.probashi.reintegration.urgent-need.met.v1"):
    """Somebody acted on what could not wait: `outcome` says with what end, `late` whether after it was due."""

    flag: str
    district: str
    outcome: str
    late: bool
    found_at: datetime
    met_at: datetime


class ArrivalServiceNoted(Event, type="bd.probashi.reintegration.arrival-service.noted.v1"):
    """A health check, counselling or another help on arrival was offered, done, declined or referred (`outcome`)."""

    service: str
    outcome: str
    district: str
    country: str
    sex: str
    age_band: str
    noted_at: datetime


class PlanMade(Event, type="bd.probashi.reintegration.plan.made.v1"):
    """A plan with goals stands. `late`: after the day on which it was due."""

    district: str
    goals: int
    helps: tuple[str, ...]
    late: bool
    made_at: datetime


class ReviewHeld(Event, type="bd.probashi.reintegration.review.held.v1"):
    """A case was looked at again. `confirmed`: whether the returnee says that the services came (yes, partly, no, not_reached)."""

    district: str
    number: int
    confirmed: str
    held_on: date


class CaseClosed(Event, type="bd.probashi.reintegration.case.closed.v1"):
    """A case ended for a coded reason that a second person approved."""

    district: str
    reason: str
    goals_reached: int
    goals: int
    opened_at: datetime
    closed_at: datetime


class ConsentWithdrawn(Event, type="bd.probashi.reintegration.consent.withdrawn.v1"):
    """A person took back a consent: whoever received something on it (`recipient`) stops using it. The record is the consent.

    `records`: the referrals that the recipient was given on it, by the ids under which it knows them.
    """

    purpose: str
    recipient: str
    given_at: datetime
    withdrawn_at: datetime
    records: tuple[UUID, ...] = ()


class ReferralSent(Event, type="bd.probashi.reintegration.referral.sent.v1"):
    """A returnee was passed on for one help (`help`) to a body of a kind (`to`), with consent. `recipient`: its code, if it has one."""

    help: str
    to: str
    district: str
    sent_at: datetime
    accept_by: datetime
    recipient: str | None = None


class ReferralEnded(Event, type="bd.probashi.reintegration.referral.ended.v1"):
    """How a referral ended (`state`: declined, returned, stopped, confirmed). `confirmed`: whether the returnee says that the help came.

    `recipient`: the code of the body that had it, if it has one.
    """

    help: str
    to: str
    district: str
    state: str
    confirmed: str | None
    sent_at: datetime
    ended_at: datetime
    recipient: str | None = None


class InformationGiven(Event, type="bd.probashi.reintegration.information.given.v1"):
    """At the counter of a district's office something was explained (`topic`). Nobody is named or counted as a person."""

    district: str
    topic: str
    told_at: datetime


class VisitorCalled(Event, type="bd.probashi.reintegration.visitor.called.v1"):
    """Somebody who had taken a number was called, so many seconds later. A number of the day, not a person."""

    district: str
    purpose: str
    waited_seconds: int
    called_at: datetime


class VictimIdentified(Event, type="bd.probashi.reintegration.victim.identified.v1"):
    """A trained person found somebody to be a victim of trafficking (never of smuggling). Restricted, and no district: few are in one."""

    country: str
    sex: str
    age_band: str
    forms: tuple[str, ...]
    identified_at: datetime


class VictimHelpGiven(Event, type="bd.probashi.reintegration.victim-help.given.v1"):
    """A step of help in a protected case was given (`area`, `help`), before or after anything was found. Restricted."""

    area: str
    help: str
    sex: str
    age_band: str
    amount: int | None
    currency: str | None
    given_at: datetime


class ProtectionEmergencyOpened(Event, type="bd.probashi.reintegration.protection-emergency.opened.v1"):
    """An officer who is no member of a protected case opened it in an emergency. Neither the case nor the officer is named."""

    minutes: int
    opened_at: datetime
    review_by: datetime


class ProtectionEmergencyJudged(Event, type="bd.probashi.reintegration.protection-emergency.judged.v1"):
    """One of the two who must judge said whether it was justified (`voice`: member, supervisor). `late`: after the day for it."""

    voice: str
    justified: bool
    late: bool
    judged_at: datetime


class CaseTransferEnded(Event, type="bd.probashi.reintegration.case-transfer.ended.v1"):
    """How the passing of a case to another district's office ended (`state`: accepted, declined, returned, recalled, stopped)."""

    from_district: str
    to_district: str
    state: str
    sent_at: datetime
    ended_at: datetime


class EarningsClaimOpened(Event, type="bd.probashi.reintegration.earnings-claim.opened.v1"):
    """A returnee claims what was earned abroad and not paid. `amount` in minor units of `currency`; the employer is not named."""

    kind: str
    country: str
    district: str
    sex: str
    amount: int
    currency: str
    opened_at: datetime


class EarningsClaimRecovered(Event, type="bd.probashi.reintegration.earnings-claim.recovered.v1"):
    """Money of a claim came. `outstanding` is what is still claimed, in minor units of `currency`."""

    kind: str
    country: str
    district: str
    sex: str
    amount: int
    outstanding: int
    currency: str
    recovered_on: date


class ArrivalConfirmed(Event, type="bd.probashi.reintegration.arrival.confirmed.v1"):
    """A desk confirmed who came back from a crisis; the record is the crisis' evacuee. `known`: was registered before."""

    district: str
    country: str
    known: bool
    arrived_on: date
    confirmed_at: datetime


class ReturnNoted(Event, type="bd.probashi.reintegration.return.noted.v1"):
    """Of somebody whom a wing registered before the flight: came on `returned_on`, or has not come so far."""

    district: str
    country: str
    sex: str
    age_band: str
    came: bool
    returned_on: date | None
    noted_at: datetime
