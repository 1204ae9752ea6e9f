"""What the register asks the one engine of sharing (`kit.policy`): what of a person is told to whom, for which purpose."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Final, Literal

from contracts.days import DHAKA
from kit.auth import Caller
from kit.policy import NotSharedError, Policy, Question, policies
from services.registry.access import CRISIS, REINTEGRATION

NAME: Final = "nationals"
DESK: Final = "desk"
Form = Literal["row", "record", "reach", "match", "return"]
_SERVICES: Final[Mapping[str, str]] = {CRISIS: "crisis", REINTEGRATION: "reintegration"}


@dataclass(frozen=True, slots=True)
class Given:
    """`denied`: what this form of a record has for others, and not for this reader and purpose."""

    policy: Policy
    purpose: str
    form: Form
    allowed: frozenset[str]
    denied: frozenset[str]


def given(caller: Caller, purpose: str, form: Form) -> Given:
    """Raises `NotSharedError` where nothing is: an unknown purpose, a purpose of somebody else's, no policy in force."""
    today = datetime.now(DHAKA).date()
    try:
        policy = policies().in_force(NAME, today)
    except LookupError as error:
        raise NotSharedError from error
    asker = _SERVICES.get(caller.client_id, DESK) if caller.has("service") else DESK
    judged = policy.judge(Question(subject={"asker": [asker]}, purpose=purpose, record={"form": [form]}, on=today))
    allowed = frozenset(field for field, one in judged.items() if one.allowed)
    if not allowed:
        raise NotSharedError.of(judged.values())
    of_form = frozenset(field for one in policy.purposes for field in policy.fields_of(one, form=form))
    return Given(policy, purpose, form, allowed, of_form - allowed)


def is_for_another(caller: Caller) -> bool:
    """Another service, or somebody of a partner: what is decided for them is written down, beside the access log."""
    return caller.has("service", "ngo")


def desk_purposes() -> frozenset[str]:
    """For which a desk may look somebody up, by any version of the policy."""
    return frozenset(
        purpose
        for version in policies().versions(NAME)
        for purpose in version.purposes
        if any(rule.effect == "allow" and rule.serves(purpose) and rule.when.get("form") == ("record",) for rule in version.rules)
    )
