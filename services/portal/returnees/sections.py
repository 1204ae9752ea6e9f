"""The parts of a returnee's page. An area adds one line: who sees the part, who asks for it, what shows it."""

from typing import Final

from contracts.text import Text
from services.portal.access import CASEWORK
from services.portal.casework import clients as casework
from services.portal.field import clients as field
from services.portal.handover import clients as handover
from services.portal.sections import Section

SECTIONS: Final[tuple[Section, ...]] = (
    Section("urgent", Text("What cannot wait", "যা এখনই করতে হবে"), "casework/urgent.html", casework.urgent_of, roles=CASEWORK),
    Section("matches", Text("Is it the same person?", "একই ব্যক্তি কি না"), "casework/matches.html", casework.matches_of, roles=CASEWORK),
    Section("abroad", Text("Registered abroad?", "বিদেশে নিবন্ধিত ছিলেন কি না"), "casework/abroad.html", casework.abroad_of, roles=CASEWORK),
    Section("conflicts", Text("What desks say differently", "তথ্যের অমিল"), "field/section.html", field.conflicts_of, roles=CASEWORK),
    Section("case", Text("How the case goes", "কেসের অগ্রগতি"), "casework/case.html", casework.case_of, roles=CASEWORK),
    Section("referrals", Text("Referred to others", "অন্যদের কাছে পাঠানো"), "casework/referrals.html", casework.referrals_of, roles=CASEWORK),
    Section("household", Text("The household", "পরিবার"), "casework/household.html", casework.household_of, roles=CASEWORK),
    Section("consents", Text("What they agreed to", "যে বিষয়ে সম্মতি আছে"), "casework/consents.html", casework.consents_of, roles=CASEWORK),
    Section("handover", Text("Complaint and protection", "অভিযোগ ও সুরক্ষা"), "handover/section.html", handover.section_of, roles=CASEWORK),
)
