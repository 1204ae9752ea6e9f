"""The person whose complaint it is, without an account: reports, enters with the secret, sees, adds, asks to withdraw."""

import hmac
import io
import json
from hashlib import sha256
from typing import Any

import httpx
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image
from sqlalchemy import text

from kit.strangers import Failures, Judgement, judge, read_secret, written_secret
from kit.testing.waiting import until
from runner.testing import Running
from services.complaints.attachments.rules import useful_part
from services.complaints.tests.conftest import SMS_SECRET

PUBLIC: dict[str, Any] = {
    "category": "wages",
    "country": "SA",
    "reporter": {"phone": "+966501234567", "relation": "self"},
    "narrative": "পাঁচ মাস বেতন দেয়নি।",
    "filled_in_s": 120,
}


def photo(size: int = 900) -> bytes:
    out = io.BytesIO()
    exif = Image.Exif()
    exif[0x010F] = "SECRETPHONE"
    Image.effect_noise((size, size), 90).convert("RGB").save(out, "JPEG", exif=exif, quality=90)
    return out.getvalue()


async def reported(complaints: Running, **changes: Any) -> dict[str, Any]:
    answer = await complaints.client().post("/v1/complaints/public", json=PUBLIC | changes)
    assert answer.status_code == 201, answer.text
    assert answer.headers["cache-control"] == "no-store"
    return dict(answer.json())


async def try_to_enter(complaints: Running, reference: str, secret: str, address: str = "203.0.113.1", **more: Any) -> httpx.Response:
    body = {"reference": reference, "secret": secret, **more}
    return await complaints.client().post("/v1/complaints/track", json=body, headers={"X-Forwarded-For": address})


async def entered(complaints: Running, **changes: Any) -> tuple[httpx.AsyncClient, dict[str, Any], dict[str, Any]]:
    receipt = await reported(complaints, **changes)
    answer = await try_to_enter(complaints, receipt["reference"], receipt["key"]["secret"])
    assert answer.status_code == 200, answer.text
    client = complaints.client()
    client.headers["Tracking"] = answer.json()["token"]
    return client, receipt, answer.json()["status"]


async def begin(client: httpx.AsyncClient, content: bytes, **more: Any) -> dict[str, Any]:
    wanted = {"length": len(content), "sha256": sha256(content).hexdigest(), "name": "আমার ছবি.jpg"} | more
    answer = await client.post("/v1/complaints/track/uploads", json=wanted)
    assert answer.status_code == 201, answer.text
    return dict(answer.json())


async def send(client: httpx.AsyncClient, upload: dict[str, Any], offset: int, content: bytes) -> httpx.Response:
    headers = {"Upload-Offset": str(offset), "Content-Type": "application/offset+octet-stream"}
    return await client.patch(f"/v1/complaints/track/uploads/{upload['id']}", content=content, headers=headers)


async def complete(client: httpx.AsyncClient, upload: dict[str, Any]) -> httpx.Response:
    return await client.post(f"/v1/complaints/track/uploads/{upload['id']}/completion")


async def added(client: httpx.AsyncClient, content: bytes, **more: Any) -> dict[str, Any]:
    upload = await begin(client, content, **more)
    for start in range(0, len(content), upload["part_size"]):
        assert (await send(client, upload, start, content[start : start + upload["part_size"]])).status_code == 204
    answer = await complete(client, upload)
    assert answer.status_code == 201, answer.text
    return dict(answer.json())


