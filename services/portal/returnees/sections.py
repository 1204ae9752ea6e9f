"""The parts of a returnee's page. An area adds one line: who sees the part, who asks for it, what shows it."""

from typing import Final

from contracts.text import Text
from services.portal.access import CASEWORK, JUDGE_RECORDS
from services.portal.casework import clients as casework
from services.portal.field import clients as field
from services.portal.sections import Section

SECTIONS: Final[tuple[Section, ...]] = (
    Section("urgent", Text("What cannot wait", "যা এখনই করতে হবে"), "casework/urgent.html", casework.urgent_of, roles=CASEWORK),
    Section("conflicts", Text("What desks say differently", "তথ্যের অমিল"), "field/section.html", field.conflicts_of, roles=JUDGE_RECORDS),
)
