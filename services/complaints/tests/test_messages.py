"""Texts and recordings that come in, brought by a company that is played here over HTTP, signed as it signs."""

import hmac
import json
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from typing import Any
from uuid import uuid4

import httpx
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import text

from kit.safe_contact import MOST_SEGMENTS, segments
from kit.testing.waiting import until
from runner.testing import Running
from services.complaints.doors.bijoy import looks_old, to_unicode
from services.complaints.messages import rules
from services.complaints.messages.rules import Step, Talk, country_named, status_asked, turn
from services.complaints.settings import Doors
from services.complaints.tests.conftest import APP_SECRET, SMS_SECRET, VERIFY_TOKEN

NUMBER = "+8801712345678"
VOICE = b"OggS" + b"\0" * 24 + b"OpusHead" + b"v" * 5000


def signed(secret: str, body: bytes, header: str) -> dict[str, str]:
    return {header: "sha256=" + hmac.new(secret.encode(), body, sha256).hexdigest()}


async def sms(complaints: Running, words: str, *, sender: str = NUMBER, message: str = "", at: datetime | None = None) -> httpx.Response:
    content = {"id": message or str(uuid4()), "from": sender, "text": words, "sent_at": (at or datetime.now(UTC)).isoformat()}
    body = json.dumps(content).encode()
    return await complaints.client().post("/v1/complaints/messages/sms", content=body, headers=signed(SMS_SECRET, body, "X-Signature-256"))


def from_whatsapp(message: dict[str, Any], *, sender: str = "8801712345678", at: datetime | None = None) -> bytes:
    moment = int((at or datetime.now(UTC)).timestamp())
    whole = {"from": sender, "id": f"wamid.{uuid4()}", "timestamp": str(moment), **message}
    value = {"messaging_product": "whatsapp", "messages": [whole]}
    return json.dumps(
        {"object": "whatsapp_business_account", "entry": [{"id": "1", "changes": [{"field": "messages", "value": value}]}]}
    ).encode()


async def whatsapp(complaints: Running, body: bytes) -> httpx.Response:
    return await complaints.client().post(
        "/v1/complaints/messages/whatsapp", content=body, headers=signed(APP_SECRET, body, "X-Hub-Signature-256")
    )


async def said_to(complaints: Running, words: Sequence[str]) -> None:
    for one in words:
        assert (await sms(complaints, one)).status_code == 200


async def answered(company: Any, number: int) -> list[str]:
    """All answers so far, once there are so many."""

    async def sent() -> int:
        return len(company.taken)

    await until(sent, number)
    return list(company.texts)


