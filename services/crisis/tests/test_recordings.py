"""Voice notes and pictures that come back after a warning: fetched over HTTP from a company that lies, hangs and leads astray.

The message waits for a person whatever becomes of the recording, and once however often it is brought.
"""

import asyncio
import hashlib
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import httpx
import pytest
from sqlalchemy import text

from kit.bringers import WhatsAppBringer
from kit.crypto import Keyring
from kit.files import Folder
from kit.outward import Bounds, Outward
from kit.testing.carrier import Carrier, Recording
from kit.testing.recordings import PHONE, photo_with_place, voice_note
from kit.testing.waiting import until
from runner.testing import Running, own_engines, service_fixture
from services.crisis.checkins.lists import ANSWERS
from services.crisis.checkins.recordings import repository, rules
from services.crisis.checkins.recordings.fetching import Fetcher
from services.crisis.checkins.recordings.rules import Fault, SentAs, State
from services.crisis.checkins.recordings.service import MEDIA_ID
from services.crisis.contingency.service import sweep_files
from services.crisis.tests.test_checkins import replied, status_of
from services.crisis.tests.test_incidents import INCIDENTS, opened, problem
from services.crisis.tests.test_whatsapp import brought, warned_there, written

engines, start_service = own_engines()
crisis = service_fixture("crisis")
VOICE = voice_note()
LARGEST = 1_000_000  # of these tests (`conftest`)
Warn = Callable[..., Awaitable[dict[str, Any]]]


@pytest.fixture
async def warned(crisis: Running, register: Any, carrier: Carrier, warn: Warn) -> str:
    return await warned_there(crisis, register, carrier, warn)


def spoken(media: str = "m1", kind: str = "audio", **more: Any) -> dict[str, Any]:
    content: dict[str, Any] = {kind: {"id": media, "mime_type": "audio/ogg; codecs=opus", **more}}
    return written("", type=kind, **content)


def officer(crisis: Running, country: str = "LB") -> httpx.AsyncClient:
    return crisis.client("wing", countries=[country])


async def waiting(crisis: Running) -> dict[str, Any]:
    """The one message that waits for an officer in Beirut."""
    (one,) = (await officer(crisis).get("/v1/crisis/texts")).json()["items"]
    return dict(one)


async def came(crisis: Running, carrier: Carrier, recording: Recording | None, message: dict[str, Any] | None = None) -> None:
    """The webhook, with what the company then gives for `m1`."""
    if recording is not None:
        carrier.recordings["m1"] = recording
    assert (await brought(crisis, message or spoken())).json() == {"taken": 1}


async def becomes(crisis: Running, state: State, fault: Fault | None = None) -> dict[str, Any]:
    async def is_so() -> tuple[str, str | None]:
        recording = (await waiting(crisis))["recording"]
        return recording["state"], recording["fault"]

    await until(is_so, (state, fault), within=240)
    return await waiting(crisis)


def heard_at(one: dict[str, Any]) -> str:
    return f"/v1/crisis/texts/{one['id']}/recording"


def files_of(crisis: Running) -> Folder:
    assert crisis.settings.keyring is not None
    assert crisis.settings.files is not None
    return Folder(crisis.settings.files, Keyring.load(crisis.settings.keyring, service="crisis"))


async def stored(crisis: Running) -> list[UUID]:
    return await files_of(crisis).ids(datetime.now(UTC) + timedelta(days=1))


@asynccontextmanager
async def fetching(crisis: Running, carrier: Carrier) -> AsyncIterator[Fetcher]:
    """As another replica would."""
    files, outward = files_of(crisis), Outward(is_trial=True)
    known = {"whatsapp": WhatsAppBringer("any", carrier.url, "access")}
    try:
        yield Fetcher(crisis.sessions, files.keyring, files, outward, known, Bounds(body=LARGEST, seconds=240))
    finally:
        await outward.close()


async def at_once(crisis: Running, changes: str = "") -> None:
    """As if the pause were over."""
    async with crisis.sessions.begin() as session:
        await session.execute(text(f"update crisis_recording set next_try = now(){changes}"))
        await session.execute(text("select pg_notify('duty', '')"))


