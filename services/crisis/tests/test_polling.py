"""Feeds read from a real server: politely, each message once, kept before it is read; and what becomes of what goes wrong."""

import asyncio
import gzip
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from typing import Any

import pytest
from sqlalchemy import text

from kit.ids import new_id
from kit.outward import Outward
from kit.testing.waiting import until
from kit.timer import DueTimer
from runner.testing import Running, make_owner_engine
from services.crisis.sources import lists, polling, repository, watching
from services.crisis.sources.lists import Kind, Plan, Registry, WarningSource
from services.crisis.sources.polling import Poller
from services.crisis.sources.reading import Brought, keep
from services.crisis.warnings.service import DIRECTORY

Cap = Callable[..., bytes]
CHANGED = "Thu, 26 Nov 2026 10:00:00 GMT"
OFFICIAL = {"sender": "warnings@ncm.gov.sa", "country": "SA"}


@dataclass
class FeedServer:
    """A real HTTP server with a feed that a test writes; `seen` are the heads of requests in their order."""

    port: int = 0
    pages: dict[str, bytes] = field(default_factory=dict)
    answers: dict[str, bytes] = field(default_factory=dict)
    hanging: set[str] = field(default_factory=set)
    knows_tags: bool = True
    seen: list[str] = field(default_factory=list)
    at_once: int = 0
    most_at_once: int = 0

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def asked(self, path: str) -> int:
        return sum(one.startswith(f"GET {path} ") for one in self.seen)

    def show(self, *messages: bytes, path: str = "/feed") -> None:
        """An RSS index of these messages."""
        items = []
        for place, message in enumerate(messages):
            self.pages[f"{path}/{place}.xml"] = message
            items.append(f"<item><title>a</title><link>{self.url}{path}/{place}.xml</link><guid>{hash(message)}</guid></item>")
        self.pages[path] = f"<rss version='2.0'><channel><title>t</title>{''.join(items)}</channel></rss>".encode()

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            head = (await reader.readuntil(b"\r\n\r\n")).decode()
            self.seen.append(head)
            self.at_once += 1
            self.most_at_once = max(self.most_at_once, self.at_once)
            await asyncio.sleep(0.01)
            if head.split(" ")[1] in self.hanging:
                await reader.read()  # until whoever asked has gone
                return
            writer.write(self.answer(head.split(" ")[1], head))
            await writer.drain()
        finally:
            self.at_once -= 1
            writer.close()

    def answer(self, path: str, head: str) -> bytes:
        if path in self.answers:
            return self.answers[path]
        body = self.pages.get(path)
        if body is None:
            return b"HTTP/1.1 404 No\r\nContent-Length: 0\r\n\r\n"
        etag = f'"{hash(body)}"'
        said, asked = ("ETag", "if-none-match") if self.knows_tags else ("Last-Modified", "if-modified-since")
        value = etag if self.knows_tags else CHANGED
        if f"{asked}: {value}".lower() in head.lower():
            return b"HTTP/1.1 304 Same\r\nContent-Length: 0\r\n\r\n"
        return f"HTTP/1.1 200 OK\r\n{said}: {value}\r\nContent-Length: {len(body)}\r\n\r\n".encode() + body


@pytest.fixture
async def feeds() -> AsyncIterator[FeedServer]:
    one = FeedServer()
    running = await asyncio.start_server(one.serve, "127.0.0.1", 0)
    one.port = running.sockets[0].getsockname()[1]
    yield one
    running.close()


def source_at(feeds: FeedServer, code: str = "sa-trial", path: str = "/feed", **more: Any) -> WarningSource:
    return WarningSource.model_validate(
        {
            "code": code,
            "kind": Kind.CAP_FEED,
            "name": {"en": "A feed of trials", "bn": "পরীক্ষার ফিড"},
            "authority": "sa-ncm",
            "countries": ["SA"],
            "url": f"{feeds.url}{path}",
            "plain_http": True,
            "source": "These tests",
            "as_of": 2026,
            "enabled": True,
            **more,
        }
    )


def registry_of(*sources: WarningSource) -> Registry:
    plan = Plan(version="1", dead_after_minutes=15, sources=sources, without_feed=())
    return Registry(plan, DIRECTORY.sources, "test")


