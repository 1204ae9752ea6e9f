"""Secrets are made once, stay the same for every process that asks, and are nobody else's to read."""

import stat
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context

from runner.keys import Secrets, keyring
from runner.place import Place


def asked(place: Place) -> list[str]:
    return [Secrets(place).get("postgres", f"role{number}") for number in range(20)]


class TestSecrets:
    def test_processes_that_ask_at_the_same_time_get_the_same_answer(self, place: Place) -> None:
        with ProcessPoolExecutor(4, mp_context=get_context("spawn")) as processes:
            answers = list(processes.map(asked, [place] * 8))
        assert len({tuple(answer) for answer in answers}) == 1
        assert len(set(answers[0])) == 20

    def test_one_made_elsewhere_meanwhile_is_not_made_again(self, place: Place) -> None:
        early = Secrets(place)
        assert early.get("nats", "crisis") == Secrets(place).get("nats", "crisis")
        late = Secrets(place).get("nats", "monitor")
        assert early.get("nats", "monitor") == late

    def test_only_the_owner_can_read_them(self, place: Place) -> None:
        Secrets(place).get("nats", "crisis")
        keyring(place, "crisis")
        modes = {file.name: stat.S_IMODE(file.stat().st_mode) for file in place.keys.glob("*.json")}
        assert modes == {"secrets.json": 0o600, "crisis-keyring.json": 0o600}
        assert stat.S_IMODE(place.keys.stat().st_mode) == 0o700

    def test_folders_that_stood_open_are_closed(self, place: Place) -> None:
        for folder in (place.keys, place.logs, place.run):
            folder.chmod(0o755)
        place.make_folders()
        assert {stat.S_IMODE(folder.stat().st_mode) for folder in (place.keys, place.logs, place.run)} == {0o700}
