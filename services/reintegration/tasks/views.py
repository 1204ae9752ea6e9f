"""An urgent task as a desk sees it."""

from datetime import UTC, datetime

from contracts.text import Bilingual
from kit.auth import Caller
from kit.crypto import Keyring
from services.reintegration.models import Returnee
from services.reintegration.schemas import LISTS, ChoiceOut
from services.reintegration.tasks.models import UrgentTask
from services.reintegration.tasks.rules import OUTCOME_WORDS, Outcome
from services.reintegration.tasks.schemas import TaskOut
from services.reintegration.views import names_of


def task_of(task: UrgentTask, returnee: Returnee, caller: Caller, keyring: Keyring) -> TaskOut:
    outcome = Outcome(task.outcome) if task.outcome else None
    return TaskOut.model_validate(
        {
            **task.model_dump(include={"id", "version", "restricted", "district", "opened_at", "due_at"}),
            **names_of(returnee, keyring),
            "returnee_id": returnee.id,
            "returnee_reference": returnee.reference,
            "flag": ChoiceOut.chosen(LISTS.flag(task.flag)),
            "overdue": task.done_at is None and datetime.now(UTC) > task.due_at,
            "taken": task.taken_by is not None,
            "mine": task.taken_by == caller.subject,
            "outcome": outcome,
            "outcome_label": Bilingual.of(OUTCOME_WORDS[outcome]) if outcome else None,
        }
    )
