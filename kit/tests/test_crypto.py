import json
import os
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kit.boxes import seal_box
from kit.crypto import Keyring, KeyringError, SealError, UnknownKeyError, create_keyring, rotate


@pytest.fixture
def path(tmp_path: Path) -> Path:
    file = tmp_path / "keyring.json"
    create_keyring(file)
    return file


@pytest.fixture
def keyring(path: Path) -> Keyring:
    return Keyring.load(path, service="one")


@pytest.fixture(scope="session")
def lasting(tmp_path_factory: pytest.TempPathFactory) -> Keyring:
    file = tmp_path_factory.mktemp("keys") / "keyring.json"
    create_keyring(file)
    return Keyring.load(file, service="one")


class TestSeal:
    @given(st.text(st.characters(exclude_categories=["Cs"])))
    def test_opens_in_its_column(self, lasting: Keyring, value: str) -> None:
        sealed = lasting.seal(value, "person.phone")
        assert lasting.open(sealed, "person.phone") == value
        assert value == "" or value.encode() not in sealed or len(value) < 4

    def test_the_same_value_never_looks_the_same(self, keyring: Keyring) -> None:
        assert keyring.seal("+8801712345678", "a.b") != keyring.seal("+8801712345678", "a.b")

    def test_opens_in_no_other_column(self, keyring: Keyring) -> None:
        with pytest.raises(SealError, match=r"person\.passport"):
            keyring.open(keyring.seal("x", "person.phone"), "person.passport")

    def test_opens_in_no_other_service(self, path: Path, keyring: Keyring) -> None:
        with pytest.raises(SealError):
            Keyring.load(path, service="other").open(keyring.seal("x", "a.b"), "a.b")

    def test_every_changed_byte_is_found(self, keyring: Keyring) -> None:
        sealed = keyring.seal("01712345678", "a.b")
        for place in range(len(sealed)):
            broken = sealed[:place] + bytes([sealed[place] ^ 1]) + sealed[place + 1 :]
            with pytest.raises((SealError, UnknownKeyError)):
                keyring.open(broken, "a.b")

    def test_every_cut_is_found(self, keyring: Keyring) -> None:
        sealed = keyring.seal("01712345678", "a.b")
        for length in range(len(sealed)):
            with pytest.raises((SealError, UnknownKeyError)):
                keyring.open(sealed[:length], "a.b")

    def test_a_key_that_is_gone_is_named(self, tmp_path: Path, keyring: Keyring) -> None:
        other = tmp_path / "other.json"
        create_keyring(other)
        with pytest.raises(UnknownKeyError, match=keyring.active):
            Keyring.load(other, service="one").open(keyring.seal("x", "a.b"), "a.b")

    def test_the_keys_are_not_shown(self, path: Path, keyring: Keyring) -> None:
        assert json.loads(path.read_text())["index"] not in repr(keyring)
        assert repr(keyring) == f"Keyring(active='{keyring.active}')"


class TestBlindIndex:
    def test_finds_the_same_value_of_the_same_kind(self, path: Path, keyring: Keyring) -> None:
        again = Keyring.load(path, service="one")
        assert again.blind_index("+8801712345678", "phone") == keyring.blind_index("+8801712345678", "phone")
        assert keyring.blind_index("+8801712345678", "phone") != keyring.blind_index("+8801712345679", "phone")
        assert keyring.blind_index("1234567890", "nid") != keyring.blind_index("1234567890", "passport")

    def test_two_services_cannot_compare(self, path: Path, keyring: Keyring) -> None:
        assert Keyring.load(path, service="other").blind_index("1", "nid") != keyring.blind_index("1", "nid")


class TestRotate:
    def test_old_values_open_and_new_ones_use_the_new_key(self, path: Path, keyring: Keyring) -> None:
        old = keyring.seal("x", "a.b")
        added = rotate(path)
        after = Keyring.load(path, service="one")
        assert after.active == added != keyring.active
        assert after.open(old, "a.b") == "x"
        assert after.is_stale(old)
        assert not after.is_stale(after.seal("x", "a.b"))
        assert after.blind_index("1", "nid") == keyring.blind_index("1", "nid")

    def test_a_process_with_the_old_file_cannot_read_new_values(self, path: Path, keyring: Keyring) -> None:
        rotate(path)
        with pytest.raises(UnknownKeyError):
            keyring.open(Keyring.load(path, service="one").seal("x", "a.b"), "a.b")

    def test_waits_for_nobody_but_loses_no_key(self, path: Path) -> None:
        path.with_name("keyring.json.new").touch()
        with pytest.raises(KeyringError, match="another change"):
            rotate(path)

    def test_a_failed_change_leaves_the_old_file(self, path: Path) -> None:
        path.write_text("{}")
        with pytest.raises(KeyringError):
            rotate(path)
        assert path.read_text() == "{}"
        assert [*path.parent.iterdir()] == [path]


