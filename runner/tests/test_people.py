"""The fictional people of the benchmark are ones that a desk could write down, and some of them come twice."""

from collections import Counter
from datetime import date

from runner.bench.people import People
from services.reintegration.schemas import ReturneeIn

TODAY = date(2026, 11, 25)


def test_every_one_is_a_registration_that_the_service_takes() -> None:
    people = People(1, TODAY, telephones=1000)
    for _ in range(500):
        ReturneeIn.model_validate(people.one())


def test_they_are_the_same_each_time_and_spread_as_unevenly_as_names_are() -> None:
    some, same = ([one.one() for _ in range(50)] for one in (People(1, TODAY, telephones=1000) for _ in range(2)))
    assert some == same
    people = People(1, TODAY, telephones=100_000)
    names = Counter(people.one()["name"] for _ in range(5000))
    assert names.most_common(1)[0][1] > 20
    assert len(names) > 1500


def test_some_come_again_with_the_same_papers() -> None:
    people = People(3, TODAY, telephones=1000)
    papers = Counter(str(one["documents"]) for one in (people.one() for _ in range(2000)) if one["documents"])
    assert 20 < sum(count > 1 for count in papers.values()) < 120