async def answered(crisis: Running, one: dict[str, Any], **said: Any) -> None:
    done = await officer(crisis).post(f"/v1/crisis/texts/{one['id']}/answer", json=said, headers={"If-Match": f'"{one["version"]}"'})
    assert done.status_code == 201, done.text


@pytest.mark.usefixtures("warned")
class TestAVoiceNote:
    async def test_is_heard_by_who_answers_and_by_no_other_wing_and_each_time_is_noted(
        self, crisis: Running, carrier: Carrier, warned: str
    ) -> None:
        await came(crisis, carrier, Recording(VOICE))
        one = await becomes(crisis, State.KEPT)
        assert (one["person"], one["recording"]["sent_as_label"]["bn"], one["recording"]["says"]) == (warned, "ভয়েস মেসেজ", None)
        heard = await officer(crisis).get(heard_at(one))
        assert (heard.status_code, heard.content, heard.headers["content-type"]) == (200, VOICE, "audio/ogg")
        assert (heard.headers["x-content-type-options"], "sandbox" in heard.headers["content-security-policy"]) == ("nosniff", True)
        assert heard.headers["content-disposition"].startswith("inline")
        assert heard.headers["cache-control"] == "private, no-store"
        reads = await crisis.rows("access_log where record_type = 'crisis_text' and 'recording' = any(fields)")
        assert [(str(row.record), row.purpose) for row in reads] == [(one["id"], "crisis.texts")]
        assert (await officer(crisis, "SA").get(heard_at(one))).status_code == 404
        assert (await crisis.client("analyst").get(heard_at(one))).status_code == 403
        assert (await crisis.client().get(heard_at(one))).status_code == 401
        assert (await officer(crisis).get(f"/v1/crisis/texts/{uuid4()}/recording")).status_code == 404

    async def test_lies_sealed_and_its_id_is_not_kept(self, crisis: Running, carrier: Carrier) -> None:
        await came(crisis, carrier, Recording(VOICE), spoken())
        await becomes(crisis, State.KEPT)
        (row,) = await crisis.rows("crisis_recording")
        assert (row.media_id, row.size, row.sha256) == (None, len(VOICE), hashlib.sha256(VOICE).digest())
        folder = files_of(crisis).root
        assert all(b"OpusHead" not in path.read_bytes() for path in folder.rglob("*") if path.is_file())
        assert carrier.strangers == [], "asked with our token"

    async def test_that_nobody_hears_counts_as_a_call_for_help_after_ten_minutes(
        self, crisis: Running, carrier: Carrier, warned: str
    ) -> None:
        await came(crisis, carrier, Recording(VOICE))
        await until(lambda: replied(carrier, "unparsed"), expected=True, within=240)
        async with crisis.sessions.begin() as session:
            await session.execute(text("update timer set next_try = now() where kind = 'crisis-text-waits'"))
            await session.execute(text("select pg_notify('timer', '')"))
        await until(lambda: status_of(crisis, warned), "need_help", within=240)
        await answered(crisis, await becomes(crisis, State.KEPT), status="injured", answer="অ্যাম্বুলেন্স আসছে।")
        assert await status_of(crisis, warned) == "injured"

    async def test_brought_twice_is_one_and_fetched_once(self, crisis: Running, carrier: Carrier) -> None:
        carrier.recordings["m1"] = Recording(VOICE)
        message = spoken()
        assert [(await brought(crisis, message)).json()["taken"] for _ in range(3)] == [1, 0, 0]
        await becomes(crisis, State.KEPT)
        assert (await brought(crisis, message)).json() == {"taken": 0}
        assert (await crisis.count("crisis_text"), await crisis.count("crisis_recording")) == (1, 1)
        assert carrier.recordings["m1"].asked == 1

    async def test_that_two_fetch_at_once_is_kept_once(self, crisis: Running, carrier: Carrier) -> None:
        """One of them was thought dead: its claim had run out."""
        await came(crisis, carrier, Recording(VOICE))
        one = UUID((await becomes(crisis, State.KEPT))["id"])
        async with fetching(crisis, carrier) as fetcher, crisis.sessions() as session:
            again = {"sealed": fetcher.keyring.seal("m1", MEDIA_ID)}
            waits = "update crisis_recording set state = 'waiting', media_id = :sealed, next_try = now() + interval '1 hour'"
            await session.execute(text(waits), again)
            claimed = (await repository.of_texts(session, [one]))[one]
            await session.commit()
            before = await stored(crisis)
            await asyncio.gather(fetcher.fetch(claimed), fetcher.fetch(claimed))
        assert carrier.recordings["m1"].asked == 3
        (row,) = await crisis.rows("crisis_recording")
        assert (row.state, set(await stored(crisis)) - set(before)) == ("kept", {row.file_id})

    async def test_of_a_telephone_that_writes_sound_as_a_film_is_given_as_sound(self, crisis: Running, carrier: Carrier) -> None:
        await came(crisis, carrier, Recording(b"\0\0\0\x18ftypmp42" + bytes(300)))
        one = await becomes(crisis, State.KEPT)
        assert (await officer(crisis).get(heard_at(one))).headers["content-type"] == "audio/mp4"


