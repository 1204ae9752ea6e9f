"""Facts that the complaints service publishes: codes, amounts and dates of a case, never who it is about.

Of a restricted complaint `respondent_licence` and `respondent_kind` are always null (design §4).
"""

from datetime import date, datetime

from contracts.events import Event


class ComplaintLodged(Event, type="bd.probashi.complaints.complaint.lodged.v1"):
    """A complaint was received. Of a restricted complaint `respondent_licence` is always null (design §4)."""

    channel: str
    category: str
    country: str
    district: str | None
    victim_sex: str
    victim_age_band: str
    respondent_kind: str | None
    respondent_licence: str | None
    lodged_at: datetime


class ComplaintDecided(Event, type="bd.probashi.complaints.complaint.decided.v1"):
    """A decision stands after a second person approved it. `decision`: upheld, partly, rejected, withdrawn, redirected, referred.

    `overturns` is true where it replaces an earlier decision, on appeal or after reopening: `previous` is that one. What counted for or
    against the respondent then counts no longer.
    """

    category: str
    country: str
    district: str | None
    victim_sex: str
    victim_age_band: str
    respondent_kind: str | None
    respondent_licence: str | None
    decision: str
    previous: str | None
    overturns: bool
    lodged_at: datetime
    decided_at: datetime


class ComplaintReopened(Event, type="bd.probashi.complaints.complaint.reopened.v1"):
    """A resolved complaint is open again: its decision no longer stands until there is a new one."""

    category: str
    country: str
    respondent_licence: str | None
    reopened_at: datetime


class ComplaintMerged(Event, type="bd.probashi.complaints.complaint.merged.v1"):
    """The record's complaint is the same as that of `into`, by a person's decision: it counts once, there."""

    respondent_licence: str | None
    into: str
    merged_at: datetime


class AppealLodged(Event, type="bd.probashi.complaints.appeal.lodged.v1"):
    """A party asks that another person in another office decides anew on the complaint `of`."""

    of: str
    by: str
    category: str
    country: str
    respondent_licence: str | None
    lodged_at: datetime


class RedressOrdered(Event, type="bd.probashi.complaints.redress.ordered.v1"):
    """What the respondent owes by a decision, an arbitration or a settlement (`basis`). `amount` is in minor units of `currency`."""

    category: str
    country: str
    respondent_licence: str | None
    basis: str
    amount: int
    currency: str
    ordered_on: date
    due_on: date | None


class RedressPaid(Event, type="bd.probashi.complaints.redress.paid.v1"):
    """A payment that the complainant confirmed or that is proven. `outstanding` is what is still owed of the order, in minor units."""

    category: str
    country: str
    respondent_licence: str | None
    amount: int
    outstanding: int
    currency: str
    source: str
    paid_on: date


class RespondentAnswered(Event, type="bd.probashi.complaints.respondent.answered.v1"):
    """The respondent answered what it was asked. `working_days` are those of the office that asked, from question to answer."""

    category: str
    respondent_licence: str | None
    asked_at: datetime
    answered_at: datetime
    working_days: int


class DistressReported(Event, type="bd.probashi.complaints.distress.reported.v1"):
    """Somebody abroad needs rescue, shelter, treatment, wages, release or a travel paper (`need`), and a wing owns the case."""

    need: str
    country: str
    district: str | None
    victim_sex: str
    victim_age_band: str
    reported_at: datetime


class DeathReported(Event, type="bd.probashi.complaints.death.reported.v1"):
    """A death abroad became a case."""

    country: str
    district: str | None
    victim_sex: str
    victim_age_band: str
    reported_at: datetime


class ProtectionOpened(Event, type="bd.probashi.complaints.protection.opened.v1"):
    """A family left behind needs protection: wife, child or husband (`who`), at a risk from low to extreme."""

    who: str
    risk: str
    district: str | None
    opened_at: datetime


class CaseClosed(Event, type="bd.probashi.complaints.case.closed.v1"):
    """A case of distress, death, missing or protection (`kind`) ended with an outcome."""

    kind: str
    outcome: str
    country: str
    district: str | None
    opened_at: datetime
    closed_at: datetime


class ReferralAnswered(Event, type="bd.probashi.complaints.referral.answered.v1"):
    """Another body (`to`, a kind: police, legal_aid, …) accepted, declined or ended a referral."""

    to: str
    answer: str
    country: str
    district: str | None
    sent_at: datetime
    answered_at: datetime


class CallEnded(Event, type="bd.probashi.complaints.call.ended.v1"):
    """A call to the expatriate call centre ended. `disposition` is null where nobody took it."""

    answered: bool
    disposition: str | None
    country: str | None
    waited_s: int
    talked_s: int
    ended_at: datetime
