"""Papers that come with an agency's answer, over HTTP: in parts, read by the office, by the complainant once an officer lets them."""

import io
from typing import Any
from uuid import uuid4

import httpx
from PIL import Image
from sqlalchemy import text

from runner.testing import Running
from services.complaints.tests.test_answers import COMPLAINT, agency, asked, officer, reference, reply

__all__ = ["reference"]  # a fixture

PDF = b"%PDF-1.7\n" + b"receipt of the fee " * 40_000  # three parts


def photo() -> bytes:
    written = io.BytesIO()
    exif = Image.Exif()
    exif[0x010F] = "Phone of Mr Rahman"
    Image.new("RGB", (20, 20), "red").save(written, "JPEG", exif=exif)
    return written.getvalue()


async def added(running: Running, question: str, content: bytes, *, licence: str = "RL-0001", expect: int = 201) -> dict[str, Any]:
    client, place = agency(running, licence), f"/v1/complaints/questions/{question}/uploads"
    begun = await client.post(place, json={"length": len(content), "name": "রশিদ.pdf"}, headers={"Idempotency-Key": str(uuid4())})
    if begun.status_code != 201:
        assert begun.status_code == expect, begun.text
        return dict(begun.json())
    upload, step = begun.json()["id"], begun.json()["part_size"]
    for start in range(0, len(content), step):
        headers = {"Upload-Offset": str(start), "Content-Type": "application/offset+octet-stream"}
        part = await client.patch(f"{place}/{upload}", content=content[start : start + step], headers=headers)
        assert part.status_code == 204, part.text
    done = await client.post(f"{place}/{upload}/completion")
    assert done.status_code == expect, done.text
    return dict(done.json())


async def tracked(running: Running, reference: str) -> tuple[httpx.AsyncClient, dict[str, str]]:
    """Anybody, and the header of a session on the status page."""
    secret = (await officer(running).post(f"/v1/complaints/{reference}/secret")).json()["secret"]
    anybody = running.client()
    entered = await anybody.post("/v1/complaints/track", json={"reference": reference, "secret": secret})
    assert entered.status_code == 200, entered.text
    return anybody, {"Tracking": entered.json()["token"]}


class TestPapers:
    async def test_come_with_the_answer_and_are_read_by_the_office(self, complaints: Running, reference: str) -> None:
        question = await asked(complaints, reference)
        paper = await added(complaints, question["id"], PDF)
        assert (paper["name"], paper["media_type"], paper["size"], paper["is_shared"]) == ("রশিদ.pdf", "application/pdf", len(PDF), False)
        assert (await added(complaints, question["id"], PDF))["id"] == paper["id"], "the same paper twice is one"
        assert (await reply(complaints, question)).status_code == 200
        shown = (await officer(complaints).get(f"/v1/complaints/{reference}/questions")).json()["items"][0]["documents"]
        assert [one["id"] for one in shown] == [paper["id"]]
        place = f"/v1/complaints/{reference}/questions/{question['id']}/documents/{paper['id']}"
        assert (await officer(complaints).get(place)).content == PDF
        own = f"/v1/complaints/questions/{question['id']}/documents/{paper['id']}"
        assert (await agency(complaints).get(own)).content == PDF
        async with complaints.sessions() as session:
            readers = await session.execute(text("select caller from access_log where record_type = 'attachment' order by at"))
            assert list(readers.scalars()) == ["officer-one", "agency-RL-0001"]

    async def test_another_agency_finds_neither_question_nor_paper(self, complaints: Running, reference: str) -> None:
        question = await asked(complaints, reference)
        paper = await added(complaints, question["id"], PDF)
        await added(complaints, question["id"], PDF, licence="RL-0002", expect=404)
        other = agency(complaints, "RL-0002")
        assert (await other.get(f"/v1/complaints/questions/{question['id']}/documents/{paper['id']}")).status_code == 404

    async def test_of_a_restricted_complaint_are_gone_from_the_agency(self, complaints: Running, reference: str) -> None:
        question = await asked(complaints, reference)
        paper = await added(complaints, question["id"], PDF)
        async with complaints.sessions.begin() as session:
            await session.execute(text("update complaint set restricted = true"))
        await added(complaints, question["id"], photo(), expect=404)
        assert (await agency(complaints).get(f"/v1/complaints/questions/{question['id']}/documents/{paper['id']}")).status_code == 404

    async def test_take_no_room_from_the_complainant_and_have_an_end(self, complaints: Running, reference: str) -> None:
        question = await asked(complaints, reference)
        for number in range(10):
            await added(complaints, question["id"], b"%PDF-1.7\n" + bytes([65 + number]) * 50)
        refused = await added(complaints, question["id"], PDF, expect=409)
        assert refused["type"].endswith("no-room-for-files")
        taken = await officer(complaints).post(f"/v1/complaints/{reference}/uploads", json={"length": 10})
        assert taken.status_code == 201, taken.text

    async def test_nothing_is_added_to_what_is_decided(self, complaints: Running, reference: str) -> None:
        question = await asked(complaints, reference)
        async with complaints.sessions.begin() as session:
            await session.execute(text("update complaint set status = 'resolved'"))
        assert (await added(complaints, question["id"], PDF, expect=409))["type"].endswith("answer-closed")

    async def test_a_zip_named_pdf_is_refused(self, complaints: Running, reference: str) -> None:
        question = await asked(complaints, reference)
        assert (await added(complaints, question["id"], b"PK\x03\x04" + b"x" * 500, expect=422))["type"].endswith("wrong-kind-of-file")


