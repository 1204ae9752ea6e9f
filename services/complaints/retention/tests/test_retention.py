"""Words go when their period is over, files with them, and a hold stops it; on a real database and a real folder of files."""

from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import pytest
from sqlalchemy import text

from kit.crypto import Keyring
from kit.files import FileGoneError, Folder, one_part, sweep_orphans
from kit.ids import new_id
from kit.testing.days import day
from runner.testing import Running
from services.complaints.retention import repository, service
from services.complaints.retention.lists import PERIODS
from services.complaints.retention.rules import CLASSES, span

WORDS = "করিম মিয়ার কথা"
COMPLAINT: dict[str, Any] = {
    "channel": "phone",
    "category": "detained",
    "country": "SA",
    "district": "BD-08",
    "reporter": {"name": "রহিমা বেগম", "phone": "01712345678", "relation": "family"},
    "narrative": WORDS,
}


def keys(running: Running) -> Keyring:
    assert running.settings.keyring is not None
    return Keyring.load(running.settings.keyring, service="complaints")


async def ended(running: Running, *, years: int, on_hold: bool = False) -> UUID:
    """A case of distress with a file, a step, a paper and a text; it ended so long ago."""
    client = running.client("agent", districts=["*"], countries=["*"])
    reference = (await client.post("/v1/complaints", json=COMPLAINT)).json()["reference"]
    wing, once = running.client("wing", sub="wing-riyadh", countries=["SA"]), {"If-Match": "*"}
    asked = {"place": WORDS}
    opened = await wing.post(f"/v1/complaints/{reference}/case/distress", json=asked, headers=once)
    assert opened.status_code == 201, opened.text
    step = {"kind": "phoned", "source": "wing", "done_on": day(0), "note": WORDS}
    assert (await wing.post(f"/v1/complaints/{reference}/case/steps", json=step)).status_code == 201
    place = f"/v1/complaints/{reference}/uploads"
    content = b"%PDF-1.7\n" + uuid4().bytes
    upload = (await wing.post(place, json={"length": len(content), "name": WORDS})).json()["id"]
    sent = {"Upload-Offset": "0", "Content-Type": "application/offset+octet-stream"}
    await wing.patch(f"{place}/{upload}", content=content, headers=sent)
    assert (await wing.post(f"{place}/{upload}/completion")).status_code == 201
    async with running.sessions.begin() as session:
        at = datetime.now(UTC) - span(years) - timedelta(hours=1)
        changed = "update complaint set status = 'resolved', resolved_at = :at, on_hold = :held where reference = :reference returning id"
        found: UUID = (await session.execute(text(changed), {"at": at, "held": on_hold, "reference": reference})).scalar_one()
        return found


async def swept(running: Running, name: str, now: datetime | None = None) -> bool:
    async with running.sessions.begin() as session:
        return await service.sweep(session, keys(running), name, now or datetime.now(UTC))


async def one(running: Running, query: str, record: UUID) -> Any:
    async with running.sessions() as session:
        return (await session.execute(text(query), {"record": record})).scalar_one()


STEP = "select note from file_step where complaint_id = :record"
PLACE = "select place from distress_file where complaint_id = :record"


