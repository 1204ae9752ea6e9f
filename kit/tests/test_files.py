import asyncio
import io
import os
import sys
import zipfile
from collections.abc import AsyncIterator, Sequence
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from pathlib import Path
from uuid import UUID

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from kit.crypto import Keyring, SealError, create_keyring, rotate
from kit.files import (
    CHUNK,
    EmptyFileError,
    FileGoneError,
    FileTooLargeError,
    Folder,
    WrongKindError,
    file_response,
    one_part,
    sweep_orphans,
)
from kit.ids import new_id
from kit.media import KINDS, kind_of, what_it_is
from kit.pictures import PictureError, clean_copy

JPEG = b"\xff\xd8\xff\xe0" + b"0" * 60


@pytest.fixture
def folder(tmp_path: Path) -> Folder:
    create_keyring(tmp_path / "keyring.json")
    return Folder(tmp_path / "files", Keyring.load(tmp_path / "keyring.json", service="one"))


async def read(folder: Folder, file_id: object) -> bytes:
    return b"".join([part async for part in folder.open(file_id)])  # type: ignore[arg-type] # an id


async def in_parts(content: bytes, size: int) -> AsyncIterator[bytes]:
    for start in range(0, len(content), size):
        yield content[start : start + size]


def a_photo(**more: object) -> bytes:
    out = io.BytesIO()
    exif = Image.Exif()
    exif[0x0112] = 6  # to be turned by a quarter
    exif[0x010F] = "SECRETPHONE"
    exif.get_ifd(0x8825)[2] = (23.0, 44.0, 12.5)
    Image.new("RGB", (64, 32), "red").save(out, "JPEG", exif=exif, comment=b"SECRETNOTE", **more)
    return out.getvalue()


class TestPut:
    @settings(max_examples=12, deadline=None)
    @given(size=st.sampled_from([1, 63, CHUNK - 1, CHUNK, CHUNK + 1, 2 * CHUNK, 2 * CHUNK + 7]), part=st.integers(1000, 3 * CHUNK))
    def test_gives_back_what_was_put(self, tmp_path_factory: pytest.TempPathFactory, size: int, part: int) -> None:
        path = tmp_path_factory.mktemp("one")
        create_keyring(path / "keyring.json")
        folder = Folder(path, Keyring.load(path / "keyring.json", service="one"))
        content = os.urandom(size)

        async def there_and_back() -> None:
            stored = await folder.put(in_parts(content, part), most=10 * CHUNK)
            assert (stored.size, stored.sha256) == (size, sha256(content).digest())
            assert await read(folder, stored.id) == content

        asyncio.run(there_and_back())

    async def test_nothing_of_it_can_be_read_on_the_disk(self, folder: Folder) -> None:
        stored = await folder.put(one_part(b"the broker's name is X" * 100), most=CHUNK)
        raw = folder._path(stored.id).read_bytes()
        assert b"broker" not in raw
        assert folder._path(stored.id).stat().st_mode & 0o777 == 0o600

    async def test_too_large_leaves_nothing(self, folder: Folder) -> None:
        with pytest.raises(FileTooLargeError, match="larger than"):
            await folder.put(in_parts(b"x" * 2 * CHUNK, 4096), most=300_000)
        assert [path for path in folder.root.rglob("*") if path.is_file()] == []

    async def test_a_sender_who_goes_away_leaves_nothing(self, folder: Folder) -> None:
        async def broken() -> AsyncIterator[bytes]:
            yield b"x" * 2 * CHUNK
            raise ConnectionResetError

        with pytest.raises(ConnectionResetError):
            await folder.put(broken(), most=10 * CHUNK)
        assert [path for path in folder.root.rglob("*") if path.is_file()] == []

    async def test_an_empty_file_is_refused(self, folder: Folder) -> None:
        with pytest.raises(EmptyFileError):
            await folder.put(one_part(b""), most=100)

    async def test_a_zip_named_jpg_is_called_a_zip(self, folder: Folder) -> None:
        out = io.BytesIO()
        with zipfile.ZipFile(out, "w") as archive:
            archive.writestr("photo.jpg", b"x")
        with pytest.raises(WrongKindError) as refusal:
            await folder.put(one_part(out.getvalue()), most=CHUNK, kinds=KINDS)
        assert refusal.value.detail is not None
        assert "ZIP" in refusal.value.detail.en
        assert "জিপ" in refusal.value.detail.bn