class TestTalk:
    async def test_an_unknown_number_is_led_to_a_complaint_with_digits_of_both_scripts(self, complaints: Running, company: Any) -> None:
        await said_to(complaints, ["দালাল চার লাখ টাকা নিয়ে আর ফোন ধরে না", "১", "1", "২", "১"])
        texts = await answered(company, 5)
        assert texts[0] == rules.QUESTIONS[Step.SAFE].bn
        assert texts[3] == rules.QUESTIONS[Step.COUNTRY].bn
        [row] = await complaints.rows("complaint")
        assert (row.channel, row.category, row.country, row.reporter_relation, row.caller_safe) == (
            "sms",
            "paid_not_sent",
            "SA",
            "self",
            True,
        )
        assert row.reference in texts[4]
        assert all(segments(one) <= MOST_SEGMENTS for one in texts)
        assert not any("অভিযোগ" in one for one in texts)
        shown = (await complaints.client("agent").get(f"/v1/complaints/{row.reference}")).json()
        assert shown["narrative"] == "দালাল চার লাখ টাকা নিয়ে আর ফোন ধরে না"
        assert shown["safe_contact"]["may_text"] is True
        assert shown["safe_contact"]["may_call"] is None

    async def test_from_abroad_the_country_is_that_of_the_number(self, complaints: Running, company: Any) -> None:
        for words in ("তিন মাস বেতন দেয়নি মালিক", "1", "1", "1"):
            await sms(complaints, words, sender="+96170123456")
        await answered(company, 4)
        [row] = await complaints.rows("complaint")
        assert row.country == "LB"

    async def test_who_is_not_safe_is_told_whom_to_call(self, complaints: Running, company: Any) -> None:
        await said_to(complaints, ["আমাকে ঘরে আটকে রেখেছে", "2"])
        texts = await answered(company, 3)
        assert rules.NOT_SAFE.bn in texts

    async def test_what_is_no_answer_is_kept_as_the_story(self, complaints: Running, company: Any) -> None:
        await said_to(complaints, ["হ্যালো", "1", "কেউ আছেন?", "1", "5", "কাতার", "কফিল ছুটি দেয় না"])
        await answered(company, 7)
        [row] = await complaints.rows("complaint")
        shown = (await complaints.client("agent").get(f"/v1/complaints/{row.reference}")).json()
        assert shown["narrative"].split("\n") == ["হ্যালো", "কেউ আছেন?", "কফিল ছুটি দেয় না"]
        assert shown["country"] == "QA"

    async def test_a_known_number_is_asked_whether_it_is_the_same_matter(self, complaints: Running, company: Any) -> None:
        await said_to(complaints, ["দালাল চার লাখ টাকা নিয়ে আর ফোন ধরে না", "1", "1", "2", "1", "সে আজ ফোন করে হুমকি দিয়েছে"])
        await answered(company, 5)
        async with complaints.sessions.begin() as session:
            await session.execute(text("update conversation set last_at = now() - interval '2 days'"))
        await said_to(complaints, ["আজ আবার এসেছিল", "১"])
        texts = await answered(company, 7)
        assert texts[5] == rules.QUESTIONS[Step.SAME_MATTER].bn
        assert texts[6] == rules.ADDED.bn
        assert await complaints.count("complaint") == 1
        kinds = [row.kind for row in await complaints.rows("happening")]
        assert kinds.count("message_received") == 2

    async def test_the_same_delivery_twice_is_one(self, complaints: Running, company: Any) -> None:
        first, second = [await sms(complaints, "বেতন দেয় না অনেক মাস", message="m-1") for _ in range(2)]
        assert (first.json(), second.json()) == ({"taken": 1}, {"taken": 0})
        await answered(company, 1)

    async def test_a_message_that_comes_late_answers_no_question(self, complaints: Running, company: Any) -> None:
        """The phone was without a line: "1" was written before we asked anything."""
        now = datetime.now(UTC)
        await sms(complaints, "বেতন দেয় না অনেক মাস", at=now)
        await sms(complaints, "1", at=now - timedelta(minutes=10))
        texts = await answered(company, 2)
        assert texts == [rules.QUESTIONS[Step.SAFE].bn] * 2

    async def test_stop_is_obeyed(self, complaints: Running, company: Any) -> None:
        await said_to(complaints, ["দালাল চার লাখ টাকা নিয়ে আর ফোন ধরে না", "1", "1", "2", "1", "STOP"])
        texts = await answered(company, 6)
        assert texts[-1] == rules.STOPPED.bn
        [row] = await complaints.rows("complaint")
        assert row.contact_rule["may_text"] is False

    async def test_status_by_text(self, complaints: Running, company: Any) -> None:
        await said_to(complaints, ["দালাল চার লাখ টাকা নিয়ে আর ফোন ধরে না", "1", "1", "2", "1"])
        given = (await answered(company, 5))[-1]
        [row] = await complaints.rows("complaint")
        secret = given.split("গোপন নম্বর ")[1][:9]
        await said_to(complaints, [f"status {row.reference} {secret}", f"STATUS {row.reference} 00000000"])
        texts = await answered(company, 7)
        assert texts[5].startswith("গৃহীত হয়েছে।")
        assert texts[6] == rules.WRONG_KEY.bn
        assert secret.encode() not in await complaints.raw("inbound_message")

    async def test_words_and_numbers_are_sealed_at_rest(self, complaints: Running, company: Any) -> None:
        await sms(complaints, "দালালের নাম কালু মিয়া")
        await answered(company, 1)
        for table in ("inbound_message", "conversation", "message"):
            stored = await complaints.raw(table)
            assert "কালু".encode() not in stored
            assert b"1712345678" not in stored


