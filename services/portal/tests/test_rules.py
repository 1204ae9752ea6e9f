"""Decisions that need neither clock nor network."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.portal.access import GROUPS, IN_LINE, TASKS, Task, grouped, menu_of
from services.portal.forms import Form, body_of, iso_date, masked, refused, unmasked
from services.portal.page import environment
from services.portal.session.clients import Attempt
from services.portal.session.rules import Span, needs_refresh, needs_touch, safe_path

NOW = datetime(2026, 11, 23, 2, 0, tzinfo=UTC)
SPAN = Span(timedelta(minutes=15), timedelta(hours=8))


class TestSpan:
    @pytest.mark.parametrize(
        ("started", "seen", "over"),
        [(1, 1, False), (14.9, 14.9, False), (15, 15, True), (479, 1, False), (480, 1, True)],
    )
    def test_idle_and_whole(self, started: float, seen: float, over: bool) -> None:  # noqa: FBT001
        started_at, seen_at = NOW - timedelta(minutes=started), NOW - timedelta(minutes=seen)
        assert SPAN.is_over(started_at=started_at, seen_at=seen_at, now=NOW) is over

    def test_is_written_down_at_most_each_half_minute(self) -> None:
        assert not needs_touch(NOW - timedelta(seconds=29), NOW)
        assert needs_touch(NOW - timedelta(seconds=30), NOW)

    def test_a_token_is_renewed_before_it_ends(self) -> None:
        assert needs_refresh(1029, 1000)
        assert not needs_refresh(1031, 1000)


class TestSafePath:
    @pytest.mark.parametrize("path", ["/", "/complaints?cursor=x", "/alerts/1"])
    def test_our_own_are_kept(self, path: str) -> None:
        assert safe_path(path) == path

    @pytest.mark.parametrize("path", ["", "//evil.example", "/\\evil.example", "https://evil.example", "/a\r\nX: y", "evil"])
    def test_others_lead_home(self, path: str) -> None:
        assert safe_path(path) == "/"

    @given(st.text(max_size=40))
    def test_never_names_another_host(self, path: str) -> None:
        kept = safe_path(path)
        assert kept.startswith("/")
        assert kept[1:2] not in {"/", "\\"}


class TestPkce:
    def test_challenge_of_the_standards_own_example(self) -> None:
        """RFC 7636, appendix B."""
        attempt = Attempt("state", "nonce", "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk", "/")
        assert attempt.challenge == "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM"


class TestMask:
    @given(st.text(st.characters(codec="ascii"), max_size=60))
    def test_comes_off_again(self, secret: str) -> None:
        assert unmasked(masked(secret)) == secret.encode()

    @given(st.text(max_size=60))
    def test_what_was_never_masked_is_no_secret(self, token: str) -> None:
        assert unmasked(token) != b"the secret of this session"


class TestBody:
    def test_dots_are_groups_and_blanks_are_left_out(self) -> None:
        assert body_of({"a": "1", "b.c": "2", "b.d": "", "e": None, "f": False, "g": []}) == {"a": "1", "b": {"c": "2"}, "f": False}

    @pytest.mark.parametrize(
        ("typed", "sent"),
        [
            (("3", "1", "2026"), "2026-01-03"),
            (("০৩", "১২", "২০২৫"), "2025-12-03"),
            (("", "", ""), ""),
            (("x", "1", "2026"), "2026-1-x"),
        ],
    )
    def test_dates(self, typed: tuple[str, str, str], sent: str) -> None:
        form = Form({f"on.{part}": [value] for part, value in zip(("day", "month", "year"), typed, strict=True)})
        assert iso_date(form, "on") == sent


class TestRefused:
    FIELDS = ("country", "victim.name", "victim.phone", "returned_on")

    def at(self, pointer: str) -> Form:
        return refused(Form({"country": ["SA"]}), [{"pointer": pointer, "detail": "no"}], self.FIELDS)

    @pytest.mark.parametrize(
        ("pointer", "field"),
        [("/country", "country"), ("/victim/phone", "victim.phone"), ("/victim", "victim.name"), ("/returned_on/0", "returned_on")],
    )
    def test_a_fault_stands_at_its_field(self, pointer: str, field: str) -> None:
        assert self.at(pointer).errors == {field: "no"}

    @pytest.mark.parametrize("pointer", ["/unknown", "", "?limit"])
    def test_any_other_stands_above(self, pointer: str) -> None:
        form = self.at(pointer)
        assert form.errors == {}
        assert form.general == ("no",)

    def test_keeps_what_was_typed_and_makes_a_new_key(self) -> None:
        form = Form({"country": ["SA"]}, key="first")
        again = refused(form, [{"pointer": "/country", "detail": "no"}], self.FIELDS)
        assert again.value("country") == "SA"
        assert again.key != "first"


@pytest.mark.parametrize("task", TASKS, ids=lambda one: f"{one.name}{'' if one.roles is None else '-' + min(one.roles)}")
def test_each_task_of_the_home_page_has_a_name_and_says_what_it_is_for(task: Task) -> None:
    words = environment("en").get_template("tasks.html").module
    assert words.name(task.name).strip()  # type: ignore[attr-defined]
    assert words.about(task.name).strip()  # type: ignore[attr-defined]


def test_each_task_is_about_one_thing_and_each_group_has_a_name() -> None:
    named = [name for names in GROUPS.values() for name in names]
    assert sorted(named) == sorted({task.name for task in TASKS})
    words = environment("en").get_template("tasks.html").module
    assert all(words.group(group).strip() for group in GROUPS)  # type: ignore[attr-defined]


MANY = [Task(task.name, f"/{number}", None) for number, task in enumerate(TASKS[:12])]


@pytest.mark.parametrize("path", ["/0", "/9", "/elsewhere"])
def test_a_long_menu_keeps_the_urgent_and_the_present_in_its_line(path: str) -> None:
    menu = menu_of(MANY, path)
    assert list(menu.line[:IN_LINE]) == MANY[:IN_LINE]
    assert [task.path for task in menu.line[IN_LINE:]] == (["/9"] if path == "/9" else [])
    assert sorted(task.path for _, tasks in menu.groups for task in tasks) == sorted(task.path for task in MANY)


def test_a_short_menu_is_its_line() -> None:
    menu = menu_of(MANY[: IN_LINE + 1], "/0")
    assert list(menu.line) == MANY[: IN_LINE + 1]
    assert not menu.groups


def test_groups_stand_in_the_order_of_their_most_urgent_task() -> None:
    assert [group for group, _ in grouped(MANY)][:2] == ["returnees", "crisis"]