class TestReport:
    async def test_needs_no_account_and_gives_a_secret_once(self, complaints: Running) -> None:
        receipt = await reported(complaints)
        key = receipt["key"]
        assert len(read_secret(key["secret"])) == 8
        assert key["spoken_reference"]["bn"].startswith("সি, কানাডা;")
        assert len(key["keypad_number"]) == 12
        shown = (await complaints.client("agent").get(f"/v1/complaints/{receipt['reference']}")).json()
        assert shown["channel"] == "web"
        stored = await complaints.raw("complaint")
        assert read_secret(key["secret"]).encode() not in stored
        assert key["secret"].encode() not in await complaints.raw("idempotency")

    async def test_the_same_key_gives_the_same_receipt(self, complaints: Running) -> None:
        client, headers = complaints.client(), {"Idempotency-Key": "0b7c1a52-6d0e-4f5e-9a86-0d3c1d5f3f11"}
        first, second = [await client.post("/v1/complaints/public", json=PUBLIC, headers=headers) for _ in range(2)]
        assert first.json() == second.json()
        assert await complaints.count("complaint") == 1

    async def test_cannot_come_by_another_door(self, complaints: Running) -> None:
        answer = await complaints.client().post("/v1/complaints/public", json=PUBLIC | {"channel": "phone"})
        assert answer.status_code == 422

    async def test_a_strangers_report_is_nobodys_own(self, complaints: Running) -> None:
        """What comes by an open door must not be seen by whoever else comes by it."""
        receipt = await reported(complaints, category="sexual_abuse")
        for role in ("agent", "ngo", "udc"):
            seen = await complaints.client(role, org=["x"]).get(f"/v1/complaints/{receipt['reference']}")
            assert seen.status_code == 404, role

    async def test_names_of_300_letters_old_dates_and_foreign_numbers_are_taken(self, complaints: Running) -> None:
        reporter = {"name": ("মোঃ Abdul করিম " * 21)[:300], "phone": "+12025550123", "relation": "family"}
        receipt = await reported(complaints, reporter=reporter, occurred_on="2021-11-25")
        shown = (await complaints.client("agent").get(f"/v1/complaints/{receipt['reference']}")).json()
        assert shown["reporter"]["name"].startswith("মোঃ Abdul করিম")
        assert shown["reporter"]["phone"] == "+12025550123"

    async def test_the_text_as_it_was_pasted_is_kept(self, complaints: Running) -> None:
        await reported(complaints, original_text="cuvP gvm †eZb †`qwb|")
        rows = await complaints.rows("happening")
        assert sorted(row.kind for row in rows) == ["lodged", "original_text"]
        assert next(row.note for row in rows if row.kind == "original_text") is not None


class TestDoubts:
    @pytest.mark.parametrize(("odd", "reason"), [({"filled_in_s": 1}, "too_quick"), ({"website": "http://x"}, "trap_filled")])
    async def test_what_looks_odd_is_taken_and_looked_at(self, complaints: Running, odd: dict[str, Any], reason: str) -> None:
        receipt = await reported(complaints, **odd)
        await reported(complaints)
        agent = complaints.client("agent")
        [one] = (await agent.get("/v1/complaints/doubts")).json()["items"]
        assert one["complaint"]["reference"] == receipt["reference"]
        assert one["reasons"] == [reason]
        assert (await agent.post(f"/v1/complaints/{receipt['reference']}/doubt/looked")).status_code == 204
        assert (await agent.get("/v1/complaints/doubts")).json()["items"] == []
        assert (await agent.post(f"/v1/complaints/{receipt['reference']}/doubt/looked")).status_code == 404

    async def test_a_number_with_very_many_reports_is_not_refused(self, complaints: Running) -> None:
        for _ in range(6):
            await reported(complaints)
        [one] = (await complaints.client("supervisor").get("/v1/complaints/doubts")).json()["items"]
        assert one["reasons"] == ["many_from_number"]

    async def test_a_restricted_one_is_shown_to_those_who_may_see_it(self, complaints: Running) -> None:
        await reported(complaints, filled_in_s=0, category="trafficking")
        assert (await complaints.client("agent").get("/v1/complaints/doubts")).json()["items"] == []
        assert len((await complaints.client("supervisor").get("/v1/complaints/doubts")).json()["items"]) == 1


