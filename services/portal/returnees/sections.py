"""The parts of a returnee's page. An area adds one line: who sees the part, who asks for it, what shows it."""

from typing import Final

from contracts.text import Text
from services.portal.access import CASEWORK
from services.portal.casework import clients as casework
from services.portal.handover import clients as handover
from services.portal.sections import Section

SECTIONS: Final[tuple[Section, ...]] = (
    Section("urgent", Text("What cannot wait", "যা এখনই করতে হবে"), "casework/urgent.html", casework.urgent_of, roles=CASEWORK),
    Section("handover", Text("To others", "অন্যদের কাছে"), "handover/section.html", handover.section_of, roles=CASEWORK),
)
