"""Papers kept with us: brought by who writes a record, read by anybody once the record names them, gone where none does."""

from datetime import UTC, datetime, timedelta
from io import BytesIO
from typing import Any
from uuid import UUID, uuid4

import httpx
import pytest
from PIL import ExifTags, Image
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from kit.crypto import Keyring
from kit.files import Folder
from runner.testing import Running
from services.monitor.papers import rules
from services.monitor.papers.service import sweep

PAPERS = "/v1/framework/papers"
ACTIVITY = "/v1/framework/activities/4.4.2.3"
PDF = b"%PDF-1.7 minutes of the meeting"
SAID: dict[str, Any] = {
    "actor": "MoEWOE",
    "state": "under_way",
    "as_of": "2026-11-01",
    "text": "The desk takes complaints in every district.",
}
NAMED: dict[str, Any] = {"document": "Minutes of 3 November 2026"}


async def bring(client: httpx.AsyncClient, content: bytes = PDF, name: str = "minutes.pdf") -> httpx.Response:
    headers = {"Content-Type": "application/pdf", "Idempotency-Key": str(uuid4())}
    return await client.post(PAPERS, params={"name": name}, content=content, headers=headers)


async def report(client: httpx.AsyncClient, version: int = 1, **given: Any) -> httpx.Response:
    headers = {"If-Match": f'"{version}"', "Idempotency-Key": str(uuid4())}
    return await client.post(f"{ACTIVITY}/reports", json=SAID | given, headers=headers)


def photo_of_the_desk() -> bytes:
    exif = Image.Exif()
    exif[ExifTags.Base.Make] = "Nomuna's phone"
    out = BytesIO()
    Image.new("RGB", (40, 30), "white").save(out, "JPEG", exif=exif)
    assert b"Nomuna's phone" in out.getvalue()
    return out.getvalue()


def problem(found: httpx.Response) -> tuple[int, str]:
    return found.status_code, found.json()["type"].removeprefix("urn:probashi:problem:")


class TestAPaper:
    async def test_is_read_by_anybody_once_a_report_names_it_and_not_before(self, monitor: Running) -> None:
        analyst = monitor.client("analyst")
        brought = (await bring(analyst, name="সভার কার্যবিবরণী.pdf")).json()
        assert (brought["media_type"], brought["size"]) == ("application/pdf", len(PDF))
        for reader in (monitor.client(), analyst):
            assert problem(await reader.get(f"{PAPERS}/{brought['id']}")) == (404, "unknown-paper")
        made = await report(analyst, paper=brought["id"], **NAMED)
        assert (made.status_code, made.json()["paper"]) == (201, brought["id"]), made.text
        read = await monitor.client().get(f"{PAPERS}/{brought['id']}")
        assert (read.status_code, read.content) == (200, PDF)
        assert read.headers["content-disposition"].startswith("attachment; ")
        assert "%E0%A6%B8" in read.headers["content-disposition"], "under its own name"
        assert (read.headers["x-content-type-options"], "sandbox" in read.headers["content-security-policy"]) == ("nosniff", True)
        [shown] = (await monitor.client().get(f"{ACTIVITY}/reports")).json()["items"]
        assert shown["paper"] == brought["id"]

    async def test_of_civil_society_stands_beside_the_claim(self, monitor: Running) -> None:
        await report(monitor.client("analyst"))
        ngo = monitor.client("ngo", org=["ngo-one"])
        paper = (await bring(ngo, photo_of_the_desk(), "desk.jpg")).json()["id"]
        said = {
            "stance": "doubts",
            "text": "In two of our districts nobody sits there.",
            "report": 1,
            "paper": paper,
            "document": "Photograph",
        }
        made = await ngo.post(f"{ACTIVITY}/comments", json=said, headers={"Idempotency-Key": str(uuid4())})
        assert made.status_code == 201, made.text
        read = await monitor.client().get(f"{PAPERS}/{paper}")
        assert (read.headers["content-type"], read.headers["content-disposition"][:6]) == ("image/jpeg", "inline")
        assert b"Nomuna's phone" not in read.content, "a photo tells nobody where and with what it was taken"

    async def test_stays_with_a_report_that_was_corrected(self, monitor: Running) -> None:
        analyst = monitor.client("analyst")
        paper = (await bring(analyst)).json()["id"]
        await report(analyst, paper=paper, **NAMED)
        assert (await report(analyst, version=2, corrects=1, state="halted")).status_code == 201
        assert (await monitor.client().get(f"{PAPERS}/{paper}")).status_code == 200

    async def test_is_named_by_whatever_else_is_told(self, monitor: Running) -> None:
        analyst = monitor.client("analyst", districts=["*"])
        text, framework = "Both sides met in Dhaka and agreed.", "/v1/framework"
        spoken = {"actor": "MoEWOE", "text": text}
        matter = {
            "kind": "bilateral_agreement",
            "title_en": "Oman",
            "title_bn": "ওমান",
            "country": "OM",
            "activities": ["4.4.2.3"],
            **spoken,
        }
        step = {"step": "signed", "state": "done", "on_day": "2026-10-01", **spoken}
        action = {"task": "Draft the terms", "owner": "MoFA", "as_of": "2026-10-01", "due": "2026-12-01", "actor": "NFM&D", "text": text}
        counts = {"unions": 15, "formed": 12, "met": 9, "trained": 4, "referred": 30}
        returned = {"quarter": "2026-Q2", "district": "BD-08", "upazila": "Debidwar", **counts}
        told: dict[str, dict[str, Any]] = {
            "matters": matter,
            "matters/saudi-arabia/steps": step,
            "matters/national-forum/actions": action,
            "committee-returns": returned,
        }
        for where, said in told.items():
            paper = (await bring(analyst)).json()["id"]
            headers = {"Idempotency-Key": str(uuid4()), "If-Match": '"1"'}
            made = await analyst.post(f"{framework}/{where}", json=said | NAMED | {"paper": paper}, headers=headers)
            assert (made.status_code, made.json().get("paper")) == (201, paper), (where, made.text)
            assert (await monitor.client().get(f"{PAPERS}/{paper}")).status_code == 200, where