class TestEnter:
    async def test_sees_how_it_stands_and_until_when(self, complaints: Running) -> None:
        _, receipt, status = await entered(complaints)
        assert status["reference"] == receipt["reference"]
        assert status["status_label"]["bn"] == "গৃহীত হয়েছে"
        assert "৩০ কার্যদিবস" in status["next_step"]["bn"]
        assert status["deadlines"] != []
        assert status["may"] == {"add_document": True, "withdraw": True, "appeal": False, "give_feedback": False}

    async def test_digits_of_both_scripts_are_taken(self, complaints: Running) -> None:
        receipt = await reported(complaints)
        bangla = receipt["key"]["secret"].translate(str.maketrans("0123456789", "০১২৩৪৫৬৭৮৯"))
        assert (await try_to_enter(complaints, receipt["reference"].lower(), bangla)).status_code == 200

    async def test_a_restricted_one_shows_that_it_exists_and_no_more(self, complaints: Running) -> None:
        _, _, status = await entered(complaints, category="sexual_abuse")
        assert (status["status_label"], status["category"], status["office"], status["deadlines"]) == (None, None, None, [])
        assert status["next_step"]["bn"]

    async def test_wrong_secret_and_unknown_reference_get_the_same_answer(self, complaints: Running) -> None:
        receipt = await reported(complaints)
        wrong = await try_to_enter(complaints, receipt["reference"], "00000000")
        unknown = await try_to_enter(complaints, "C-7K3M-92QX"[:2] + "0000-0000", "00000000")
        assert wrong.status_code == 409
        assert unknown.status_code in {409, 422}  # 422: no reference at all
        assert wrong.json()["type"].endswith("wrong-reference-or-secret")

    async def test_a_stranger_who_guesses_is_stopped_and_the_owner_is_not(self, complaints: Running) -> None:
        receipt = await reported(complaints)
        reference, secret = receipt["reference"], receipt["key"]["secret"]
        for _ in range(5):
            assert (await try_to_enter(complaints, reference, "00000000", "198.51.100.7")).status_code == 409
        stopped = await try_to_enter(complaints, reference, "00000000", "198.51.100.7")
        assert stopped.status_code == 429
        assert stopped.headers["retry-after"] == "3600"
        assert (await try_to_enter(complaints, reference, secret, "203.0.113.9")).status_code == 200

    async def test_many_strangers_do_not_lock_out_an_owner_who_knows_the_number(self, complaints: Running) -> None:
        receipt = await reported(complaints)
        reference, secret = receipt["reference"], receipt["key"]["secret"]
        for number in range(30):
            await try_to_enter(complaints, reference, "00000000", f"198.51.100.{number}")
        asked = await try_to_enter(complaints, reference, secret)
        assert asked.json()["type"].endswith("phone-needed")
        assert (await try_to_enter(complaints, reference, secret, phone="+966 50 123 4567")).status_code == 200
        assert (await try_to_enter(complaints, reference, secret, phone="+966501234568")).status_code == 409

    async def test_a_new_secret_ends_the_old_one(self, complaints: Running) -> None:
        client, receipt, _ = await entered(complaints)
        given = await complaints.client("agent").post(f"/v1/complaints/{receipt['reference']}/secret")
        assert given.status_code == 201
        assert (await client.get("/v1/complaints/track")).json()["type"].endswith("tracking-over")
        assert (await try_to_enter(complaints, receipt["reference"], receipt["key"]["secret"])).status_code == 409
        assert (await try_to_enter(complaints, receipt["reference"], given.json()["secret"])).status_code == 200

    async def test_ends_by_itself_and_when_it_is_left(self, complaints: Running) -> None:
        client, receipt, _ = await entered(complaints)
        async with complaints.sessions.begin() as session:
            await session.execute(text("update tracking_session set expires_at = now() - interval '1 second'"))
        assert (await client.get("/v1/complaints/track")).status_code == 409
        again = await try_to_enter(complaints, receipt["reference"], receipt["key"]["secret"])
        client.headers["Tracking"] = again.json()["token"]
        assert (await client.post("/v1/complaints/track/end")).status_code == 204
        assert (await client.get("/v1/complaints/track")).status_code == 409

    async def test_each_look_is_in_the_log(self, complaints: Running) -> None:
        await entered(complaints)
        rows = await complaints.rows("access_log")
        assert {(row.caller, row.client, row.purpose) for row in rows} == {("complainant", "web", "own")}

    async def test_a_withdrawal_is_a_wish(self, complaints: Running) -> None:
        client, receipt, _ = await entered(complaints)
        answer = await client.post("/v1/complaints/track/withdrawal", json={"reason": "টাকা পেয়েছি"})
        assert answer.status_code == 200
        assert answer.json()["status_label"]["en"] == "Received"
        assert "withdrawal_asked" in {row.kind for row in await complaints.rows("happening")}
        assert receipt["reference"] == answer.json()["reference"]

    async def test_an_appeal_is_a_case_of_its_own_with_its_own_key(self, complaints: Running) -> None:
        client, receipt, status = await entered(complaints)
        assert status["may"]["appeal"] is False
        assert (await client.post("/v1/complaints/track/appeal", json={"grounds": "x"})).status_code == 409
        async with complaints.sessions.begin() as session:
            decided = "status = 'resolved', decision = 'rejected', decided_at = now(), decided_by = 'a', decided_office = 'bmet-complaints'"
            await session.execute(text(f"update complaint set {decided}, resolved_at = now()"))
        assert (await client.get("/v1/complaints/track")).json()["may"]["appeal"] is True
        answer = await client.post("/v1/complaints/track/appeal", json={"grounds": "আমার কথা শোনা হয়নি"})
        assert answer.status_code == 201, answer.text
        key = answer.json()["key"]
        assert key["reference"] != receipt["reference"]
        assert (await try_to_enter(complaints, key["reference"], key["secret"])).status_code == 200


