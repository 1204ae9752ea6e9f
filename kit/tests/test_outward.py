"""Requests to strangers' servers, against real ones that hang, lie, flood and lead astray."""

import asyncio
import gzip
import ssl
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager, suppress
from pathlib import Path

import pytest

from kit.outward import Answer, Bounds, Outward, OutwardError, Refused, is_public
from kit.testing.certificates import Authority

Say = Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]]
OK = b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello"
QUICK = Bounds(body=1_000, seconds=1.0)


@asynccontextmanager
async def server(say: Say | bytes, tls: ssl.SSLContext | None = None) -> AsyncIterator[int]:
    """Reads a request's head and answers; yields its port. What it saw lies in `heard`."""

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            heard.append(await reader.readuntil(b"\r\n\r\n"))
            if isinstance(say, bytes):
                writer.write(say)
                await writer.drain()
            else:
                await say(reader, writer)
        except (ConnectionError, asyncio.IncompleteReadError):
            pass  # the client went away, as it is meant to
        finally:
            writer.close()

    heard.clear()
    running = await asyncio.start_server(serve, "127.0.0.1", 0, ssl=tls)
    try:
        yield running.sockets[0].getsockname()[1]
    finally:
        running.close()


heard: list[bytes] = []


@asynccontextmanager
async def outward(**given: object) -> AsyncIterator[Outward]:
    one = Outward(**given)  # type: ignore[arg-type]  # its own arguments
    try:
        yield one
    finally:
        await one.close()


async def got(say: Say | bytes, bounds: Bounds = QUICK) -> Answer:
    async with server(say) as port, outward(is_trial=True) as out:
        return await out.get(f"http://127.0.0.1:{port}/feed", bounds)


async def refusal(say: Say | bytes, bounds: Bounds = QUICK) -> Refused:
    with pytest.raises(OutwardError) as refused:
        await got(say, bounds)
    return refused.value.reason


def answering(*addresses: str) -> Callable[[str, int], Awaitable[Sequence[str]]]:
    async def lookup(_host: str, _port: int) -> Sequence[str]:
        return addresses

    return lookup


async def never_asked(_host: str, _port: int) -> Sequence[str]:
    raise AssertionError("a name was looked up")


class TestAnswers:
    async def test_gives_status_headers_and_body(self) -> None:
        answer = await got(OK)
        assert (answer.status, answer.body) == (200, b"hello")
        assert b"\r\nhost: 127.0.0.1:" in heard[0].lower()
        assert b"cookie" not in heard[0].lower()

    async def test_unpacks(self) -> None:
        packed = gzip.compress(b"a" * 900)
        head = b"HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: %d\r\n\r\n" % len(packed)
        assert (await got(head + packed)).body == b"a" * 900

    async def test_an_error_is_an_answer(self) -> None:
        assert (await got(b"HTTP/1.1 503 No\r\nContent-Length: 0\r\n\r\n")).status == 503

    async def test_keeps_no_cookie(self) -> None:
        async with server(b"HTTP/1.1 200 OK\r\nSet-Cookie: a=b\r\nContent-Length: 0\r\n\r\n") as port, outward(is_trial=True) as out:
            for _ in range(2):
                await out.get(f"http://127.0.0.1:{port}/", QUICK)
        assert len(heard) == 2
        assert b"cookie" not in heard[1].lower()

    async def test_a_post_is_not_led_elsewhere(self) -> None:
        async with server(b"HTTP/1.1 307 No\r\nLocation: /b\r\nContent-Length: 0\r\n\r\n") as port, outward(is_trial=True) as out:
            answer = await out.post(f"http://127.0.0.1:{port}/a", QUICK, b"{}", {"Content-Type": "application/json"})
        assert answer.status == 307
        assert len(heard) == 1