@asynccontextmanager
async def poller(crisis: Running, *sources: WarningSource) -> AsyncIterator[Poller]:
    outward = Outward(is_trial=True)
    try:
        yield Poller(crisis.sessions, registry_of(*sources), outward, spread=lambda: 0.5)
    finally:
        await outward.close()


async def polled(crisis: Running, source: WarningSource, times: int = 1) -> None:
    """As if its interval had passed before each look."""
    async with poller(crisis, source) as one:
        for _ in range(times):
            await due(crisis)
            await one.look()


async def due(crisis: Running) -> None:
    async with crisis.sessions.begin() as session:
        await session.execute(text("update source_state set next_poll = now() - interval '1 second'"))


async def states_of(crisis: Running, table: str = "raw_message") -> list[str]:
    async with crisis.sessions() as session:
        return list((await session.execute(text(f"select state from {table} order by received_at"))).scalars())


async def state_of(crisis: Running, code: str = "sa-trial") -> Any:
    async with crisis.sessions() as session:
        return (await repository.states(session))[code]


async def entries_of(crisis: Running) -> list[Any]:
    return list(await crisis.rows("source_entry"))


class TestReads:
    async def test_what_a_feed_names_becomes_official_warnings(self, crisis: Running, feeds: FeedServer, cap: Cap) -> None:
        feeds.show(cap(**OFFICIAL), cap(**OFFICIAL, severity="Minor"))
        await polled(crisis, source_at(feeds))
        assert await states_of(crisis) == ["taken", "taken"]
        async with crisis.sessions() as session:
            rows = (await session.execute(text("select source, trust_tier, raised_by from alert"))).all()
            outcomes = (await session.execute(text("select outcome from alert_decision order by level"))).scalars().all()
        assert set(rows) == {("sa-trial", 1, "source:sa-trial")}
        assert outcomes == ["waits", "window"]
        state = await state_of(crisis)
        assert (state.last_outcome, state.failures, state.last_ok is not None, state.last_new is not None) == ("read", 0, True, True)

    async def test_asks_again_with_what_it_was_told_and_reads_each_message_once(self, crisis: Running, feeds: FeedServer, cap: Cap) -> None:
        feeds.show(cap(**OFFICIAL))
        await polled(crisis, source_at(feeds), times=3)
        assert (feeds.asked("/feed"), feeds.asked("/feed/0.xml")) == (3, 1)
        assert "if-none-match" in feeds.seen[-1].lower()
        assert (await state_of(crisis)).last_outcome == "unchanged"
        assert await crisis.count("message_receipt") == 1

    async def test_of_a_server_without_tags_by_the_day_that_it_gave(self, crisis: Running, feeds: FeedServer, cap: Cap) -> None:
        feeds.knows_tags = False
        feeds.show(cap(**OFFICIAL))
        await polled(crisis, source_at(feeds), times=2)
        assert f"if-modified-since: {CHANGED}".lower() in feeds.seen[-1].lower()
        assert "if-none-match" not in feeds.seen[-1].lower()
        assert ((await state_of(crisis)).last_outcome, feeds.asked("/feed/0.xml")) == ("unchanged", 1)

    async def test_leaves_a_source_alone_until_it_is_due(self, crisis: Running, feeds: FeedServer, cap: Cap) -> None:
        feeds.show(cap(**OFFICIAL))
        async with poller(crisis, source_at(feeds)) as one:
            await one.look()
            await one.look()
        assert feeds.asked("/feed") == 1

    async def test_a_message_written_anew_under_its_old_address_is_a_new_version(
        self, crisis: Running, feeds: FeedServer, cap: Cap
    ) -> None:
        now = datetime.now(UTC).replace(microsecond=0)
        source = source_at(feeds)
        feeds.show(cap(**OFFICIAL, identifier="one", sent=(now - timedelta(hours=1)).isoformat()))
        await polled(crisis, source)
        feeds.show(cap(**OFFICIAL, identifier="one", sent=now.isoformat()))
        await polled(crisis, source)
        async with crisis.sessions() as session:
            assert list((await session.execute(text("select state from alert order by sent"))).scalars()) == ["superseded", "standing"]

    async def test_what_vanishes_is_marked_and_still_stands(self, crisis: Running, feeds: FeedServer, cap: Cap) -> None:
        """R9: a warning that leaves the index was not taken back."""
        source = source_at(feeds)
        feeds.show(cap(**OFFICIAL))
        await polled(crisis, source)
        feeds.show()
        await polled(crisis, source)
        [entry] = await entries_of(crisis)
        assert entry.vanished_at is not None
        async with crisis.sessions() as session:
            assert (await session.execute(text("select state from alert"))).scalar_one() == "standing"

    async def test_atom_with_typed_links_and_messages_held_within(self, crisis: Running, feeds: FeedServer, cap: Cap) -> None:
        held = cap(**OFFICIAL).decode().partition("?>")[2]
        feeds.pages["/m.cap"] = cap(**OFFICIAL)
        feeds.pages["/feed"] = (
            f"<feed xmlns='http://www.w3.org/2005/Atom'><entry><id>urn:a</id><link href='{feeds.url}/page.html'/>"
            f"<link type='application/cap+xml' href='/m.cap'/></entry>"
            f"<entry><id>urn:b</id><content type='text/xml'>{held}</content></entry></feed>"
        ).encode()
        await polled(crisis, source_at(feeds), times=2)
        assert await states_of(crisis) == ["taken", "taken"]
        assert (feeds.asked("/page.html"), feeds.asked("/m.cap")) == (0, 1)

    async def test_a_feed_that_is_one_message(self, crisis: Running, feeds: FeedServer, cap: Cap) -> None:
        feeds.pages["/feed"] = cap(**OFFICIAL)
        await polled(crisis, source_at(feeds))
        assert await states_of(crisis) == ["taken"]

    async def test_never_fetches_what_a_message_points_to(self, crisis: Running, feeds: FeedServer, cap: Cap) -> None:
        pointing = (
            f"<resource><resourceDesc>map</resourceDesc><mimeType>image/png</mimeType><uri>{feeds.url}/map.png</uri></resource><area>"
        )
        feeds.show(cap(**OFFICIAL).replace(b"<area>", pointing.encode(), 1))
        await polled(crisis, source_at(feeds))
        assert await states_of(crisis) == ["taken"]
        assert feeds.asked("/map.png") == 0

    async def test_one_host_is_asked_one_thing_at_a_time(self, crisis: Running, feeds: FeedServer, cap: Cap) -> None:
        feeds.show(cap(**OFFICIAL), cap(**OFFICIAL))
        feeds.show(cap(**OFFICIAL), cap(**OFFICIAL), path="/other")
        async with poller(crisis, source_at(feeds), source_at(feeds, "sa-other", "/other")) as one:
            await one.look()
        assert (len(feeds.seen), feeds.most_at_once) == (6, 1)

    async def test_what_a_process_left_unread_is_read(self, crisis: Running, feeds: FeedServer, cap: Cap) -> None:
        source = source_at(feeds)
        feeds.show()
        await keep(crisis.sessions, source, Brought(cap(**OFFICIAL), "application/cap+xml", [], "feed"), "source:sa-trial")
        async with poller(crisis, source) as one:
            await one.look()
            assert await states_of(crisis) == ["received"], "it may be another's who is at it"
        await owner_does(crisis, "update raw_message set received_at = received_at - interval '5 minutes'")
        await polled(crisis, source)
        assert await states_of(crisis) == ["taken"]

    async def test_one_replica_reads_and_another_goes_on_when_it_is_gone(self, crisis: Running, feeds: FeedServer, cap: Cap) -> None:
        url = crisis.settings.required_database_url()

        async def read() -> list[str]:
            await due(crisis)
            return await states_of(crisis)

        feeds.show(cap(**OFFICIAL))
        async with poller(crisis, source_at(feeds)) as one, poller(crisis, source_at(feeds)) as other:
            first = asyncio.create_task(one.run(url))
            await until(read, ["taken"])
            second = asyncio.create_task(other.run(url))
            feeds.show(cap(**OFFICIAL))
            await until(read, ["taken", "taken"])
            assert feeds.most_at_once == 1
            first.cancel()
            await asyncio.wait([first])
            feeds.show(cap(**OFFICIAL))
            await until(read, ["taken", "taken", "taken"])
            second.cancel()
            await asyncio.wait([second])
        assert first.cancelled()
        assert second.cancelled()


