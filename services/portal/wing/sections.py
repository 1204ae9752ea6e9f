"""The parts of a wing's case. An area adds one line: who sees the part, who asks for it, what shows it."""

from typing import Final

from contracts.text import Text
from services.portal.sections import Section
from services.portal.wing import clients

SECTIONS: Final[tuple[Section, ...]] = (
    Section("steps", Text("What is owed", "করণীয়"), "wing/steps.html", clients.itself),
    Section("applicant", Text("The family that asked", "যে পরিবার আবেদন করেছে"), "wing/applicant.html", clients.applicant),
    Section("details", Text("What is known", "যা জানা আছে"), "wing/details.html", clients.itself),
    Section("complaint", Text("The complaint", "অভিযোগ"), "wing/complaint.html", clients.complaint_of),
    Section("visits", Text("Visits", "সাক্ষাৎ ও পরিদর্শন"), "wing/visits.html", clients.visits),
    Section("history", Text("What has been done", "যা করা হয়েছে"), "wing/history.html", clients.itself),
)