class TestWordsOfACase:
    async def test_go_when_their_period_is_over_and_its_history_says_so(self, complaints: Running) -> None:
        over, not_yet = await ended(complaints, years=7), await ended(complaints, years=6)
        await swept(complaints, "case_files")
        assert (await one(complaints, STEP, over), await one(complaints, PLACE, over)) == (None, None)
        assert await one(complaints, PLACE, not_yet) is not None
        noted = "select detail->>'class' from happening where complaint_id = :record and kind = 'words_erased'"
        assert await one(complaints, noted, over) == "case_files"

    async def test_stay_while_a_hold_stands_and_go_once_it_is_lifted(self, complaints: Running) -> None:
        held = await ended(complaints, years=20, on_hold=True)
        await swept(complaints, "case_files")
        assert await one(complaints, PLACE, held) is not None
        async with complaints.sessions.begin() as session:
            await session.execute(text("select erase_case_words(:record, ''::bytea)"), {"record": held})
        assert await one(complaints, STEP, held) is not None, "the owner's function looks itself"
        async with complaints.sessions.begin() as session:
            await session.execute(text("update complaint set on_hold = false where id = :record"), {"record": held})
        await swept(complaints, "case_files")
        assert (await one(complaints, STEP, held), await one(complaints, PLACE, held)) == (None, None)

    async def test_what_was_opened_again_is_kept(self, complaints: Running) -> None:
        again = await ended(complaints, years=20)
        async with complaints.sessions.begin() as session:
            await session.execute(text("update complaint set resolved_at = null, status = 'assigned'"))
        await swept(complaints, "case_files")
        assert await one(complaints, PLACE, again) is not None

    async def test_every_class_can_be_swept_and_twice_is_once(self, complaints: Running) -> None:
        await ended(complaints, years=20)
        for name in CLASSES:
            assert await swept(complaints, name) is False
            assert await swept(complaints, name) is False
        async with complaints.sessions() as session:
            noted = await session.execute(text("select count(*) from happening where kind = 'words_erased'"))
            assert noted.scalar_one() == len(set(CLASSES) - {"calls", "callbacks"})


class TestFiles:
    async def test_of_a_complaint_are_deleted_by_a_timer_of_their_own(self, complaints: Running) -> None:
        over = await ended(complaints, years=5)
        await swept(complaints, "files")
        assert await one(complaints, "select name from attachment where complaint_id = :record", over) is None
        assert await one(complaints, "select removed_at from attachment where complaint_id = :record", over) is not None
        deleted = "select kind from timer where record = (select file_id from attachment where complaint_id = :record)"
        assert await one(complaints, deleted, over) == "retention.file"

    async def test_that_no_record_names_are_swept_after_a_day(self, complaints: Running, tmp_path: Path) -> None:
        files = Folder(tmp_path, keys(complaints))
        orphan = await files.put(one_part(b"left behind"), most=100)
        kept = await files.put(one_part(b"a paper"), most=100)
        over = await ended(complaints, years=1)
        async with complaints.sessions.begin() as session:
            await session.execute(
                text("update attachment set file_id = :file where complaint_id = :record"), {"file": kept.id, "record": over}
            )
        async with complaints.sessions.begin() as session:
            named, since = partial(repository.named, session), datetime.now(UTC) - timedelta(days=PERIODS.orphan_days)
            assert await sweep_orphans(files, since, named) == 0, "not before a day has passed"
            assert await sweep_orphans(files, since + timedelta(days=2), named) == 1
        with pytest.raises(FileGoneError):
            await anext(files.open(orphan.id))
        assert await anext(files.open(kept.id)) == b"a paper"


class TestCalls:
    async def test_lose_number_and_note_but_not_their_count(self, complaints: Running) -> None:
        old, recent, held = await self.call(complaints, 3), await self.call(complaints, 1), await self.call(complaints, 3)
        case = await ended(complaints, years=1, on_hold=True)
        async with complaints.sessions.begin() as session:
            link = "insert into call_link (call_id, complaint_id, how) values (:call, :record, 'follow_up')"
            await session.execute(text(link), {"call": held, "record": case})
        await swept(complaints, "calls")
        number = "select number from phone_call where id = :record"
        assert await one(complaints, number, old) is None
        assert await one(complaints, number, recent) is not None
        assert await one(complaints, number, held) is not None
        assert await one(complaints, "select count(*) from phone_call where id = :record", old) == 1

    async def call(self, running: Running, years: int) -> UUID:
        identity = new_id()
        values = {
            "id": identity,
            "number": keys(running).seal("+8801712345678", "phone_call.number"),
            "at": datetime.now(UTC) - span(years),
        }
        async with running.sessions.begin() as session:
            await session.execute(
                text(
                    "insert into phone_call (id, version, source, direction, state, number, number_index, opened_at, waited_s, talked_s,"
                    " wants_woman, language) values (:id, 1, 'hand', 'in', 'ended', :number, '\\x01', :at, 0, 0, false, 'bn')"
                ),
                values,
            )
        return identity
