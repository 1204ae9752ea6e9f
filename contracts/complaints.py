"""Facts that the complaints service publishes."""

from datetime import datetime

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