class TestMerged:
    """A complaint that goes on at another: its owner sees how that one stands, and nothing that is somebody else's."""

    async def test_the_owner_sees_how_it_goes_on_and_not_whose_it_is(self, complaints: Running) -> None:
        client, receipt, _ = await entered(complaints)
        other = (await reported(complaints, country="QA", narrative="অন্যজনের কথা"))["reference"]
        await merge(complaints, receipt["reference"], other)
        status = (await client.get("/v1/complaints/track")).json()
        assert status["status_label"]["en"] == "Received"
        assert status["deadlines"] != []
        assert status["reference"] == receipt["reference"]
        assert other not in json.dumps(status)

    async def test_what_became_restricted_there_tells_nothing_here(self, complaints: Running) -> None:
        client, receipt, _ = await entered(complaints)
        other = (await reported(complaints))["reference"]
        await merge(complaints, receipt["reference"], other)
        supervisor = complaints.client("supervisor")
        answer = await supervisor.post(
            f"/v1/complaints/{other}/actions/restrict", json={"reason": "মারধরের কথা জানা গেছে"}, headers={"If-Match": "*"}
        )
        assert answer.status_code == 201, answer.text
        status = (await client.get("/v1/complaints/track")).json()
        assert (status["status_label"], status["office"], status["deadlines"]) == (None, None, [])


async def merge(complaints: Running, away: str, into: str) -> None:
    supervisor = complaints.client("supervisor")
    answer = await supervisor.post(f"/v1/complaints/{away}/merge", json={"into": into}, headers={"If-Match": "*"})
    assert answer.status_code == 200, answer.text


class TestKeypad:
    async def test_a_menu_says_how_it_stands(self, complaints: Running) -> None:
        receipt = await reported(complaints)
        secret = receipt["key"]["secret"].replace(" ", "")
        body = json.dumps({"reference": receipt["key"]["keypad_number"], "secret": secret}).encode()
        client = complaints.client()
        unsigned = await client.post("/v1/complaints/messages/keypad", content=body)
        assert unsigned.json()["type"].endswith("bad-signature")
        signed = {"X-Signature-256": "sha256=" + hmac.new(SMS_SECRET.encode(), body, sha256).hexdigest()}
        said = await client.post("/v1/complaints/messages/keypad", content=body, headers=signed)
        assert said.status_code == 200, said.text
        assert said.json()["say"]["bn"].startswith("গৃহীত হয়েছে।")


