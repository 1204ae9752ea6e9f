"""The table of the procedure: each row × each standing, and what no walk through it may ever reach."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from services.complaints.lifecycle.checks import Actor, Case, Standing
from services.complaints.lifecycle.decisions.rules import (
    appeal_office_refused,
    decision_refused,
    office_refused,
    overturns,
    person_refused,
    replacement_refused,
)
from services.complaints.lifecycle.procedures import PROCEDURES
from services.complaints.lifecycle.rules import BY_ACTION, CASES, KINDS, TABLE, Action, after, judge
from services.complaints.lifecycle.views import ACTIONS
from services.complaints.rules import Status

NOW = datetime(2026, 11, 25, tzinfo=UTC)
CASE = Case(kind="complaint", status=Status.ASSIGNED, restricted=False, now=NOW, office="bmet", assignee="one")
EVERYTHING = frozenset({"agent", "supervisor", "officer", "demo", "wing", "ngo", "udc", "airport", "wewb", "agency", "decider"})


def actor(*standings: Standing, subject: str = "two", roles: frozenset[str] = EVERYTHING) -> Actor:
    return Actor(subject, roles, frozenset(standings))


def willing(action: Action) -> Case:
    """A case in which nothing but the person stands in the way of this act."""
    row = BY_ACTION[action]
    status = min(row.sources, key=lambda one: (one is not Status.ASSIGNED, one))
    kind = "complaint" if "complaint" in row.kinds else min(row.kinds)
    more: dict[str, Any] = {
        Action.TAKE: {"assignee": None},
        Action.ACCEPT_TRANSFER: {"transfer_to": "x"},
        Action.REFUSE_TRANSFER: {"transfer_to": "x"},
        Action.RECALL_TRANSFER: {"transfer_to": "x"},
        Action.COMPLETE_INVESTIGATION: {"is_investigation_begun": True},
        Action.HOLD_HEARING: {"is_hearing_open": True, "hearings": 1},
        Action.ADJOURN_HEARING: {"is_hearing_open": True, "hearings": 1},
        Action.APPROVE: {"proposer": "one"},
        Action.SEND_BACK: {"proposer": "one"},
        Action.CONFIRM_WITHDRAWAL: {"withdrawal": "asked"},
        Action.REOPEN: {"reopen_until": NOW},
        Action.APPEAL: {"appeal_until": NOW},
    }
    return replace(CASE, status=status, kind=kind, **more.get(action, {}))


class TestTable:
    def test_each_act_has_one_row_and_words(self) -> None:
        assert [one.action for one in TABLE] == sorted(BY_ACTION, key=[one.action for one in TABLE].index)
        assert set(BY_ACTION) == set(Action) == set(ACTIONS)

    @pytest.mark.parametrize("standing", list(Standing))
    @pytest.mark.parametrize("action", list(Action))
    def test_each_act_by_each_standing(self, action: Action, standing: Standing) -> None:
        assert (judge(action, willing(action), actor(standing)) is None) == (standing in BY_ACTION[action].by)

    @pytest.mark.parametrize("role", sorted(EVERYTHING | {"analyst", "auditor", "admin", "service"}))
    @pytest.mark.parametrize("action", list(Action))
    def test_each_act_by_each_role(self, action: Action, role: str) -> None:
        refusal = judge(action, willing(action), actor(*Standing, roles=frozenset({role})))
        assert (refusal is None) == (role in BY_ACTION[action].roles)
        assert refusal is None or refusal.is_of_role

    @pytest.mark.parametrize("status", list(Status))
    @pytest.mark.parametrize("action", list(Action))
    def test_each_act_from_each_status(self, action: Action, status: Status) -> None:
        refusal = judge(action, replace(willing(action), status=status), actor(*Standing))
        assert (refusal is None) == (status in BY_ACTION[action].sources)

    @pytest.mark.parametrize("kind", sorted(KINDS))
    @pytest.mark.parametrize("action", list(Action))
    def test_each_act_with_each_kind(self, action: Action, kind: str) -> None:
        assert (judge(action, replace(willing(action), kind=kind), actor(*Standing)) is None) == (kind in BY_ACTION[action].kinds)

    def test_cases_of_people_in_need_know_no_procedure_against_a_party(self) -> None:
        against = {Action.START_INVESTIGATION, Action.SCHEDULE_HEARING, Action.SETTLE, Action.START_MEDIATION, Action.APPEAL}
        assert all(CASES.isdisjoint(BY_ACTION[one].kinds) for one in against)

    def test_nothing_leaves_a_joined_complaint_but_a_remark(self) -> None:
        assert [one.action for one in TABLE if Status.MERGED in one.sources] == [Action.COMMENT]

    def test_a_remark_moves_nothing(self) -> None:
        assert all(after(Action.COMMENT, replace(CASE, status=status)) is status for status in Status)

    @pytest.mark.parametrize("action", [Action.SETTLE, Action.START_MEDIATION, Action.START_ARBITRATION])
    def test_abuse_is_never_settled(self, action: Action) -> None:
        refusal = judge(action, replace(willing(action), restricted=True), actor(*Standing))
        assert refusal is not None
        assert "never settled" in refusal.reason.en

    def test_what_becomes_restricted_is_mediated_no_more(self) -> None:
        assert after(Action.RESTRICT, replace(CASE, status=Status.MEDIATION)) is Status.ASSIGNED
        begun = replace(CASE, status=Status.ARBITRATION, is_investigation_begun=True)
        assert after(Action.RESTRICT, begun) is Status.INVESTIGATING

    def test_and_a_pause_does_not_lead_back_to_it(self) -> None:
        assert after(Action.RESUME, replace(CASE, status=Status.WAITING, earlier=Status.MEDIATION, restricted=True)) is Status.ASSIGNED

    def test_an_officers_restricted_case_is_not_taken_over_by_the_office(self) -> None:
        case = replace(CASE, restricted=True)
        assert judge(Action.ASSIGN, case, actor(Standing.OFFICE)) is not None
        assert judge(Action.ASSIGN, case, actor(Standing.OFFICE, Standing.HOLDER)) is None


class TestDecisions:
    def test_whoever_made_it_does_not_check_it(self) -> None:
        case = replace(CASE, status=Status.FOR_APPROVAL, proposer="one")
        assert judge(Action.APPROVE, case, actor(*Standing, subject="one")) is not None
        assert judge(Action.APPROVE, case, actor(*Standing, subject="two")) is None

    def test_an_appeal_goes_elsewhere(self) -> None:
        appeal = replace(CASE, kind="appeal", office_before="bmet", office="appeals", before=frozenset({"one", "two"}), assignee=None)
        assert office_refused("bmet", appeal) is not None
        assert office_refused("wing", appeal) is None
        assert person_refused("two", appeal) is not None
        assert judge(Action.TAKE, replace(appeal, status=Status.LODGED), actor(Standing.OFFICE, subject="one")) is not None
        assert appeal_office_refused("bmet", replace(CASE, decided_office="bmet")) is not None

    def test_an_office_is_never_its_own_judge(self) -> None:
        about = replace(CASE, about="wing")
        assert office_refused("wing", about) is not None
        assert appeal_office_refused("wing", about) is not None

    def test_a_withdrawal_is_a_wish_and_a_restricted_one_a_sure_one(self) -> None:
        known = PROCEDURES.decisions("complaint")
        assert decision_refused("withdrawn", CASE, known) is not None
        assert decision_refused("withdrawn", replace(CASE, withdrawal="asked"), known) is None
        sure = replace(CASE, restricted=True, withdrawal="confirmed")
        assert decision_refused("withdrawn", replace(sure, withdrawal="asked"), known) is not None
        assert decision_refused("withdrawn", sure, known) is None

    def test_an_appeal_that_succeeds_says_what_holds_instead(self) -> None:
        known = PROCEDURES.decisions("complaint")
        assert replacement_refused("upheld", None, "upheld", known) is not None
        assert replacement_refused("upheld", "upheld", "upheld", known) is not None
        assert replacement_refused("upheld", "withdrawn", "upheld", known) is not None
        assert replacement_refused("upheld", "rejected", "upheld", known) is None
        assert replacement_refused("rejected", "partly", "upheld", known) is not None
        assert replacement_refused("rejected", None, "upheld", known) is None

    def test_a_decision_overturns_only_another(self) -> None:
        assert overturns("rejected", "upheld")
        assert not overturns("upheld", "upheld")
        assert not overturns("upheld", None)


PERSONS = ("p0", "p1", "p2", "p3")
OFFICES = ("office-0", "office-1", "office-2", "office-3")
DECISIONS = ("upheld", "rejected", "withdrawn", "helped", "found_dead", "safe", "body_returned")


def _changes(action: Action, case: Case, subject: str, office: str) -> dict[str, Any]:
    """What the service changes besides the status."""
    month = NOW + timedelta(days=30)
    changes: dict[Action, dict[str, Any]] = {
        Action.TAKE: {"assignee": subject},
        Action.ASSIGN: {"assignee": subject},
        Action.HAND_BACK: {"assignee": None},
        Action.TRANSFER: {"transfer_to": office},
        Action.ACCEPT_TRANSFER: {"office": case.transfer_to, "transfer_to": None, "assignee": None},
        Action.REFUSE_TRANSFER: {"transfer_to": None},
        Action.RECALL_TRANSFER: {"transfer_to": None},
        Action.START_INVESTIGATION: {"is_investigation_begun": True},
        Action.COMPLETE_INVESTIGATION: {"is_investigated": True},
        Action.SCHEDULE_HEARING: {"is_hearing_open": True, "hearings": case.hearings + 1},
        Action.HOLD_HEARING: {"is_hearing_open": False},
        Action.ADJOURN_HEARING: {"is_hearing_open": False},
        Action.WAIT: {"earlier": case.status},
        Action.RESUME: {"earlier": None},
        Action.PROPOSE: {"proposer": subject, "earlier": case.earlier if case.status is Status.WAITING else case.status},
        Action.APPROVE: {"proposer": None, "earlier": None, "reopen_until": month, "appeal_until": month},
        Action.SEND_BACK: {"proposer": None, "earlier": None},
        Action.WITHDRAW: {"withdrawal": "asked"},
        Action.CONFIRM_WITHDRAWAL: {"withdrawal": "confirmed"},
        Action.RESTRICT: {"restricted": True},
    }
    return changes.get(action, {})


class Walk(RuleBasedStateMachine):
    """Anybody tries anything at any time; what was allowed is done as the service does it."""

    @initialize(kind=st.sampled_from(["complaint", "complaint", "appeal", *sorted(KINDS)]), restricted=st.booleans())
    def lodge(self, kind: str, restricted: bool) -> None:  # noqa: FBT001 - drawn by name
        before = frozenset({"p0"}) if kind == "appeal" else frozenset()
        first = "office-0" if kind == "appeal" else None
        self.case = Case(kind, Status.LODGED, restricted, NOW, "office-1", about="office-2", before=before, office_before=first)
        self.decision: str | None = None
        self.decided_by: tuple[str, str] | None = None
        self.proposed = ""

    @rule(
        action=st.sampled_from(list(Action)),
        subject=st.sampled_from(PERSONS),
        standings=st.sets(st.sampled_from(list(Standing))),
        chosen=st.tuples(st.sampled_from(OFFICES), st.sampled_from(DECISIONS)),
    )
    def anybody_tries_anything(self, action: Action, subject: str, standings: set[Standing], chosen: tuple[str, str]) -> None:
        held = {Standing.HOLDER} if self.case.assignee == subject else set()
        self.tries(action, Actor(subject, EVERYTHING, frozenset(standings - {Standing.HOLDER} | held)), *chosen)

    @rule(data=st.data(), chosen=st.tuples(st.sampled_from(OFFICES), st.sampled_from(DECISIONS)))
    def somebody_does_what_they_may(self, data: st.DataObject, chosen: tuple[str, str]) -> None:
        able: dict[Action, list[Actor]] = {}
        for one in PERSONS:
            parts = frozenset(Standing) - (frozenset() if self.case.assignee == one else {Standing.HOLDER})
            for action in set(Action) - {Action.COMMENT, Action.WRITE_ALLEGATION}:
                if judge(action, self.case, somebody := Actor(one, EVERYTHING, parts)) is None:
                    able.setdefault(action, []).append(somebody)
        if able:
            action = data.draw(st.sampled_from(sorted(able)))
            self.tries(action, data.draw(st.sampled_from(able[action])), *chosen)

    def tries(self, action: Action, one: Actor, office: str, decision: str) -> None:
        case = self.case
        if judge(action, case, one) is not None or self._refused(action, one.subject, office, decision):
            return
        assert case.status in BY_ACTION[action].sources
        assert not BY_ACTION[action].by.isdisjoint(one.standings)
        if action is Action.PROPOSE:
            self.proposed = decision
        if action is Action.APPROVE:
            assert case.proposer is not None
            self.decision, self.decided_by = self.proposed, (case.proposer, one.subject)
        if action is Action.REOPEN:
            assert case.reopen_until is not None
            assert case.now <= case.reopen_until
            self.decision = None
        self.case = replace(case, **_changes(action, case, one.subject, office), status=after(action, case))

    def _refused(self, action: Action, subject: str, office: str, decision: str) -> bool:
        if action is Action.TRANSFER:
            return office_refused(office, self.case) is not None
        if action is Action.ASSIGN:
            return person_refused(subject, self.case) is not None
        if action is Action.PROPOSE:
            return decision_refused(decision, self.case, PROCEDURES.decisions(self.case.kind)) is not None
        return False

    @precondition(lambda self: self.case.status is Status.RESOLVED)
    @rule()
    def a_year_passes(self) -> None:
        self.case = replace(self.case, now=NOW + timedelta(days=365))

    @invariant()
    def resolved_has_a_decision_by_two_persons(self) -> None:
        if self.case.status is Status.RESOLVED:
            assert self.decision is not None
            assert self.decided_by is not None
            assert self.decided_by[0] != self.decided_by[1]
            assert self.decided_by[1] not in self.case.before
        else:
            assert self.decision is None

    @invariant()
    def it_is_always_in_the_hands_of_an_office_that_may_have_it(self) -> None:
        assert self.case.office not in {None, "office-2"}
        assert self.case.kind != "appeal" or self.case.office != "office-0"

    @invariant()
    def an_officer_works_on_all_that_is_begun_or_the_office_can_take_it(self) -> None:
        if self.case.assignee is None and self.case.status not in {Status.RESOLVED, Status.FOR_APPROVAL}:
            assert judge(Action.TAKE, self.case, Actor("p3", EVERYTHING, frozenset({Standing.OFFICE}))) is None

    @invariant()
    def nobody_has_an_appeal_against_their_own_decision(self) -> None:
        assert self.case.assignee is None or self.case.assignee not in self.case.before

    @invariant()
    def a_hearing_has_a_date_only_at_a_hearing_or_while_it_waits(self) -> None:
        assert not self.case.is_hearing_open or self.case.status in {Status.HEARING, Status.WAITING}
        assert self.case.hearings <= self.case.hearings_most

    @invariant()
    def what_is_restricted_is_not_bargained_over(self) -> None:
        assert not self.case.restricted or self.case.status not in {Status.MEDIATION, Status.ARBITRATION}


Walk.TestCase.settings = settings(max_examples=60, stateful_step_count=30, deadline=None)
TestWalk = Walk.TestCase