class TestOpen:
    async def test_what_was_altered_does_not_open(self, folder: Folder) -> None:
        stored = await folder.put(one_part(os.urandom(3 * CHUNK)), most=10 * CHUNK)
        path = folder._path(stored.id)
        raw = path.read_bytes()
        head = len(raw) - 3 * (CHUNK + 16)
        first, second = raw[head : head + CHUNK + 16], raw[head + CHUNK + 16 : head + 2 * (CHUNK + 16)]
        for broken in (
            raw[:-1] + bytes([raw[-1] ^ 1]),
            raw[: -(CHUNK + 16)],  # cut off between two chunks
            raw[:head] + second + first + raw[head + 2 * (CHUNK + 16) :],
            raw[:head],
        ):
            path.write_bytes(broken)
            with pytest.raises(SealError):
                await read(folder, stored.id)

    async def test_one_file_does_not_pass_for_another(self, folder: Folder) -> None:
        one, two = [await folder.put(one_part(os.urandom(100)), most=CHUNK) for _ in range(2)]
        folder._path(two.id).write_bytes(folder._path(one.id).read_bytes())
        with pytest.raises(SealError):
            await read(folder, two.id)

    async def test_opens_after_the_key_was_rotated(self, folder: Folder, tmp_path: Path) -> None:
        stored = await folder.put(one_part(b"kept"), most=CHUNK)
        rotate(tmp_path / "keyring.json")
        assert await read(Folder(folder.root, Keyring.load(tmp_path / "keyring.json", service="one")), stored.id) == b"kept"

    async def test_not_by_another_service(self, folder: Folder, tmp_path: Path) -> None:
        stored = await folder.put(one_part(b"kept"), most=CHUNK)
        with pytest.raises(SealError):
            await read(Folder(folder.root, Keyring.load(tmp_path / "keyring.json", service="two")), stored.id)

    async def test_what_was_deleted_is_gone(self, folder: Folder) -> None:
        stored = await folder.put(one_part(b"kept"), most=CHUNK)
        await folder.delete(stored.id)
        await folder.delete(stored.id)
        for one in (stored.id, new_id()):
            with pytest.raises(FileGoneError):
                await read(folder, one)

    async def test_old_ones_are_listed_for_the_sweep(self, folder: Folder) -> None:
        stored = await folder.put(one_part(b"kept"), most=CHUNK)
        assert await folder.ids(datetime.now(UTC) - timedelta(minutes=1)) == []
        assert await folder.ids(datetime.now(UTC) + timedelta(minutes=1)) == [stored.id]


class TestKindOf:
    @pytest.mark.parametrize(
        ("head", "kind"),
        [
            (JPEG, "image/jpeg"),
            (b"\x89PNG\r\n\x1a\n", "image/png"),
            (b"RIFF\0\0\0\0WEBPVP8 ", "image/webp"),
            (b"\0\0\0\x18ftypheic", "image/heic"),
            (b"%PDF-1.7", "application/pdf"),
            (b"OggS" + b"\0" * 24 + b"OpusHead", "audio/ogg"),
            (b"ID3\x04", "audio/mpeg"),
            (b"\xff\xfb\x90\x00", "audio/mpeg"),
            (b"\xff\xf1\x50\x80", "audio/aac"),
            (b"\0\0\0\x1cftypM4A ", "audio/mp4"),
            (b"\0\0\0\x1cftyp3gp5", "video/3gpp"),
            (b"\0\0\0\x1cftypisom", "video/mp4"),
            (b"#!AMR\n", "audio/amr"),
            (b"RIFF\0\0\0\0WAVEfmt ", "audio/wav"),
            (b"\x1aE\xdf\xa3\x9fB\x86\x81\x01B\x82\x84webm", "audio/webm"),
            (b"PK\x03\x04", None),
            (b"<svg xmlns=", None),
            (b"<!doctype html>", None),
            (b"GIF89a", None),
            (b"OggS" + b"\0" * 24 + b"\x80theora", None),
            (b"\xff\xfe<\0s\0", None),
            (b"", None),
        ],
    )
    def test_goes_by_the_content(self, head: bytes, kind: str | None) -> None:
        assert kind_of(head) == kind

    @given(st.binary(max_size=80))
    def test_bears_anything(self, head: bytes) -> None:
        assert kind_of(head) in {None, *KINDS}