class TestFile:
    def test_is_for_its_owner_only(self, path: Path) -> None:
        assert path.stat().st_mode & 0o777 == 0o600
        rotate(path)
        assert path.stat().st_mode & 0o777 == 0o600

    def test_is_never_overwritten(self, path: Path) -> None:
        before = path.read_text()
        with pytest.raises(KeyringError, match="already"):
            create_keyring(path)
        assert path.read_text() == before

    @pytest.mark.parametrize("mode", [0o604, 0o640, 0o660, 0o644, 0o602])
    def test_is_refused_when_others_reach_it(self, path: Path, mode: int) -> None:
        path.chmod(mode)
        with pytest.raises(KeyringError, match="chmod 600"):
            Keyring.load(path, service="one")

    @pytest.mark.skipif(os.geteuid() != 0, reason="only root gives a file away")
    def test_of_another_owner_may_be_read_through_its_group(self, path: Path) -> None:
        os.chown(path, 12345, os.getegid())
        path.chmod(0o440)
        Keyring.load(path, service="one")
        path.chmod(0o444)
        with pytest.raises(KeyringError, match="open to others"):
            Keyring.load(path, service="one")

    @pytest.mark.parametrize(
        "content",
        [
            "",
            "no json",
            "[]",
            '{"version": 2}',
            '{"version": 1}',
            '{"version": 1, "active": "a", "keys": [], "index": ""}',
            '{"version": 1, "active": "a", "keys": {"a": {"secret": "c2hvcnQ="}}, "index": "c2hvcnQ="}',
            '{"version": 1, "active": "a", "keys": {"a": {"secret": "%%%"}}, "index": "%%%"}',
        ],
    )
    def test_is_refused_when_it_is_no_keyring(self, path: Path, content: str) -> None:
        path.write_text(content)
        with pytest.raises(KeyringError):
            Keyring.load(path, service="one")

    def test_is_refused_without_its_active_key(self, path: Path) -> None:
        path.write_text(json.dumps({**json.loads(path.read_text()), "active": "gone"}))
        with pytest.raises(KeyringError, match="active"):
            Keyring.load(path, service="one")

    def test_is_refused_when_missing(self, tmp_path: Path) -> None:
        with pytest.raises(KeyringError, match="FileNotFoundError"):
            Keyring.load(tmp_path / "none.json", service="one")


class TestBox:
    def test_is_opened_by_its_service_alone(self, path: Path, keyring: Keyring) -> None:
        key_id, point = keyring.box_key()
        box = seal_box(point, "রহিমা".encode(), b"here")
        assert keyring.open_box(key_id, box, b"here").decode() == "রহিমা"
        with pytest.raises(SealError):
            Keyring.load(path, service="other").open_box(key_id, box, b"here")
        with pytest.raises(SealError):
            keyring.open_box(key_id, box, b"elsewhere")
        with pytest.raises(UnknownKeyError):
            keyring.open_box("nothing", box, b"here")

    def test_every_changed_byte_and_every_cut_is_found(self, keyring: Keyring) -> None:
        key_id, point = keyring.box_key()
        box = seal_box(point, b"01712345678", b"here")
        broken = [box[:place] + bytes([box[place] ^ 1]) + box[place + 1 :] for place in range(len(box))]
        for one in [*broken, *(box[:length] for length in range(len(box)))]:
            with pytest.raises(SealError):
                keyring.open_box(key_id, one, b"here")

    def test_an_older_key_opens_after_a_rotation(self, path: Path, keyring: Keyring) -> None:
        key_id, point = keyring.box_key()
        box = seal_box(point, b"x", b"here")
        assert rotate(path) == Keyring.load(path, service="one").box_key()[0] != key_id
        assert Keyring.load(path, service="one").open_box(key_id, box, b"here") == b"x"