class TestMisbehaving:
    async def test_one_that_hangs(self) -> None:
        async def hang(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            await asyncio.sleep(60)
            writer.write(OK)

        assert await refusal(hang, Bounds(seconds=0.2)) is Refused.TIME

    async def test_one_that_drips(self) -> None:
        async def drip(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 100000\r\n\r\n")
            while True:
                writer.write(b".")
                await writer.drain()
                await asyncio.sleep(0.05)

        assert await refusal(drip, Bounds(seconds=0.3)) is Refused.TIME

    async def test_one_that_promises_more_than_it_sends(self) -> None:
        assert await refusal(b"HTTP/1.1 200 OK\r\nContent-Length: 500\r\n\r\nhello") is Refused.BROKEN

    async def test_one_that_sends_more_than_it_promises(self) -> None:
        assert (await got(b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello" + b"x" * 5_000)).body == b"hello"

    async def test_one_that_never_ends(self) -> None:
        async def flood(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            writer.write(b"HTTP/1.1 200 OK\r\n\r\n")
            while True:
                writer.write(b"x" * 1_000)
                await writer.drain()

        assert await refusal(flood) is Refused.SIZE

    async def test_a_bomb(self) -> None:
        packed = gzip.compress(b"0" * 50_000_000)
        head = b"HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: %d\r\n\r\n" % len(packed)
        assert await refusal(head + packed) is Refused.SIZE

    @pytest.mark.parametrize("encoding", [b"br", b"gzip, gzip", b"gzip"])
    async def test_an_encoding_that_was_not_asked_for_or_is_none(self, encoding: bytes) -> None:
        said = b"HTTP/1.1 200 OK\r\nContent-Encoding: " + encoding + b"\r\nContent-Length: 5\r\n\r\nhello"
        assert await refusal(said) is Refused.ENCODING

    async def test_a_packed_body_that_is_cut_short(self) -> None:
        packed = gzip.compress(bytes(range(256)) * 3)[:-12]
        head = b"HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: %d\r\n\r\n" % len(packed)
        assert await refusal(head + packed) is Refused.BROKEN

    async def test_what_is_no_http(self) -> None:
        assert await refusal(b"SSH-2.0-OpenSSH_9.9\r\n") is Refused.BROKEN

    async def test_nobody_there(self) -> None:
        async with server(OK) as port:
            pass
        async with outward(is_trial=True) as out:
            with pytest.raises(OutwardError) as refused:
                await out.get(f"http://127.0.0.1:{port}/", QUICK)
        assert refused.value.reason is Refused.CONNECTION


class TestLeadsAstray:
    @pytest.mark.parametrize(
        ("location", "reason"),
        [
            ("http://10.0.0.1/", Refused.SCHEME),
            ("https://10.0.0.1/", Refused.PRIVATE),
            ("https://169.254.169.254/latest/meta-data/", Refused.PRIVATE),
            ("https://[::ffff:192.168.0.1]/", Refused.PRIVATE),
            ("file:///etc/passwd", Refused.SCHEME),
            ("ftp://127.0.0.1/", Refused.SCHEME),
            ("https://user:secret@example.org/", Refused.ADDRESS),
            ("/feed", Refused.REDIRECTS),
        ],
    )
    async def test_a_redirect_is_judged_anew(self, location: str, reason: Refused) -> None:
        said = f"HTTP/1.1 302 Found\r\nLocation: {location}\r\nContent-Length: 0\r\n\r\n".encode()
        assert await refusal(said) is reason

    @pytest.mark.parametrize("location", ["https://127.0.0.1/", "https://localhost/", "https://[::1]/", "https://here.test/"])
    async def test_a_redirect_to_ourselves(self, location: str) -> None:
        """In production, where nothing of ours is asked: only the first answer comes from here, for want of a server elsewhere."""
        asked: list[str] = []

        async def ours(host: str, _: int) -> Sequence[str]:
            asked.append(host)
            out._is_trial = len(asked) == 1
            return ["::1"] if host == "[::1]" else ["127.0.0.1"]

        said = f"HTTP/1.1 302 Found\r\nLocation: {location}\r\nContent-Length: 0\r\n\r\n".encode()
        async with server(said) as port, outward(is_trial=True, lookup=ours) as out:
            with pytest.raises(OutwardError) as refused:
                await out.get(f"http://127.0.0.1:{port}/", QUICK)
        assert (refused.value.reason, len(asked)) == (Refused.PRIVATE, 2)

    async def test_a_token_goes_to_no_other_server_than_it_was_meant_for(self) -> None:
        """On the same server it does: its redirect is its own."""
        async with outward(is_trial=True) as out, server(OK) as other:
            for target, carries in ((f"http://127.0.0.1:{other}/b", False), ("/b", True)):
                said = f"HTTP/1.1 302 Found\r\nLocation: {target}\r\nContent-Length: 0\r\n\r\n".encode()
                async with server(said) as port:
                    with suppress(OutwardError):  # the one that leads to itself goes round
                        await out.get(f"http://127.0.0.1:{port}/a", QUICK, {"Authorization": "Bearer secret", "Accept": "audio/ogg"})
                assert b"bearer secret" in heard[0].lower()
                assert (b"bearer secret" in heard[-1].lower(), b"accept: audio/ogg" in heard[-1].lower()) == (carries, True)

    async def test_a_redirect_to_a_host_that_is_not_listed(self) -> None:
        said = b"HTTP/1.1 302 Found\r\nLocation: https://elsewhere.example/\r\nContent-Length: 0\r\n\r\n"
        assert await refusal(said, Bounds(seconds=1, hosts=frozenset({"127.0.0.1"}))) is Refused.HOST

    async def test_a_name_that_changes_its_address_gains_nothing(self, secure: "Secure") -> None:
        """Looked up once: the address that was judged is the one that is connected to, and the certificate is the name's."""
        asked: list[str] = []

        async def rebinding(host: str, _: int) -> Sequence[str]:
            asked.append(host)
            return ["127.0.0.1"] if len(asked) == 1 else ["10.0.0.1"]

        async with server(OK, secure.server) as port, outward(is_trial=True, lookup=rebinding, tls=secure.client) as out:
            answer = await out.get(f"https://feeds.test:{port}/", QUICK)
        assert (answer.body, asked) == (b"hello", ["feeds.test"])
        assert b"host: feeds.test:" in heard[0].lower()

    async def test_a_certificate_of_another_name_is_refused(self, secure: "Secure") -> None:
        async with (
            server(OK, secure.server) as port,
            outward(is_trial=True, lookup=answering("127.0.0.1"), tls=secure.client) as out,
        ):
            with pytest.raises(OutwardError) as refused:
                await out.get(f"https://other.test:{port}/", QUICK)
        assert refused.value.reason is Refused.CERTIFICATE

    async def test_one_private_address_among_public_ones_refuses_all(self) -> None:
        async with outward(lookup=answering("93.184.216.34", "10.0.0.1")) as out:
            with pytest.raises(OutwardError) as refused:
                await out.get("https://feeds.test/", QUICK)
        assert refused.value.reason is Refused.PRIVATE


class TestAddresses:
    @pytest.mark.parametrize(
        "address",
        [
            "127.0.0.1", "10.1.2.3", "172.16.0.1", "192.168.1.1", "169.254.169.254", "100.64.0.1", "0.0.0.0", "224.0.0.1",  # noqa: S104
            "255.255.255.255", "198.18.0.1", "::1", "::", "fe80::1", "fe80::1%eth0", "fc00::1", "ff02::1", "::ffff:127.0.0.1",
            "::ffff:169.254.169.254", "64:ff9b::a00:1", "2002:7f00:1::", "2001:0:1::1", "2001:db8::1", "not an address", "",
        ],
    )  # fmt: skip
    def test_of_our_own_are_never_public(self, address: str) -> None:
        assert not is_public(address)

    @pytest.mark.parametrize("address", ["93.184.216.34", "2606:2800:220:1::1", "::ffff:93.184.216.34"])
    def test_of_others_are(self, address: str) -> None:
        assert is_public(address)

    @pytest.mark.parametrize(
        ("url", "reason"),
        [
            ("http://example.org/", Refused.SCHEME),
            ("https://user@example.org/", Refused.ADDRESS),
            ("https://example.org:22/", Refused.ADDRESS),
            ("https:///x", Refused.ADDRESS),
            ("https://example.org/" + "x" * 3_000, Refused.ADDRESS),
            ("https://2130706433/", Refused.PRIVATE),
            ("https://localhost/", Refused.PRIVATE),
            ("https://[::1]/", Refused.PRIVATE),
            ("gopher://example.org/", Refused.SCHEME),
        ],
    )
    async def test_are_judged_before_anything_is_sent(self, url: str, reason: Refused) -> None:
        async with outward() as out:
            with pytest.raises(OutwardError) as refused:
                await out.get(url, QUICK)
        assert refused.value.reason is reason

    @pytest.mark.parametrize(
        ("url", "reason"),
        [
            ("https://example.org/hook?key=1", None),
            ("https://93.184.216.34:8443/", None),
            ("http://example.org/", Refused.SCHEME),
            ("https://a:b@example.org/", Refused.ADDRESS),
            ("https://example.org:5432/", Refused.ADDRESS),
            ("https://localhost/", Refused.PRIVATE),
            ("https://127.0.0.1/", Refused.PRIVATE),
            ("https://[::ffff:169.254.169.254]/", Refused.PRIVATE),
        ],
    )
    async def test_can_be_judged_without_asking_anybody(self, url: str, reason: Refused | None) -> None:
        async with outward(lookup=never_asked) as out:
            if reason is None:
                out.check(url, QUICK)
                return
            with pytest.raises(OutwardError) as refused:
                out.check(url, QUICK)
        assert refused.value.reason is reason

    async def test_of_our_own_are_taken_on_trial_alone(self) -> None:
        async with outward(is_trial=True) as out:
            out.check("http://127.0.0.1:9/x", QUICK)
            with pytest.raises(OutwardError):
                out.check("https://10.0.0.1/x", QUICK)

    async def test_http_is_taken_where_it_was_agreed(self) -> None:
        async with outward(lookup=answering("10.0.0.1")) as out:
            with pytest.raises(OutwardError) as refused:
                await out.get("http://feeds.test/", Bounds(plain_http=True))
        assert refused.value.reason is Refused.PRIVATE


class Secure:
    def __init__(self, folder: Path) -> None:
        authority = Authority(folder)
        self.server, self.client = authority.server("feeds.test"), authority.client


@pytest.fixture(scope="module")
def secure(tmp_path_factory: pytest.TempPathFactory) -> Secure:
    return Secure(tmp_path_factory.mktemp("tls"))


POSTED = Bounds(body=1_000, seconds=30.0, plain_http=True)


@asynccontextmanager
async def keeping(*, closes: bool = False) -> AsyncIterator[tuple[int, list[bytes]]]:
    """Answers as long as a connection lasts; `closes`: it takes a second request, and goes. Its port, and the hosts asked on each."""
    connections: list[bytes] = []

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        connections.append(b"")
        mine = len(connections) - 1
        try:
            while True:
                head = (await reader.readuntil(b"\r\n\r\n")).lower()
                await reader.readexactly(2)
                if closes and connections[mine]:
                    return
                connections[mine] += head.split(b"host: ")[1].split(b":")[0] + b" "
                writer.write(OK)
                await writer.drain()
        except (ConnectionError, asyncio.IncompleteReadError):
            pass  # the client went away, as it is meant to
        finally:
            writer.close()

    running = await asyncio.start_server(serve, "127.0.0.1", 0)
    try:
        yield running.sockets[0].getsockname()[1], connections
    finally:
        running.close()


class TestKept:
    async def test_one_connection_serves_many_requests_of_one_host_alone(self) -> None:
        async with keeping() as (port, connections), outward(is_trial=True, lookup=answering("127.0.0.1")) as out, out.kept() as kept:
            for host in ("one.example", "one.example", "two.example", "one.example"):
                assert (await kept.post(f"http://{host}:{port}/", POSTED, b"{}")).body == b"hello"
        assert connections == [b"one.example one.example one.example ", b"two.example "]

    async def test_a_server_that_closes_what_was_kept_has_not_failed(self) -> None:
        async with keeping(closes=True) as (port, connections), outward(is_trial=True) as out, out.kept() as kept:
            for _ in range(20):
                assert (await kept.post(f"http://127.0.0.1:{port}/", POSTED, b"{}")).body == b"hello"
        assert len(connections) == 20

    async def test_a_name_that_leads_inside_meanwhile_is_asked_no_more(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr("kit.outward._JUDGED_S", 0.0)
        answers = [["127.0.0.1"], ["10.0.0.1"]]

        async def lookup(_host: str, _port: int) -> Sequence[str]:
            return answers.pop(0)

        async with keeping() as (port, connections), outward(is_trial=True, lookup=lookup) as out, out.kept() as kept:
            await kept.post(f"http://one.example:{port}/", POSTED, b"{}")
            with pytest.raises(OutwardError) as refused:
                await kept.post(f"http://one.example:{port}/", POSTED, b"{}")
        assert refused.value.reason is Refused.PRIVATE
        assert connections == [b"one.example "]