class TestCleanCopy:
    def test_has_no_place_phone_or_note(self) -> None:
        photo = a_photo()
        assert b"SECRETPHONE" in photo
        copy = clean_copy(photo)
        assert b"SECRET" not in copy
        with Image.open(io.BytesIO(copy)) as shown:
            assert dict(shown.getexif()) == {}
            assert "comment" not in shown.info
            assert shown.size == (32, 64)  # upright

    def test_of_a_picture_with_a_palette_and_holes(self) -> None:
        out = io.BytesIO()
        Image.new("RGBA", (8, 8), (255, 0, 0, 0)).save(out, "PNG")
        with Image.open(io.BytesIO(clean_copy(out.getvalue()))) as shown:
            assert shown.convert("RGB").getpixel((1, 1)) == (255, 255, 255)

    @pytest.mark.parametrize("broken", [JPEG, a_photo()[:400], b"%PDF-1.7", b""])
    def test_what_cannot_be_drawn_is_said(self, broken: bytes) -> None:
        with pytest.raises(PictureError):
            clean_copy(broken)

    def test_a_bomb_is_not_unpacked(self) -> None:
        out = io.BytesIO()
        Image.new("1", (30_000, 30_000)).save(out, "PNG")
        with pytest.raises(PictureError):
            clean_copy(out.getvalue())


class TestResponse:
    @pytest.mark.parametrize(("kind", "how"), [("image/jpeg", "inline"), ("audio/ogg", "inline"), ("application/pdf", "attachment")])
    async def test_never_runs_in_a_browser(self, kind: str, how: str) -> None:
        headers = file_response(one_part(b"x"), kind, name='ছবি ".html').headers
        assert headers["content-disposition"].startswith(how)
        assert '".' not in headers["content-disposition"].replace('filename="', "").replace('"; filename*', "")
        assert headers["x-content-type-options"] == "nosniff"
        assert headers["content-security-policy"].startswith("sandbox")
        assert headers["cache-control"] == "private, no-store"


class TestSweep:
    async def test_takes_what_nobody_names_and_what_a_killed_process_left_half_written(self, folder: Folder) -> None:
        named, forgotten = [await folder.put(one_part(word), most=10) for word in (b"named", b"forgotten")]
        writes = f"""
import asyncio
from pathlib import Path
from kit.crypto import Keyring
from kit.files import Folder

async def content():
    yield b"half of it"
    print("written", flush=True)
    await asyncio.Event().wait()

folder = Folder(Path({str(folder.root)!r}), Keyring.load(Path({str(folder.root.parent / "keyring.json")!r}), service="one"))
asyncio.run(folder.put(content(), most=100))
"""
        killed = await asyncio.create_subprocess_exec(
            sys.executable, "-c", writes, cwd=Path(__file__).parents[2], stdout=asyncio.subprocess.PIPE
        )
        assert killed.stdout is not None
        assert await killed.stdout.readline() == b"written\n"
        killed.kill()
        await killed.wait()
        assert len(list(folder.root.glob("??/*.part"))) == 1

        async def kept(ids: Sequence[UUID]) -> set[UUID]:
            return {named.id} & set(ids)

        now = datetime.now(UTC)
        assert await sweep_orphans(folder, now - timedelta(hours=1), kept) == 0
        assert await sweep_orphans(folder, now + timedelta(minutes=1), kept) == 2
        assert [path.name for path in folder.root.glob("??/*")] == [named.id.hex]
        assert await read(folder, named.id) == b"named"
        with pytest.raises(FileGoneError):
            await read(folder, forgotten.id)


class TestWhatIsTaken:
    def test_a_refusal_names_what_is_taken_in_that_place_and_no_more(self) -> None:
        said = what_it_is(b"plain words", frozenset({"application/pdf", "image/png"}))
        assert (said.en, said.bn) == ("Taken here: photos (PNG), PDF.", "এখানে নেওয়া হয়: ছবি (PNG), পিডিএফ।")
        assert what_it_is(b"PK\x03\x04", KINDS).en.startswith("This is a ZIP or Office file")
