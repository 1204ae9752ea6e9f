import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.routes import CAP_BODY, JSON_BODY, TABLE, Credentials, find_route, is_canonical


class TestFindRoute:
    @pytest.mark.parametrize(
        ("path", "service"),
        [
            ("/v1/complaints", "complaints"),
            ("/v1/complaints/7", "complaints"),
            ("/v1/agencies/RL-1", "agencies"),
            ("/v1/returnees", "reintegration"),
            ("/v1/crisis/alerts/1/acknowledgements", "crisis"),
            ("/v1/framework/activities", "monitor"),
            ("/v1/nationals", "registry"),
            ("/v1/partners/organisations", "partners"),
            ("/auth/realms/probashi/protocol/openid-connect/token", "identity"),
            ("/", "portal"),
            ("/complaints/new", "portal"),
            ("/v1x", "portal"),
        ],
    )
    def test_longest_prefix(self, path: str, service: str) -> None:
        route = find_route(path)
        assert route is not None
        assert route.service == service

    @pytest.mark.parametrize(
        "path",
        [
            *("/v1", "/v1/", "/v1/other", "/v1/complaintsx"),
            *("/auth", "/auth/", "/auth/admin", "/auth/realms/master", "/auth/metrics", "/auth/health", "/auth/realms/other", "/auth/new"),
            *("/auth/realms/probashi/clients-registrations/openid-connect", "/auth/realms/probashix"),
        ],
    )
    def test_closed(self, path: str) -> None:
        assert find_route(path) is None

    def test_warnings_may_be_larger(self) -> None:
        alerts, other = find_route("/v1/crisis/alerts"), find_route("/v1/crisis/duty")
        assert (alerts and alerts.max_body, other and other.max_body) == (CAP_BODY, JSON_BODY)

    def test_every_api_row_asks_for_a_token(self) -> None:
        assert all(row.credentials is Credentials.TOKEN for row in TABLE if row.prefix.startswith("/v1"))


class TestIsCanonical:
    @pytest.mark.parametrize("path", [b"/", b"/a", b"/a/", b"/v1/complaints/PRB-7Q2F.x~1", b"/%E0%A6%95", b"/a:b@c,d=e+f", b"/a%20b"])
    def test_taken(self, path: bytes) -> None:
        assert is_canonical(path)

    @pytest.mark.parametrize(
        "path",
        [
            b"",
            b"*",
            b"a",
            b"//",
            b"//evil.test/",
            b"/a//b",
            b"/..",
            b"/a/../b",
            b"/a/..",
            b"/./a",
            b"/a/.",
            b"/%2e%2e/a",
            b"/a/%2E",
            b"/a%2fb",
            b"/a%2Fb",
            b"/a%5cb",
            b"/a\\b",
            b"/a%00",
            b"/a%0d%0aSet-Cookie:x",
            b"/a%7f",
            b"/a%252e%252e",
            b"/a%",
            b"/a%4",
            b"/a%zz",
            b"/a;b/../c",
            b"/a;jsessionid=1",
            b"/%ff",
            b"/%c0%ae%c0%ae/",
            b"/\xe0\xa6\x95",
            b"/a\x00",
            b"/a b",
            b"/" + b"a" * 3000,
        ],
    )
    def test_refused(self, path: bytes) -> None:
        assert not is_canonical(path)

    @given(st.binary(max_size=60).map(lambda tail: b"/" + tail))
    def test_what_is_taken_reads_the_same_decoded(self, path: bytes) -> None:
        if is_canonical(path):
            steps = path.split(b"/")[1:]
            assert b"." not in steps
            assert b".." not in steps
            assert b"" not in steps[:-1]
