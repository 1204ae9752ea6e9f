import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.limits import Buckets, Room, Slots, client_key
from gateway.problems import TooManyRequestsError
from kit.errors import UnavailableError


def buckets(rate: float = 2, burst: int = 3, capacity: int = 100) -> Buckets:
    return Buckets(rate, burst, capacity)


class TestBuckets:
    def test_a_burst_and_then_the_wait_is_named(self) -> None:
        some = buckets(rate=0.5)
        for _ in range(3):
            some.take("a", 100.0)
        with pytest.raises(TooManyRequestsError) as refused:
            some.take("a", 100.0)
        assert refused.value.headers["Retry-After"] == "2"

    def test_after_the_wait_it_is_taken(self) -> None:
        some = buckets()
        for _ in range(3):
            some.take("a", 0.0)
        some.take("a", 0.5)
        with pytest.raises(TooManyRequestsError):
            some.take("a", 0.5)

    def test_a_refusal_costs_nothing(self) -> None:
        some = buckets(rate=1, burst=1)
        some.take("a", 0.0)
        for _ in range(5):
            with pytest.raises(TooManyRequestsError):
                some.take("a", 0.9)
        some.take("a", 1.0)

    def test_one_client_does_not_use_up_another(self) -> None:
        some = buckets(burst=1)
        some.take("a", 0.0)
        some.take("b", 0.0)

    def test_memory_is_bounded_and_the_busy_are_remembered(self) -> None:
        some = buckets(rate=0.001, burst=2, capacity=3)
        some.take("busy", 0.0)
        for number in range(50):
            some.take(str(number), 0.0)
            if number == 1:
                some.take("busy", 0.0)
        assert len(some) == 3

    @given(st.lists(st.floats(0, 0.4), max_size=60))
    def test_never_more_than_burst_and_rate_allow(self, pauses: list[float]) -> None:
        some, now, taken = buckets(), 0.0, 0
        for pause in pauses:
            now += pause
            try:
                some.take("a", now)
            except TooManyRequestsError:
                continue
            taken += 1
        assert taken <= 3 + 2 * now + 1e-6


class TestClientKey:
    def test_a_holder_of_a_token_is_one_client_at_any_address(self) -> None:
        assert client_key("203.0.113.1", "cli:7") == client_key("203.0.113.2", "cli:7")

    def test_one_household_of_ipv6_is_one_client(self) -> None:
        assert client_key("2001:db8:1:2::1") == client_key("2001:db8:1:2:ffff::9")
        assert client_key("2001:db8:1:2::1") != client_key("2001:db8:1:3::1")

    def test_no_subject_can_be_written_as_an_address(self) -> None:
        assert client_key("x", "127.0.0.1") != client_key("127.0.0.1")


class TestSlots:
    def test_full_is_told_at_once_and_only_of_that_service(self) -> None:
        slots = Slots(1, 9)
        slots.take("complaints", "a:1")
        with pytest.raises(UnavailableError):
            slots.take("complaints", "a:2")
        slots.take("crisis", "a:2")
        slots.leave("complaints", "a:1")
        slots.take("complaints", "a:2")

    def test_a_client_who_has_enough_is_told_at_once_at_every_service(self) -> None:
        slots = Slots(9, 1)
        slots.take("complaints", "a:1")
        with pytest.raises(TooManyRequestsError):
            slots.take("crisis", "a:1")
        slots.take("crisis", "a:2")
        slots.leave("complaints", "a:1")
        slots.take("crisis", "a:1")

    def test_who_has_nothing_under_way_takes_no_memory(self) -> None:
        slots = Slots(9, 9)
        for number in range(50):
            slots.take("complaints", f"a:{number}")
            slots.leave("complaints", f"a:{number}")
        assert len(slots) == 0


class TestRoom:
    def test_full_is_told_at_once(self) -> None:
        room = Room(10, 10)
        room.take("a:1", 8)
        with pytest.raises(UnavailableError):
            room.take("a:2", 3)
        room.leave("a:1", 8)
        room.take("a:1", 10)

    def test_a_client_has_a_share_and_leaves_the_rest_to_others(self) -> None:
        room = Room(10, 6)
        room.take("a:1", 6)
        with pytest.raises(TooManyRequestsError):
            room.take("a:1", 1)
        room.take("a:2", 4)