class TestWhatsApp:
    async def test_a_voice_note_becomes_evidence(self, complaints: Running, company: Any) -> None:
        company.media["m1"] = VOICE
        await whatsapp(
            complaints, from_whatsapp({"type": "audio", "audio": {"id": "m1", "mime_type": "audio/ogg; codecs=opus", "voice": True}})
        )
        for answer in ("1", "1", "3", "6"):
            await whatsapp(complaints, from_whatsapp({"type": "text", "text": {"body": answer}}))
        await answered(company, 5)
        [row] = await complaints.rows("complaint")
        assert (row.channel, row.category, row.restricted) == ("whatsapp", "physical_abuse", True)

        async def attached() -> int:
            return await complaints.count("attachment")

        await until(attached, 1)
        supervisor = complaints.client("supervisor")
        [one] = (await supervisor.get(f"/v1/complaints/{row.reference}/attachments")).json()["items"]
        assert (one["kind"], one["media_type"], one["channel"]) == ("voice", "audio/ogg", "whatsapp")
        heard = await supervisor.get(f"/v1/complaints/{row.reference}/attachments/{one['id']}")
        assert heard.content == VOICE

    @pytest.mark.parametrize(
        ("media", "why"),
        [(b"PK\x03\x04", "wrong-kind-of-file"), (None, "gone"), (VOICE + bytes(Doors().most_per_file), "file-too-large")],
        ids=["another-kind", "unknown", "larger-than-is-taken"],
    )
    async def test_a_recording_that_cannot_be_had_is_said_in_the_history(
        self, complaints: Running, company: Any, media: bytes | None, why: str
    ) -> None:
        if media is not None:
            company.media["m2"] = media
        await whatsapp(complaints, from_whatsapp({"type": "audio", "audio": {"id": "m2"}}))
        for answer in ("1", "1", "1", "6"):
            await whatsapp(complaints, from_whatsapp({"type": "text", "text": {"body": answer}}))

        async def lost() -> list[Any]:
            return [row.detail for row in await complaints.rows("happening") if row.kind == "recording_lost"]

        await until(lost, [{"why": why}])

    async def test_a_delivery_is_noted(self, complaints: Running, company: Any) -> None:
        await whatsapp(complaints, from_whatsapp({"type": "text", "text": {"body": "বেতন দেয় না অনেক মাস"}}))
        await answered(company, 1)

        async def provider() -> Any:
            return next((row.provider_id is not None for row in await complaints.rows("message")), False)

        await until(provider, expected=True)
        [row] = await complaints.rows("message")
        value = {"statuses": [{"id": row.provider_id, "status": "delivered", "timestamp": "1"}]}
        body = json.dumps({"entry": [{"changes": [{"field": "messages", "value": value}]}]}).encode()
        assert (await whatsapp(complaints, body)).json() == {"taken": 0}
        assert [one.status for one in await complaints.rows("message")] == ["delivered"]

    async def test_the_webhook_proves_itself_once(self, complaints: Running) -> None:
        asked = {"hub.mode": "subscribe", "hub.verify_token": VERIFY_TOKEN, "hub.challenge": "4711"}
        good = await complaints.client().get("/v1/complaints/messages/whatsapp", params=asked)
        assert (good.status_code, good.text) == (200, "4711")
        bad = await complaints.client().get("/v1/complaints/messages/whatsapp", params=asked | {"hub.verify_token": "x"})
        assert bad.status_code == 400

    @pytest.mark.parametrize("provider", ["sms", "whatsapp"])
    async def test_what_is_not_signed_is_not_read(self, complaints: Running, provider: str) -> None:
        body = from_whatsapp({"type": "text", "text": {"body": "x"}})
        for headers in ({}, signed("other", body, "X-Signature-256") | signed("other", body, "X-Hub-Signature-256")):
            answer = await complaints.client().post(f"/v1/complaints/messages/{provider}", content=body, headers=headers)
            assert answer.json()["type"].endswith("bad-signature")
        assert await complaints.count("inbound_message") == 0

    async def test_a_body_that_is_none_is_a_clear_no(self, complaints: Running) -> None:
        assert (await whatsapp(complaints, b"{}")).status_code == 400
        assert (
            await whatsapp(complaints, b'{"entry": [{"changes": [{"field": "messages", "value": {"messages": [{}]}}]}]}')
        ).status_code == 400
        assert (await complaints.client().post("/v1/complaints/messages/pigeon", content=b"")).status_code == 404


