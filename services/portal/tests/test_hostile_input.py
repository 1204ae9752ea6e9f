"""What no page of ours sends: each gets a page that says so, and none an error of ours."""

import pytest

from services.portal.tests.conftest import Browser

ADDRESSES = (
    "/?lang=%00",
    "/framework?goal=%ff",
    "/agencies?query=%00",
    f"/agencies?query={'x' * 3000}",
    "/agencies?query=a&cursor=zzz",
    "/agencies/%20",
    "/complaints?cursor=zzz",
    "/complaints/%F0%9F%92%A9",
    "/complaints/a/slip",
    "/returnees?cursor=1",
    "/alerts?past=maybe",
    "/alerts/123",
    "/alerts/00000000-0000-0000-0000-000000000000",
    "/session/callback?code=%00&state=%C3%A9",
    "/assets/%00",
)
FORM = "application/x-www-form-urlencoded"
BODIES = (
    (FORM, b"\xff\xfe\x00"),
    (FORM, b"narrative=%ff%fe"),
    (FORM, b"a=" + b"x" * 2_000_000),
    (FORM, b"&".join(b"f%d=x" % number for number in range(300))),
    ("application/json", b"{}"),
    ("multipart/form-data; boundary=x", b"--x\r\n"),
    ("multipart/form-data", b"x"),
)


class TestAddresses:
    @pytest.mark.parametrize("account", ["", "agent", "demo-cumilla", "wing-riyadh"])
    async def test_none_is_an_error_of_ours(self, browser: Browser, account: str) -> None:
        if account:
            await browser.sign_in(account)
        answers = {address: (await browser.http.get(address)).status_code for address in ADDRESSES}
        assert {address: code for address, code in answers.items() if code >= 500} == {}


class TestBodies:
    @pytest.mark.parametrize(("kind", "body"), BODIES, ids=range(len(BODIES)))
    @pytest.mark.parametrize("path", ["/complaints/new", "/returnees/new"])
    async def test_none_is_taken_and_none_is_an_error_of_ours(self, browser: Browser, path: str, kind: str, body: bytes) -> None:
        await browser.sign_in("demo-cumilla")
        answer = await browser.http.post(path, content=body, headers={"Content-Type": kind, "Origin": browser.url})
        assert 400 <= answer.status_code < 500

    async def test_a_key_of_the_senders_own_making_is_not_passed_on(self, browser: Browser) -> None:
        await browser.sign_in("agent", "/complaints/new")
        told = {"narrative": "😀\x00", "category": "wages", "country": "SA", "reporter.relation": "self", "key": "é\x00"}
        answer = await browser.press("/complaints/new", told)
        assert answer.status_code == 303