class TestRules:
    @settings(deadline=None)
    @given(st.builds(Failures, st.integers(0, 40), st.integers(0, 40), st.integers(0, 100)))
    def test_what_others_do_never_makes_an_owner_wait(self, failures: Failures) -> None:
        if failures.from_address == failures.from_address_at_record == 0:
            assert judge(failures) is not Judgement.MUST_WAIT

    @settings(deadline=None)
    @given(st.integers(0, 10**8 - 1))
    def test_a_secret_reads_back(self, number: int) -> None:
        assert int(read_secret(written_secret(number))) == number

    @settings(deadline=None)
    @given(st.binary(min_size=1, max_size=200), st.lists(st.tuples(st.integers(0, 200), st.integers(0, 60)), max_size=40))
    def test_parts_in_any_order_cut_anywhere_and_sent_again_make_the_file(self, content: bytes, tried: list[tuple[int, int]]) -> None:
        here = b""
        # Whatever a bad line did, the phone then asks where to go on, and sends the rest from somewhat before.
        for offset, size in [*tried, (-1, len(content))]:
            start = max(len(here) - 7, 0) if offset < 0 else offset
            part = content[start : start + size]
            new = useful_part(received=len(here), offset=start, size=len(part), length=len(content))
            assert (new is None) is (start > len(here))
            here += part[new] if new is not None else b""
            assert content.startswith(here)
        assert here == content

    def test_nothing_goes_past_the_end(self) -> None:
        assert useful_part(received=5, offset=5, size=6, length=10) is None
        assert useful_part(received=5, offset=6, size=1, length=10) is None