class TestRules:
    @pytest.mark.parametrize("words", [*rules.QUESTIONS.values(), rules.NOT_SAFE, rules.ADDED, rules.STOPPED, rules.WRONG_KEY])
    def test_each_text_fits(self, words: Any) -> None:
        assert segments(words.bn) <= MOST_SEGMENTS
        assert segments(words.en) <= MOST_SEGMENTS

    @settings(deadline=None)
    @given(st.sampled_from(list(Step)), st.one_of(st.none(), st.text(max_size=20)), st.booleans())
    def test_whatever_is_written_leads_on(self, step: Step, written: str | None, has_open: bool) -> None:  # noqa: FBT001 - hypothesis
        following = turn(Talk(step=step, has_open=has_open), written)
        assert following.step in Step
        assert written is not None or not following.was_answer

    @pytest.mark.parametrize(
        ("written", "code"), [("সৌদি", "SA"), ("saudi arabia", "SA"), ("Lebanon", "LB"), ("লেবানন", "LB"), ("xyz", None), ("কা", None)]
    )
    def test_countries_by_name(self, written: str, code: str | None) -> None:
        assert country_named(written) == code

    @pytest.mark.parametrize(
        ("written", "found"),
        [
            ("STATUS C-7K3M-92QX 1234 5678", ("C-7K3M-92QX", "1234 5678")),
            ("স্ট্যাটাস c 7k3m 92qx ১২৩৪৫৬৭৮", ("c 7k3m 92qx", "12345678")),
            ("status please", None),
        ],
    )
    def test_status_is_understood_as_people_type_it(self, written: str, found: tuple[str, str] | None) -> None:
        assert status_asked(written) == found


class TestOldFont:
    @pytest.mark.parametrize(
        ("old", "meant"),
        [
            ("cuvP gvm †eZb †`qwb|", "পাঁচ মাস বেতন দেয়নি।"),
            ("gvwjK Avgv‡K gviai K‡i", "মালিক আমাকে মারধর করে"),
            ("wiµywUs G‡RwÝ UvKv wb‡q‡Q", "রিক্রুটিং এজেন্সি টাকা নিয়েছে"),
            ("Kg©Pvix wbh©vZb Kvh©µg", "কর্মচারী নির্যাতন কার্যক্রম"),
            ("†mŠw` Avie cvm‡cvU©", "সৌদি আরব পাসপোর্ট"),
            ("¯^vgx kw³ Kó AZ¨vPvi", "স্বামী শক্তি কষ্ট অত্যাচার"),
            ("wkÿv RvZxq evsjv‡`k", "শিক্ষা জাতীয় বাংলাদেশ"),
        ],
    )
    def test_is_read(self, old: str, meant: str) -> None:
        from kit.text import clean  # noqa: PLC0415 - as it is stored

        assert clean(to_unicode(old)) == clean(meant)

    @pytest.mark.parametrize(
        ("written", "old"),
        [
            ("gvwjK Avgv‡K gviai K‡i, cuvP gvm †eZb †`qwb|", True),
            ("Avwg †mŠw` Avie‡e AvwQ| wiµywUs G‡RwÝ UvKv wb‡q‡Q", True),
            ("My employer has not paid me for five months.", False),
            ("মালিক পাঁচ মাস বেতন দেয়নি", False),
            ("malik amake mare, 5 mas beton dey na", False),
            ("Señor García no me pagó el salario", False),
            ("Café", False),
        ],
    )
    def test_is_found(self, written: str, old: bool) -> None:  # noqa: FBT001 - a table
        assert looks_old(written) is old

    @settings(deadline=None)
    @given(st.text(max_size=60))
    def test_bears_anything_and_finds_nothing_in_bangla(self, written: str) -> None:
        to_unicode(written)
        assert not looks_old(written + " আমার বেতন দেয়নি")

    async def test_is_asked_about_and_not_changed(self, complaints: Running) -> None:
        answer = await complaints.client().post("/v1/complaints/public/text", json={"text": "gvwjK Avgv‡K gviai K‡i"})
        assert answer.json() == {"looks_old": True, "converted": "মালিক আমাকে মারধর করে"}


