"""The parts of a complaint's page. An area adds one line: who sees the part, who asks for it, what shows it."""

from typing import Final

from contracts.text import Text
from services.portal.access import CASES, HANDLE, LODGE, ON_DUTY, READ, SUPERVISE
from services.portal.agencies import clients as agencies
from services.portal.answers import endpoints as answers
from services.portal.cases import clients as cases
from services.portal.complaints import clients
from services.portal.duplicates import endpoints as duplicates
from services.portal.files import clients as files
from services.portal.protection import clients as protection
from services.portal.redress import endpoints as redress
from services.portal.referrals import endpoints as referrals
from services.portal.sections import Section
from services.portal.supervision import clients as supervision
from services.portal.wing import clients as wing

SECTIONS: Final[tuple[Section, ...]] = (
    Section("now", Text("What you may do now", "এখন যা করা যায়"), "complaints/now.html", clients.actions),
    Section(
        "case",
        Text("The case", "কেস"),
        "cases/section.html",
        cases.of_complaint,
        CASES,
        frozenset({"distress", "death", "missing", "protection"}),
    ),
    Section("wing", Text("At the wing", "উইংয়ে"), "wing/of_complaint.html", wing.of_complaint, roles=ON_DUTY),
    Section("agency", Text("The agency", "রিক্রুটিং এজেন্সি"), "agencies/section.html", agencies.of_complaint, roles=LODGE),
    Section("deadlines", Text("Deadlines", "সময়সীমা"), "supervision/deadlines.html", supervision.deadlines, roles=LODGE),
    Section("contact", Text("How to reach the person", "যোগাযোগের উপায়"), "protection/contact_section.html", protection.contact, roles=LODGE),
    Section("files", Text("Files", "ফাইল"), "files/list.html", files.files_of),
    Section("texts", Text("Texts that were sent", "পাঠানো মেসেজ"), "files/texts.html", files.texts_of, roles=LODGE),
    Section("hearings", Text("Hearings and settlements", "শুনানি ও আপস"), "complaints/hearings.html", clients.hearings),
    Section("money", Text("Money", "টাকা-পয়সা"), "redress/section.html", redress.section, roles=READ),
    Section("answers", Text("What the agency says", "এজেন্সির বক্তব্য"), "answers/section.html", answers.section, roles=HANDLE),
    Section("referrals", Text("Referred to others", "অন্যদের কাছে পাঠানো"), "referrals/section.html", referrals.section, roles=HANDLE),
    Section(
        "grs", Text("National GRS", "জাতীয় অভিযোগ প্রতিকার ব্যবস্থা"), "referrals/grs.html", referrals.grs_section, HANDLE, frozenset({"service"})
    ),
    Section(
        "links", Text("Tied to other complaints", "অন্য অভিযোগের সঙ্গে সম্পর্ক"), "duplicates/section.html", duplicates.section, roles=HANDLE
    ),
    Section("consents", Text("Consents", "সম্মতি"), "protection/consents.html", protection.consents, roles=HANDLE),
    Section("keeping", Text("How long it is kept", "কত দিন রাখা হবে"), "protection/keeping.html", protection.keeping, roles=SUPERVISE),
    Section("history", Text("What has been done", "যা করা হয়েছে"), "complaints/history.html", clients.history),
)