class TestTheComplainant:
    async def test_sees_a_paper_once_an_officer_read_it_and_lets_them(self, complaints: Running, reference: str) -> None:
        question = await asked(complaints, reference)
        paper = await added(complaints, question["id"], photo())
        anybody, session = await tracked(complaints, reference)
        place = f"/v1/complaints/track/answers/{paper['id']}"
        assert (await anybody.get("/v1/complaints/track", headers=session)).json()["answers"] == []
        assert (await anybody.get(place, headers=session)).status_code == 404
        sharing = f"/v1/complaints/{reference}/questions/{question['id']}/documents/{paper['id']}/sharing"
        shared = await officer(complaints).post(sharing, json={"shared": True}, headers={"If-Match": '"1"'})
        assert (shared.status_code, shared.json()["documents"][0]["is_shared"]) == (200, True)
        assert [one["id"] for one in (await anybody.get("/v1/complaints/track", headers=session)).json()["answers"]] == [paper["id"]]
        copy = await anybody.get(place, headers=session)
        assert copy.headers["Content-Type"] == "image/jpeg"
        assert b"Rahman" not in copy.content
        await officer(complaints).post(sharing, json={"shared": False}, headers={"If-Match": "*"})
        assert (await anybody.get(place, headers=session)).status_code == 404

    async def test_sees_none_of_a_complaint_that_became_restricted_nor_of_another(self, complaints: Running, reference: str) -> None:
        question = await asked(complaints, reference)
        paper = await added(complaints, question["id"], photo())
        sharing = f"/v1/complaints/{reference}/questions/{question['id']}/documents/{paper['id']}/sharing"
        await officer(complaints).post(sharing, json={"shared": True}, headers={"If-Match": "*"})
        other = str((await complaints.client("agent").post("/v1/complaints", json=COMPLAINT)).json()["reference"])
        anybody, session = await tracked(complaints, other)
        assert (await anybody.get(f"/v1/complaints/track/answers/{paper['id']}", headers=session)).status_code == 404
        anybody, session = await tracked(complaints, reference)
        async with complaints.sessions.begin() as changed:
            await changed.execute(text("update complaint set restricted = true"))
        assert (await anybody.get(f"/v1/complaints/track/answers/{paper['id']}", headers=session)).status_code == 404