async def rest(complaints: Running, minutes: int) -> None:
    """As if so many minutes had passed since the last message, for the talk and for its timers."""
    async with complaints.sessions.begin() as session:
        passed = {"minutes": minutes}
        await session.execute(text("update conversation set last_at = last_at - make_interval(mins => :minutes)"), passed)
        moved = "update timer set due = due - make_interval(mins => :minutes), next_try = next_try - make_interval(mins => :minutes)"
        await session.execute(text(f"{moved} where kind = 'talk-unfinished'"), passed)
        await session.execute(text("select pg_notify('timer', '')"))


async def fired(complaints: Running) -> None:
    async def left() -> int:
        async with complaints.sessions() as session:
            due = "select count(*) from timer where kind = 'talk-unfinished' and done_at is null and next_try <= now()"
            return int((await session.execute(text(due))).scalar_one())

    await until(left, 0)


class TestWhoFallsSilent:
    async def test_is_heard_with_what_they_wrote_and_a_person_looks(self, complaints: Running, company: Any) -> None:
        await said_to(complaints, ["আমাকে বাঁচান, ঘরে আটকে রেখেছে", "২"])
        await answered(company, 3)
        await rest(complaints, 9)
        await fired(complaints)
        assert await complaints.count("complaint") == 0
        await rest(complaints, 1)
        await fired(complaints)
        [row] = await complaints.rows("complaint")
        assert (row.caller_safe, row.severity, row.category, row.channel) == (False, 4, "other", "sms")
        supervisor = complaints.client("supervisor")
        assert (await supervisor.get(f"/v1/complaints/{row.reference}")).json()["narrative"] == "আমাকে বাঁচান, ঘরে আটকে রেখেছে"
        assert [one["reasons"] for one in (await supervisor.get("/v1/complaints/doubts")).json()["items"]] == [["unfinished"]]

    async def test_is_sent_no_text_that_another_may_read_unless_they_said_they_are_safe(self, complaints: Running, company: Any) -> None:
        await said_to(complaints, ["দালাল চার লাখ টাকা নিয়ে আর ফোন ধরে না"])
        await sms(complaints, "বেতন দেয় না", sender="+96170123456")
        await sms(complaints, "1", sender="+96170123456")
        await answered(company, 3)
        await rest(complaints, 61)
        await fired(complaints)
        silent, safe = sorted(await complaints.rows("complaint"), key=lambda one: one.caller_safe is True)
        assert (silent.caller_safe, silent.contact_rule.get("may_text")) == (None, None)
        assert (safe.caller_safe, safe.contact_rule.get("may_text")) == (True, True)
        assert safe.reference in (await answered(company, 4))[-1]

    async def test_who_said_stop_is_heard_and_gets_no_text(self, complaints: Running, company: Any) -> None:
        await said_to(complaints, ["দালাল চার লাখ টাকা নিয়ে আর ফোন ধরে না", "1", "STOP"])
        await answered(company, 3)
        await rest(complaints, 61)
        await fired(complaints)
        [row] = await complaints.rows("complaint")
        assert row.contact_rule["may_text"] is False
        assert await complaints.count("message") == 3

    async def test_about_an_open_matter_is_added_to_it(self, complaints: Running, company: Any) -> None:
        await said_to(complaints, ["দালাল চার লাখ টাকা নিয়ে আর ফোন ধরে না", "1", "1", "2", "1"])
        await answered(company, 5)
        await rest(complaints, 2 * 24 * 60)
        await said_to(complaints, ["সে আজ ফোন করে হুমকি দিয়েছে"])
        await answered(company, 6)
        await rest(complaints, 61)
        await fired(complaints)
        assert await complaints.count("complaint") == 1
        assert [row.kind for row in await complaints.rows("happening")].count("message_received") == 1

    async def test_who_answers_meanwhile_is_left_alone(self, complaints: Running) -> None:
        await said_to(complaints, ["দালাল চার লাখ টাকা নিয়ে আর ফোন ধরে না"])
        await rest(complaints, 59)
        await said_to(complaints, ["1"])
        await rest(complaints, 59)
        await fired(complaints)
        assert await complaints.count("complaint") == 0
        await said_to(complaints, ["1", "2", "1"])
        assert await complaints.count("complaint") == 1
        await rest(complaints, 61)
        await fired(complaints)
        assert await complaints.count("complaint") == 1