async def owner_does(crisis: Running, statement: str) -> None:
    async with make_owner_engine(crisis) as owner, owner.begin() as connection:
        await connection.execute(text(statement))


class TestGoesWrong:
    @pytest.mark.parametrize(
        ("raw", "problem"),
        [
            (b"<alert", "malformed-body"),
            (b"\x00\xff\xfe", "malformed-body"),
            (b"<!DOCTYPE a [<!ENTITY b SYSTEM 'file:///etc/passwd'>]><alert>&b;</alert>", "malformed-body"),
            (b"<alert xmlns='urn:oasis:names:tc:emergency:cap:1.2'/>", "cap-invalid"),
            (b"<html><body>Not here</body></html>", "cap-invalid"),
            (b"<a>" * 100_000, "malformed-body"),
        ],
    )
    async def test_what_cannot_be_read_is_kept_with_its_bytes(self, crisis: Running, feeds: FeedServer, raw: bytes, problem: str) -> None:
        feeds.show(raw)
        await polled(crisis, source_at(feeds), times=2)
        [row] = await crisis.rows("raw_message")
        assert (row.state, row.problem, bytes(row.raw)) == ("quarantined", problem, raw)
        assert row.problem_en
        assert row.problem_bn
        assert await crisis.count("alert") == 0

    async def test_a_cancel_that_names_nothing_is_quarantined_and_ends_nothing(self, crisis: Running, feeds: FeedServer, cap: Cap) -> None:
        """R6."""
        feeds.show(cap(**OFFICIAL), cap(**OFFICIAL, msgType="Cancel", infos=""))
        await polled(crisis, source_at(feeds))
        assert await states_of(crisis) == ["taken", "quarantined"]
        async with crisis.sessions() as session:
            assert (await session.execute(text("select state from alert"))).scalar_one() == "standing"

    @pytest.mark.parametrize(
        ("answer", "outcome"),
        [
            (b"HTTP/1.1 503 No\r\nRetry-After: 7200\r\nContent-Length: 0\r\n\r\n", "status-503"),
            (b"HTTP/1.1 302 No\r\nLocation: https://169.254.169.254/\r\nContent-Length: 0\r\n\r\n", "host-not-listed"),
            (b"HTTP/1.1 302 No\r\nLocation: file:///etc/passwd\r\nContent-Length: 0\r\n\r\n", "not-https"),
            (b"HTTP/1.1 200 OK\r\nContent-Length: 900\r\n\r\n<rss/>", "broken-answer"),
            (b"HTTP/1.1 200 OK\r\nContent-Length: 6\r\n\r\n<html>", "not-a-feed"),
            (b"HTTP/1.1 200 OK\r\nContent-Length: 7\r\n\r\n<html/>", "not-a-feed"),
        ],
    )
    async def test_a_source_that_fails_is_asked_later_and_says_why(
        self, crisis: Running, feeds: FeedServer, answer: bytes, outcome: str
    ) -> None:
        feeds.answers["/feed"] = answer
        await polled(crisis, source_at(feeds), times=2)
        state = await state_of(crisis)
        assert (state.last_outcome, state.failures, state.last_ok) == (outcome, 2, None)
        pause = state.next_poll - state.last_tried
        assert pause == timedelta(hours=2) if outcome == "status-503" else pause == timedelta(minutes=4)
        assert len(await crisis.rows("source_fetch")) == 2

    async def test_one_that_hangs_keeps_no_other_waiting(
        self, crisis: Running, feeds: FeedServer, cap: Cap, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(polling, "INDEX_S", 0.5)
        feeds.hanging.add("/feed")
        feeds.show(cap(**OFFICIAL), path="/other")
        async with poller(crisis, source_at(feeds), source_at(feeds, "sa-other", "/other")) as one:
            await one.look()
        assert ((await state_of(crisis)).last_outcome, (await state_of(crisis, "sa-other")).last_outcome) == ("too-slow", "read")
        assert await states_of(crisis) == ["taken"]

    async def test_a_bomb_harms_neither_the_source_nor_the_next_message(self, crisis: Running, feeds: FeedServer, cap: Cap) -> None:
        feeds.show(cap(**OFFICIAL), cap(**OFFICIAL))
        bomb = gzip.compress(b" " * 30_000_000)
        feeds.answers["/feed/0.xml"] = b"HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: %d\r\n\r\n" % len(bomb) + bomb
        await polled(crisis, source_at(feeds), times=2)
        assert await states_of(crisis) == ["taken"]
        outcomes = [one.outcome for one in await crisis.rows("source_fetch where kind = 'message' order by began_at")]
        assert outcomes == ["too-large", "status-200", "too-large"]

    async def test_a_message_that_was_not_there_is_asked_for_again_though_the_index_is_unchanged(
        self, crisis: Running, feeds: FeedServer, cap: Cap
    ) -> None:
        feeds.show(cap(**OFFICIAL))
        message = feeds.pages.pop("/feed/0.xml")
        await polled(crisis, source_at(feeds))
        assert await states_of(crisis) == []
        feeds.pages["/feed/0.xml"] = message
        await polled(crisis, source_at(feeds))
        assert await states_of(crisis) == ["taken"]
        assert (await state_of(crisis)).last_outcome == "unchanged"

    @pytest.mark.parametrize("inside", ["10.0.0.1", "192.168.0.1", "169.254.169.254", "::ffff:10.0.0.1"])
    async def test_a_listed_name_that_leads_inside_a_network_is_not_asked(self, crisis: Running, feeds: FeedServer, inside: str) -> None:
        """Of the index, by a redirect, and of a message that it names."""
        source = source_at(feeds, hosts=["feeds.test"], plain_http=True)

        async def lookup(host: str, _: int) -> list[str]:
            return [inside] if host == "feeds.test" else ["127.0.0.1"]

        outward = Outward(is_trial=True, lookup=lookup)
        one = Poller(crisis.sessions, registry_of(source), outward, spread=lambda: 0.5)
        feeds.answers["/feed"] = b"HTTP/1.1 302 No\r\nLocation: http://feeds.test/feed\r\nContent-Length: 0\r\n\r\n"
        await one.look()
        assert (await state_of(crisis)).last_outcome == "private-address"
        del feeds.answers["/feed"]
        feeds.pages["/feed"] = b"<rss><channel><item><link>http://feeds.test/m.xml</link></item></channel></rss>"
        await due(crisis)
        await one.look()
        await outward.close()
        [fetch] = await crisis.rows("source_fetch where kind = 'message'")
        assert fetch.outcome == "private-address"
        assert await states_of(crisis) == []

    @pytest.mark.parametrize(
        ("answer", "outcome"),
        [
            (b"HTTP/1.1 200 OK\r\nContent-Length: 900000\r\n\r\n<alert", "broken-answer"),
            (b"HTTP/1.1 200 OK\r\nContent-Length: -1\r\n\r\n<alert", "broken-answer"),
            (b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nFFFFFF\r\n<alert", "broken-answer"),
            (b"HTTP/1.1 200 OK\r\nContent-Length: 3000000\r\n\r\n" + b" " * 3_000_000, "too-large"),
        ],
    )
    async def test_a_message_that_lies_about_its_length_is_not_kept(
        self, crisis: Running, feeds: FeedServer, cap: Cap, answer: bytes, outcome: str
    ) -> None:
        feeds.show(cap(**OFFICIAL), cap(**OFFICIAL))
        feeds.answers["/feed/0.xml"] = answer
        await polled(crisis, source_at(feeds))
        assert await states_of(crisis) == ["taken"]
        found = {one.url.rpartition("/")[2]: one.outcome for one in await crisis.rows("source_fetch where kind = 'message'")}
        assert found == {"0.xml": outcome, "1.xml": "status-200"}

    async def test_a_message_shorter_than_its_body_is_read_as_far_as_it_says(self, crisis: Running, feeds: FeedServer, cap: Cap) -> None:
        """What comes after is nobody's: it is not taken for the beginning of another answer."""
        raw = cap(**OFFICIAL)
        feeds.show(raw)
        feeds.answers["/feed/0.xml"] = b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n" % len(raw) + raw + b"<alert>forged</alert>"
        await polled(crisis, source_at(feeds))
        assert [bytes(one.raw) for one in await crisis.rows("raw_message")] == [raw]

    async def test_a_link_that_leads_elsewhere_is_not_followed(self, crisis: Running, feeds: FeedServer) -> None:
        feeds.pages["/feed"] = b"<rss><channel><item><link>http://192.168.0.1/m.xml</link></item></channel></rss>"
        await polled(crisis, source_at(feeds))
        [fetch] = await crisis.rows("source_fetch where kind = 'message'")
        assert fetch.outcome == "host-not-listed"

    async def test_what_breaks_the_reader_is_kept_and_stops_nobody(self, crisis: Running, feeds: FeedServer, cap: Cap) -> None:
        feeds.show(cap(**OFFICIAL, event="Breaks"), cap(**OFFICIAL))
        await owner_does(crisis, "alter table alert add constraint breaks check (event <> 'Breaks')")
        try:
            await polled(crisis, source_at(feeds))
        finally:
            await owner_does(crisis, "alter table alert drop constraint breaks")
        assert await states_of(crisis) == ["quarantined", "taken"]


GDACS = """<?xml version="1.0"?><alert xmlns="urn:oasis:names:tc:emergency:cap:1.2"><identifier>GDACS_EQ_1_{version}</identifier>
<sender>info@gdacs.org</sender><sent>{sent}</sent><status>Actual</status><msgType>Alert</msgType><scope>Public</scope><info>
<category>Geo</category><event>Earthquake</event><urgency>Past</urgency><severity>Moderate</severity><certainty>Observed</certainty>
<headline>An earthquake</headline>{parameters}<area><areaDesc>Polygon</areaDesc>{shape}</area></info></alert>"""


def gdacs(modified: datetime, level: str, *, iso3: str = "SAU", **more: str) -> bytes:
    known = {"alertlevel": level, "eventtype": "EQ", "eventid": "1470644", "currentepisodeid": "1", "iso3": iso3}
    known = {**known, "datemodified": format_datetime(modified, usegmt=True), **more}
    parameters = "".join(f"<parameter><valueName>{name}</valueName><value>{value}</value></parameter>" for name, value in known.items())
    sent = (modified + timedelta(hours=1)).isoformat(timespec="seconds")
    return GDACS.format(version=new_id(), sent=sent, parameters=parameters, shape="").encode()


class TestGdacs:
    def at(self, feeds: FeedServer) -> WarningSource:
        return source_at(feeds, "gdacs-trial", kind=Kind.GDACS, authority="gdacs", countries=[])

    async def test_is_understood_as_it_is_meant(self, crisis: Running, feeds: FeedServer) -> None:
        now = datetime.now(UTC).replace(microsecond=0)
        feeds.show(gdacs(now, "Red"))
        await polled(crisis, self.at(feeds))
        [alert] = await crisis.rows("alert")
        assert (alert.identifier, alert.sent, alert.severity, alert.urgency) == ("GDACS_EQ_1470644", now, "extreme", "immediate")
        assert (alert.expires, alert.trust_tier, alert.source) == (now + timedelta(hours=12), 1, "gdacs-trial")
        [decision] = await crisis.rows("alert_decision")
        assert (decision.level, decision.outcome, decision.reasons) == (4, "waits", ["outside-jurisdiction"])

    async def test_each_modification_is_a_version_of_one_event(self, crisis: Running, feeds: FeedServer) -> None:
        now = datetime.now(UTC).replace(microsecond=0)
        for minutes, level in ((30, "Green"), (10, "Orange"), (0, "Red")):
            feeds.show(gdacs(now - timedelta(minutes=minutes), level))
            await polled(crisis, self.at(feeds))
        alerts = await crisis.rows("alert order by sent")
        assert [(one.severity, one.state) for one in alerts] == [("minor", "superseded"), ("severe", "superseded"), ("extreme", "standing")]

    async def test_a_small_event_out_at_sea_wakes_nobody(self, crisis: Running, feeds: FeedServer) -> None:
        now = datetime.now(UTC).replace(microsecond=0)
        feeds.show(gdacs(now, "Green", iso3=""), gdacs(now, "Red", iso3="", eventid="2"))
        await polled(crisis, self.at(feeds))
        assert await states_of(crisis) == ["set-aside", "quarantined"]

    async def test_its_index_names_the_countries(self, crisis: Running, feeds: FeedServer) -> None:
        feeds.pages["/m.xml"] = gdacs(datetime.now(UTC).replace(microsecond=0), "Orange", iso3="")
        feeds.pages["/feed"] = (
            f"<rss xmlns:gdacs='http://www.gdacs.org'><channel><item><link>{feeds.url}/report</link><gdacs:cap>{feeds.url}/m.xml</gdacs:cap>"
            "<gdacs:iso3>LBN</gdacs:iso3></item></channel></rss>"
        ).encode()
        await polled(crisis, self.at(feeds))
        assert [one.country for one in await crisis.rows("alert_country")] == ["LB"]
        assert feeds.asked("/report") == 0

    async def test_without_its_parameters_it_is_read_as_it_stands(self, crisis: Running, feeds: FeedServer) -> None:
        feeds.show(gdacs(datetime.now(UTC).replace(microsecond=0), "Purple").replace(b"Polygon", b"Saudi Arabia"))
        await polled(crisis, self.at(feeds))
        [alert] = await crisis.rows("alert")
        assert "gdacs-parameters-missing" in alert.defects


class TestSilence:
    async def test_raises_an_alarm_once_and_ends_it(self, crisis: Running, feeds: FeedServer, cap: Cap) -> None:
        source, other = source_at(feeds), source_at(feeds, "sa-other", "/other")
        registry = registry_of(source, other)
        feeds.show(cap(**OFFICIAL))
        await polled(crisis, source)
        async with crisis.sessions.begin() as session:
            await repository.watch_over(session, ["sa-other"], datetime.now(UTC))
        later = datetime.now(UTC) + timedelta(minutes=16)
        for _ in range(2):
            async with crisis.sessions.begin() as session:
                await watching.look_for_silence(session, registry, later)
        assert {one.source for one in await crisis.rows("source_alarm")} == {"sa-trial", "sa-other", None}
        assert len(await told(crisis, "source.silenced")) == 3
        await polled(crisis, source)
        async with crisis.sessions.begin() as session:
            await session.execute(text("update source_state set last_ok = now() + interval '15 minutes' where source = 'sa-trial'"))
        async with crisis.sessions.begin() as session:
            await watching.look_for_silence(session, registry, later)
        assert [one.source for one in await crisis.rows("source_alarm where ended_at is null")] == ["sa-other"]
        assert {one["data"]["source"] for one in await told(crisis, "source.heard")} == {"sa-trial", None}

    async def test_of_nothing_read_at_all_is_noticed_by_the_timer_itself(self, crisis: Running) -> None:
        """The dead man's switch: whoever reads the feeds may be the one who died."""
        registry = registry_of(source_at(FeedServer(port=9)))
        async with crisis.sessions.begin() as session:
            await repository.watch_over(session, ["sa-trial"], datetime.now(UTC) - timedelta(hours=1))
        await watching.keep_watching(crisis.sessions)
        await watching.keep_watching(crisis.sessions)
        [due] = await crisis.rows("timer where kind = 'sources-watch'")
        async with crisis.sessions.begin() as session:
            await watching.watcher(registry)(session, DueTimer(due.id, due.due, due.kind, due.record, due.payload, 0))
        [_, dead] = await crisis.rows("source_alarm order by source")
        assert (dead.source, dead.ended_at) == (None, None)
        assert await crisis.count("timer where kind = 'sources-watch'") in {1, 2}

    def test_only_polled_sources_of_this_environment_are_watched(self) -> None:
        registry = lists.load(DIRECTORY.sources, "production")
        assert {one.code for one in registry.polled} == {"gdacs", "kw-met-en"}


async def told(crisis: Running, what: str) -> list[dict[str, Any]]:
    async with crisis.sessions() as session:
        rows = await session.execute(text("select convert_from(envelope, 'utf8')::jsonb from outbox order by position"))
        return [one for one in rows.scalars() if one["type"] == f"bd.probashi.crisis.{what}.v1"]