@pytest.mark.usefixtures("warned")
class TestAPicture:
    async def test_is_shown_without_what_it_tells_and_the_original_is_not_kept(self, crisis: Running, carrier: Carrier) -> None:
        photo = photo_with_place()
        assert PHONE.encode() in photo
        before = await stored(crisis)
        await came(crisis, carrier, Recording(photo), spoken(kind="image"))
        one = await becomes(crisis, State.KEPT)
        seen = await officer(crisis).get(heard_at(one))
        assert (seen.headers["content-type"], seen.content[:3], PHONE.encode() in seen.content) == ("image/jpeg", b"\xff\xd8\xff", False)
        (kept,) = set(await stored(crisis)) - set(before)
        assert b"".join([part async for part in files_of(crisis).open(kept)]) == seen.content

    async def test_with_a_word_beside_it_says_at_once_what_the_word_says_and_is_still_looked_at(
        self, crisis: Running, carrier: Carrier, warned: str
    ) -> None:
        await came(crisis, carrier, Recording(photo_with_place()), spoken(kind="image", caption="help"))
        assert await status_of(crisis, warned) == "need_help"
        one = await becomes(crisis, State.KEPT)
        assert (one["text"], one["kind"], one["is_late"]) == ("help", "answer", False)
        await answered(crisis, one, status="injured")
        assert (await officer(crisis).get("/v1/crisis/texts")).json()["items"] == []

    async def test_that_cannot_be_drawn_is_not_shown(self, crisis: Running, carrier: Carrier) -> None:
        await came(crisis, carrier, Recording(photo_with_place()[:200]), spoken(kind="image"))
        one = await becomes(crisis, State.LOST, Fault.WRONG_KIND)
        assert (await officer(crisis).get(heard_at(one))).status_code == 404