class TestUploads:
    async def test_a_photo_arrives_in_parts_over_a_line_that_breaks(self, complaints: Running) -> None:
        client, receipt, _ = await entered(complaints)
        content = photo()
        assert len(content) > 300_000
        upload = await begin(client, content)
        size = upload["part_size"]
        assert (await send(client, upload, 0, content[:size])).headers["upload-offset"] == str(size)
        assert (await send(client, upload, 0, content[:size])).status_code == 204  # its answer was lost: once more
        gap = await send(client, upload, size + 10, content[size + 10 :])
        assert gap.status_code == 409
        assert gap.json()["offset"] == size
        assert (await complete(client, upload)).json()["offset"] == size
        asked = await client.head(f"/v1/complaints/track/uploads/{upload['id']}")
        assert asked.headers["upload-offset"] == str(size)
        assert asked.headers["upload-length"] == str(len(content))
        for start in range(size - 1000, len(content), size):
            await send(client, upload, start, content[start : start + size])
        done, again = await complete(client, upload), await complete(client, upload)
        assert done.json() == again.json()
        assert done.json()["sha256"] == sha256(content).hexdigest()
        assert done.json()["may_show"] is True
        officer = complaints.client("agent")
        path = f"/v1/complaints/{receipt['reference']}/attachments"
        [listed] = (await officer.get(path)).json()["items"]
        assert (listed["kind"], listed["name"], listed["media_type"]) == ("photo", "আমার ছবি.jpg", "image/jpeg")
        shown = await officer.get(f"{path}/{listed['id']}")
        assert b"SECRETPHONE" not in shown.content
        assert shown.headers["content-disposition"].startswith("inline")
        assert shown.headers["x-content-type-options"] == "nosniff"
        original = await officer.get(f"{path}/{listed['id']}", params={"original": "true"})
        assert original.content == content
        read = {(row.record_type, tuple(row.fields)) for row in await complaints.rows("access_log")}
        assert {("attachment", ("content",)), ("attachment", ("original",))} <= read

    async def test_what_arrived_is_swept_from_where_it_waited(self, complaints: Running) -> None:
        client, _, _ = await entered(complaints)
        await added(client, photo(100))

        async def parts() -> int:
            return await complaints.count("upload_part")

        await until(parts, 0)

    async def test_an_upload_that_nobody_resumes_is_removed(self, complaints: Running) -> None:
        client, _, _ = await entered(complaints)
        upload = await begin(client, b"\xff\xd8\xff" + b"x" * 100)
        await send(client, upload, 0, b"\xff\xd8\xff")
        async with complaints.sessions.begin() as session:
            await session.execute(text("update upload set expires_at = now()"))
            await session.execute(text("update timer set next_try = now() where kind = 'upload.sweep'"))
            await session.execute(text("select pg_notify('timer', '')"))

        async def left() -> int:
            return await complaints.count("upload") + await complaints.count("upload_part")

        await until(left, 0)
        assert (await client.head(f"/v1/complaints/track/uploads/{upload['id']}")).status_code == 404

    async def test_a_zip_named_jpg_is_refused_in_clear_words(self, complaints: Running) -> None:
        client, _, _ = await entered(complaints)
        content = b"PK\x03\x04" + b"x" * 100
        upload = await begin(client, content)
        await send(client, upload, 0, content)
        answer = await client.post(f"/v1/complaints/track/uploads/{upload['id']}/completion", headers={"Accept-Language": "bn"})
        assert answer.status_code == 422
        assert "জিপ" in answer.json()["detail"]

    async def test_what_arrives_otherwise_than_it_was_sent_is_refused(self, complaints: Running) -> None:
        client, _, _ = await entered(complaints)
        upload = await begin(client, b"\xff\xd8\xff" + b"x" * 10, sha256="0" * 64)
        await send(client, upload, 0, b"\xff\xd8\xff" + b"x" * 10)
        assert (await complete(client, upload)).json()["type"].endswith("wrong-digest")

    async def test_too_large_and_too_many_are_refused_before_they_are_sent(self, complaints: Running) -> None:
        client, _, _ = await entered(complaints)
        answer = await client.post("/v1/complaints/track/uploads", json={"length": 26_000_000})
        assert answer.status_code == 413
        for _ in range(6):
            assert (await client.post("/v1/complaints/track/uploads", json={"length": 25_000_000})).status_code == 201
        assert (await client.post("/v1/complaints/track/uploads", json={"length": 25_000_000})).json()["type"].endswith("no-room-for-files")

    async def test_the_same_file_twice_is_one(self, complaints: Running) -> None:
        client, _, _ = await entered(complaints)
        content = photo(80)
        assert (await added(client, content))["id"] == (await added(client, content))["id"]
        assert await complaints.count("attachment") == 1

    async def test_nobody_elses_upload_is_found(self, complaints: Running) -> None:
        client, receipt, _ = await entered(complaints)
        upload = await begin(client, b"\xff\xd8\xff" + b"x" * 10)
        other, _, _ = await entered(complaints)
        assert (await other.head(f"/v1/complaints/track/uploads/{upload['id']}")).status_code == 404
        officer = complaints.client("agent")
        assert (await officer.head(f"/v1/complaints/{receipt['reference']}/uploads/{upload['id']}")).status_code == 404

    async def test_the_respondent_sees_no_evidence(self, complaints: Running) -> None:
        client, receipt, _ = await entered(complaints, respondent={"kind": "agency", "licence": "RL-0001"})
        attachment = await added(client, photo(80))
        agency = complaints.client("agency", licence=["RL-0001"])
        path = f"/v1/complaints/{receipt['reference']}/attachments"
        assert (await agency.get(path)).status_code == 403
        assert (await agency.get(f"{path}/{attachment['id']}")).status_code == 403

    async def test_who_took_it_down_sees_what_they_added_and_no_more(self, complaints: Running) -> None:
        ngo = complaints.client("ngo", org=["x"])
        receipt = (
            await ngo.post("/v1/complaints", json={k: v for k, v in PUBLIC.items() if k != "filled_in_s"} | {"channel": "ngo"})
        ).json()
        path = f"/v1/complaints/{receipt['reference']}"
        content = photo(90)
        upload = (await ngo.post(f"{path}/uploads", json={"length": len(content), "kind": "receipt"})).json()
        await ngo.patch(f"{path}/uploads/{upload['id']}", content=content, headers={"Upload-Offset": "0"})
        mine = (await ngo.post(f"{path}/uploads/{upload['id']}/completion")).json()
        assert mine["kind"] == "receipt"
        colleague = complaints.client("ngo", org=["x"], sub="colleague")
        assert (await colleague.get(f"{path}/attachments")).json()["items"] == []
        assert [one["id"] for one in (await ngo.get(f"{path}/attachments")).json()["items"]] == [mine["id"]]
        assert (await ngo.get(f"{path}/attachments/{mine['id']}")).status_code == 200
        assert (await ngo.get(f"{path}/attachments/{mine['id']}", params={"original": "true"})).status_code == 403