class TestWhoseItIs:
    async def test_nobody_names_what_another_brought(self, monitor: Running) -> None:
        paper = (await bring(monitor.client("analyst", sub="one"))).json()["id"]
        other = monitor.client("officer", sub="two", org=["ministry-appeals"])
        assert problem(await report(other, paper=paper, **NAMED)) == (409, "not-your-paper")
        assert problem(await report(other, paper=str(uuid4()), **NAMED)) == (409, "not-your-paper")
        assert (await monitor.client().get(f"{ACTIVITY}/reports")).json()["items"] == []

    async def test_a_file_without_words_for_it_is_asked_what_it_is(self, monitor: Running) -> None:
        analyst = monitor.client("analyst")
        refused = await report(analyst, paper=(await bring(analyst)).json()["id"])
        assert refused.status_code == 422
        assert "Say what this file is." in refused.text

    async def test_not_more_than_a_hand_full_wait_for_a_form(self, monitor: Running) -> None:
        analyst = monitor.client("analyst")
        papers = [(await bring(analyst)).json()["id"] for _ in range(rules.MOST_WAITING)]
        assert problem(await bring(analyst)) == (409, "too-many-papers")
        await report(analyst, paper=papers[0], **NAMED)
        assert (await bring(analyst)).status_code == 201


class TestHostile:
    @pytest.mark.parametrize(
        ("content", "status", "slug"),
        [
            (b"PK\x03\x04 a bomb of zeros", 422, "wrong-kind-of-file"),
            (b"<html><script>alert(1)</script>", 422, "wrong-kind-of-file"),
            (b"\x89PNG\r\n\x1a\n and no picture", 422, "wrong-kind-of-file"),
            (b"", 422, "empty-file"),
            (b"%PDF-" + bytes(rules.MOST_BYTES), 413, "too-large"),
        ],
    )
    async def test_is_refused_by_its_content(self, monitor: Running, content: bytes, status: int, slug: str) -> None:
        refused = await bring(monitor.client("analyst"), content)
        assert problem(refused) == (status, slug)
        assert await monitor.count("paper") == 0

    async def test_a_name_is_a_name_and_no_path(self, monitor: Running) -> None:
        analyst = monitor.client("analyst")
        paper = (await bring(analyst, name='../../etc/"passwd\\.pdf')).json()["id"]
        await report(analyst, paper=paper, **NAMED)
        said = (await monitor.client().get(f"{PAPERS}/{paper}")).headers["content-disposition"]
        assert 'filename=".._.._etc__passwd_.pdf"' in said

    @pytest.mark.parametrize("role", ["agent", "wing", "admin", "partner"])
    async def test_who_writes_no_record_brings_none(self, monitor: Running, role: str) -> None:
        assert (await bring(monitor.client(role))).status_code == 403


class TestWhatNobodyNames:
    async def test_goes_after_a_day_and_what_is_named_stays(self, monitor: Running) -> None:
        analyst, now = monitor.client("analyst"), datetime.now(UTC)
        kept, gone = [(await bring(analyst)).json()["id"] for _ in range(2)]
        await report(analyst, paper=kept, **NAMED)
        assert monitor.settings.files is not None
        assert monitor.settings.keyring is not None
        files = Folder(monitor.settings.files, Keyring.load(monitor.settings.keyring, service="monitor"))
        mine = {row.file_id for row in await monitor.rows("paper")}
        await sweep(monitor.sessions, files, now)
        assert await monitor.count("paper") == 2, "a form that is being filled in keeps its file"
        await sweep(monitor.sessions, files, now + rules.WAITS + rules.GRACE + timedelta(minutes=1))
        assert [row.id for row in await monitor.rows("paper")] == [UUID(kept)]
        assert len(mine & set(await files.ids(now + timedelta(days=3)))) == 1
        assert problem(await report(analyst, version=2, paper=gone, **NAMED)) == (409, "not-your-paper")

    async def test_is_all_that_the_service_may_take_away(self, monitor: Running) -> None:
        analyst = monitor.client("analyst")
        await report(analyst, paper=(await bring(analyst)).json()["id"], **NAMED)
        for statement in ("delete from paper", "update paper set name = 'another.pdf'"):
            with pytest.raises(DBAPIError):
                async with monitor.sessions.begin() as session:
                    await session.execute(text(statement))