@pytest.mark.usefixtures("warned")
class TestThatCannotBeHad:
    """It waits for a person as before, who is told why."""

    @pytest.mark.parametrize(
        ("recording", "fault"),
        [
            (None, Fault.GONE),
            (Recording(VOICE, mood="status", status=410), Fault.GONE),
            (Recording(b"<!doctype html><script>alert(1)</script>"), Fault.WRONG_KIND),
            (Recording(b"MZ" + bytes(500)), Fault.WRONG_KIND),
            (Recording(b""), Fault.WRONG_KIND),
            (Recording(b"\0\0\0\x18ftypmp42" + bytes(300)), Fault.WRONG_KIND),
            (Recording(VOICE + bytes(LARGEST)), Fault.TOO_LARGE),
        ],
        ids=["unknown", "no-longer-there", "a-page", "a-program", "empty", "a-film", "larger-than-is-taken"],
    )
    async def test_ever_is_given_up_with_the_reason(
        self, crisis: Running, carrier: Carrier, warned: str, recording: Recording | None, fault: Fault
    ) -> None:
        message = spoken(kind="video") if recording and recording.content[4:8] == b"ftyp" else None
        before = await stored(crisis)
        await came(crisis, carrier, recording, message)
        one = await becomes(crisis, State.LOST, fault)
        assert rules.FAULT_WORDS[fault].bn in one["recording"]["says"]["bn"]
        assert (await officer(crisis).get(heard_at(one))).json()["type"].endswith("file-gone")
        assert (one["person"], await stored(crisis), (await crisis.rows("crisis_recording"))[0].media_id) == (warned, before, None)
        await answered(crisis, one, status="need_help")
        assert await status_of(crisis, warned) == "need_help"

    async def test_because_it_never_ends_is_cut_off(self, crisis: Running, carrier: Carrier) -> None:
        endless = Recording(VOICE, mood="endless", promises=5_000_000_000, says_size=False)
        await came(crisis, carrier, endless)
        await becomes(crisis, State.LOST, Fault.TOO_LARGE)
        assert endless.given < 100 * LARGEST, "what lies in the buffers of both machines, and no more"

    @pytest.mark.parametrize(
        ("faulty", "fault"),
        [
            ({"mood": "status", "status": 500}, Fault.NOT_GIVEN),
            ({"mood": "status", "status": 400}, Fault.NOT_GIVEN),
            ({"mood": "file_status", "status": 404}, Fault.NOT_GIVEN),
            ({"mood": "cut"}, Fault.NOT_WHOLE),
            ({"mood": "short", "promises": 40}, Fault.NOT_WHOLE),
            ({"announced": VOICE[:-1] + b"!"}, Fault.NOT_WHOLE),
            ({"mood": "astray", "leads_to": "https://10.0.0.1/latest/meta-data/"}, Fault.ASTRAY),
            ({"mood": "astray", "leads_to": "https://[::ffff:169.254.169.254]/"}, Fault.ASTRAY),
            ({"mood": "astray", "leads_to": "file:///etc/passwd"}, Fault.ASTRAY),
            ({"mood": "hangs"}, Fault.AWAY),
        ],
        ids=["down", "refused", "lapsed", "cut-off", "shorter", "another", "private", "mapped", "a-file", "hangs"],
    )
    async def test_now_says_why_and_is_had_later(self, crisis: Running, carrier: Carrier, faulty: dict[str, Any], fault: Fault) -> None:
        recording = Recording(VOICE, **faulty)
        await came(crisis, carrier, recording)
        one = await becomes(crisis, State.WAITING, fault)
        assert rules.FAULT_WORDS[fault].en in one["recording"]["says"]["en"]
        assert await problem(officer(crisis).get(heard_at(one))) == (409, "recording-not-here")
        recording.mood, recording.announced = "well", None
        carrier.let_go()
        await at_once(crisis)
        heard = await officer(crisis).get(heard_at(await becomes(crisis, State.KEPT)))
        assert heard.content == VOICE

    async def test_while_the_company_is_away_is_asked_for_until_it_has_it_no_more(self, crisis: Running, carrier: Carrier) -> None:
        carrier.mood = "down"
        await came(crisis, carrier, Recording(VOICE))
        await becomes(crisis, State.WAITING, Fault.NOT_GIVEN)
        await at_once(crisis, ", received_at = now() - interval '7 days'")
        one = await becomes(crisis, State.LOST, Fault.NOT_GIVEN)
        assert "পাওয়া যাবে না" in one["recording"]["says"]["bn"]

    async def test_holds_up_nobody_who_speaks_now(self, crisis: Running, carrier: Carrier) -> None:
        for media in ("m1", "m2"):
            carrier.recordings[media] = Recording(VOICE)
            await brought(crisis, spoken(media))

        async def states() -> list[str]:
            return [row.state for row in await crisis.rows("crisis_recording")]

        await until(states, ["kept", "kept"], within=240)  # nobody else takes them from here on
        first, second = (row.text_id for row in await crisis.rows("crisis_recording order by received_at"))
        async with crisis.sessions.begin() as session:
            waits = "state = 'waiting', media_id = 'any', next_try = now() + interval '1 hour'"
            tried = text(f"update crisis_recording set {waits}, attempts = case text_id when :first then 9 else 0 end")
            await session.execute(tried, {"first": first})
        later = datetime.now(UTC) + timedelta(hours=2)
        async with crisis.sessions.begin() as session:
            claimed = [await repository.claim(session, later, later + timedelta(hours=1)) for _ in range(3)]
        assert [one.text_id if one else None for one in claimed] == [second, first, None]

    async def test_leads_our_token_to_nobody_else(self, crisis: Running, carrier: Carrier) -> None:
        async with Carrier().listening() as other:
            recording = Recording(VOICE, mood="astray", leads_to=f"{other.url}/m1")
            await came(crisis, carrier, recording)
            await becomes(crisis, State.WAITING, Fault.NOT_GIVEN)
            assert set(other.strangers) == {"/m1"}, "it was asked there, and without our token"


@pytest.mark.usefixtures("warned")
class TestForgetting:
    async def test_an_incident_is_not_closed_over_an_unread_message_and_then_forgets_what_was_sent(
        self, crisis: Running, carrier: Carrier
    ) -> None:
        await came(crisis, carrier, Recording(VOICE))
        one = await becomes(crisis, State.KEPT)
        (kept,) = [row.file_id for row in await crisis.rows("crisis_recording")]
        leader = officer(crisis)
        incident = await opened(leader, alerts=[one["alert"]])
        refused = await _closed(leader, incident)
        assert refused.json()["open"]["texts"] == 1, refused.text
        await answered(crisis, one, status="safe")
        closed = await _closed(leader, incident)
        assert closed.status_code == 201, closed.text
        assert (await leader.get(heard_at(one))).json()["type"].endswith("file-gone")

        async def is_gone() -> bool:
            return kept not in await stored(crisis) and (await crisis.rows("crisis_recording"))[0].file_id is None

        await until(is_gone, expected=True, within=240)

    async def test_what_is_old_goes_by_itself_and_never_before_somebody_has_read_the_message(
        self, crisis: Running, carrier: Carrier
    ) -> None:
        await came(crisis, carrier, Recording(VOICE))
        one = await becomes(crisis, State.KEPT)
        await at_once(crisis, ", received_at = now() - interval '91 days'")
        (kept,) = [row.file_id for row in await crisis.rows("crisis_recording")]
        async with crisis.sessions.begin() as session:
            await repository.forget_before(session, datetime.now(UTC) - timedelta(days=ANSWERS.recordings_days))
        assert (await officer(crisis).get(heard_at(one))).status_code == 200
        await answered(crisis, one)

        async def is_gone() -> bool:
            return kept not in await stored(crisis)

        await until(is_gone, expected=True, within=240)

    async def test_a_sweep_of_what_no_record_names_leaves_it(self, crisis: Running, carrier: Carrier) -> None:
        await came(crisis, carrier, Recording(VOICE))
        one = await becomes(crisis, State.KEPT)
        await sweep_files(crisis.sessions, files_of(crisis), datetime.now(UTC) + timedelta(days=30))
        assert (await officer(crisis).get(heard_at(one))).content == VOICE


async def _closed(client: httpx.AsyncClient, incident: dict[str, Any]) -> httpx.Response:
    now = (await client.get(f"{INCIDENTS}/{incident['id']}")).json()
    return await client.post(f"{INCIDENTS}/{incident['id']}/closing", json={"reason": "Over"}, headers={"If-Match": f'"{now["version"]}"'})


class TestRules:
    def test_a_pause_grows_and_ends(self) -> None:
        pauses = [rules.pause(attempts) for attempts in range(1, 40)]
        assert pauses == sorted(pauses)
        assert (pauses[0], pauses[-1]) == (timedelta(seconds=2), rules.LONGEST_PAUSE)

    @pytest.mark.parametrize("fault", list(Fault))
    def test_what_another_try_may_mend_is_given_up_with_the_companys_days(self, fault: Fault) -> None:
        came_at = datetime(2026, 11, 27, tzinfo=UTC)
        assert rules.is_lost(fault, came_at, came_at) is (fault in rules.CERTAIN)
        assert rules.is_lost(fault, came_at, came_at + rules.HELD_BY_COMPANY)

    @pytest.mark.parametrize(
        ("found", "sent", "shown"),
        [
            ("audio/ogg", SentAs.OTHER, "audio/ogg"),
            ("audio/amr", SentAs.SOUND, "audio/amr"),
            ("video/mp4", SentAs.SOUND, "audio/mp4"),
            ("video/mp4", SentAs.OTHER, None),
            ("video/3gpp", SentAs.SOUND, None),
            ("image/png", SentAs.SOUND, "image/jpeg"),
            ("application/pdf", SentAs.PICTURE, None),
            (None, SentAs.SOUND, None),
        ],
    )
    def test_content_says_what_it_is(self, found: Any, sent: SentAs, shown: str | None) -> None:
        assert rules.shown_as(found, sent) == shown
