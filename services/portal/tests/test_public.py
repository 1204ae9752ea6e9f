"""Somebody without an account, without scripts: tells what happened, gets a number, follows it, adds a paper, asks to withdraw."""

import io
import re
from typing import Any

from PIL import Image

from services.portal.tests.conftest import Browser

SAID: dict[str, Any] = {
    "caller_safe": "no",
    "narrative": "চার মাস বেতন নেই, পাসপোর্ট আটকে রেখেছে",
    "category": "wages",
    "country": "SA",
    "reporter.relation": "self",
    "reporter.phone": "০১৭১২৩৪৫৬৭৮",
    "safe_contact.may_text": "no",
    "began": "1000000000",
}


async def reported(browser: Browser, **changes: Any) -> tuple[str, str]:
    await browser.open("/report")
    await browser.send("/report", SAID | changes)
    assert browser.answer.status_code == 200, browser.words
    form = browser.form("/report/slip")
    return form["reference"][0], form["secret"][0]


async def entered(browser: Browser) -> str:
    reference, secret = await reported(browser)
    await browser.open("/track")
    await browser.send("/track", {"reference": reference, "secret": secret})
    assert browser.path == "/track/status", browser.words
    return reference


def photo() -> bytes:
    out = io.BytesIO()
    Image.new("RGB", (60, 60), "red").save(out, "JPEG")
    return out.getvalue()


class TestReport:
    async def test_gives_reference_and_secret_and_whom_to_call(self, bangla: Browser) -> None:
        reference, secret = await reported(bangla)
        assert reference in bangla.words
        assert re.fullmatch(r"\d{4} \d{4}", secret)
        assert "৯৯৯" in bangla.words
        assert bangla.answer.headers["cache-control"] == "no-store"

    async def test_title_and_address_say_nothing(self, bangla: Browser) -> None:
        await bangla.open("/report")
        assert "<title>ফর্ম – প্রবাসী</title>" in bangla.answer.text
        assert str(bangla.answer.url).endswith("/report")

    async def test_what_is_missing_is_said_and_nothing_typed_is_lost(self, bangla: Browser) -> None:
        await bangla.open("/report")
        await bangla.send("/report", SAID | {"country": ""})
        assert bangla.answer.status_code == 422
        assert bangla.typed("/report", "narrative") == SAID["narrative"]
        await bangla.send("/report", {"country": "SA"})
        assert bangla.answer.status_code == 200

    async def test_old_font_is_asked_about(self, bangla: Browser) -> None:
        await bangla.open("/report")
        await bangla.send("/report", SAID | {"narrative": "gvwjK Avgv‡K gviai K‡i|"})
        assert "মালিক আমাকে মারধর করে।" in bangla.words
        await bangla.send("/report", {"font": "old"})
        assert bangla.answer.status_code == 200
        assert "C-" in bangla.words

    async def test_the_office_it_is_about_is_chosen_and_another_works_on_it(self, browser: Browser, other_browser: Browser) -> None:
        reference, _ = await reported(browser, **{"respondent.office": "wing-SA", "victim.disability": "no"})
        await other_browser.sign_in("wing-riyadh", f"/complaints/{reference}")
        assert other_browser.answer.status_code == 404
        await other_browser.send("/sign-out")
        await other_browser.sign_in("agent", f"/complaints/{reference}")
        assert "Labour Welfare Wing, Riyadh" in other_browser.words

    async def test_an_agency_is_found_by_part_of_its_name(self, browser: Browser) -> None:
        await browser.open("/report")
        await browser.send("/report", SAID | {"find": "no such agency", "action": "find"})
        assert "Nothing was found" in browser.words
        assert browser.typed("/report", "narrative") == SAID["narrative"]

    async def test_a_page_elsewhere_cannot_send_it(self, browser: Browser) -> None:
        forged = await browser.http.post("/report", data=SAID, headers={"Origin": "https://evil.example"})
        assert forged.status_code == 403

    async def test_the_slip_has_the_secret_only_where_it_is_wanted(self, browser: Browser) -> None:
        reference, secret = await reported(browser)
        page = browser.answer
        await browser.send("/report/slip")
        assert reference in browser.words
        assert secret not in browser.words
        assert "complain" not in browser.words.lower()
        assert 'src="data:image/svg+xml' in browser.answer.text
        browser.answer = page
        await browser.send("/report/slip", {"with_secret": "yes"})
        assert secret in browser.words


class TestFollow:
    async def test_shows_what_comes_next_and_until_when(self, bangla: Browser) -> None:
        reference = await entered(bangla)
        assert reference in bangla.words
        assert "৩০ কার্যদিবস" in bangla.words
        assert "কখনের মধ্যে" in bangla.words
        assert bangla.answer.headers["cache-control"] == "no-store"

    async def test_a_wrong_secret_is_said_in_bangla(self, bangla: Browser) -> None:
        reference, _ = await reported(bangla)
        await bangla.open("/track")
        await bangla.send("/track", {"reference": reference, "secret": "০০০০০০০০"})
        assert bangla.answer.status_code == 409
        assert "মিলছে না" in bangla.words

    async def test_a_small_file_goes_without_scripts(self, browser: Browser) -> None:
        await entered(browser)
        sent = await browser.http.post(
            "/track/document", data={"kind": "receipt"}, files={"file": ("a.jpg", photo())}, headers={"Origin": browser.url}
        )
        browser.answer = await browser._follow(sent)
        assert "Your file has arrived." in browser.words
        assert "Receipt," in browser.words

    async def test_a_zip_is_refused_in_clear_words(self, bangla: Browser) -> None:
        await entered(bangla)
        files = {"file": ("a.jpg", b"PK\x03\x04xxxx")}
        bangla.answer = await bangla.http.post("/track/document", files=files, headers={"Origin": bangla.url})
        assert bangla.answer.status_code == 422
        assert "জিপ" in bangla.words

    async def test_a_withdrawal_is_a_wish(self, browser: Browser) -> None:
        await entered(browser)
        await browser.send("/track/withdraw", {"reason": "paid"})
        assert "An officer speaks with you first" in browser.words
        assert "/track/withdraw" not in browser.answer.text

    async def test_is_closed_when_it_is_left(self, browser: Browser) -> None:
        await entered(browser)
        await browser.send("/track/leave")
        assert browser.path == "/"
        assert browser.cookie("following") is None
        await browser.open("/track/status")
        assert "Enter your reference and secret again." in browser.words

    async def test_an_upload_without_entry_goes_nowhere(self, browser: Browser) -> None:
        answer = await browser.http.post("/track/uploads", json={"length": 1}, headers={"Origin": browser.url})
        assert answer.status_code == 409
        assert answer.headers["content-type"] == "application/problem+json"

    async def test_an_officer_sees_the_file_on_the_page_of_the_complaint(self, browser: Browser, other_browser: Browser) -> None:
        reference = await entered(browser)
        await browser.http.post("/track/document", files={"file": ("a.jpg", photo())}, headers={"Origin": browser.url})
        await other_browser.sign_in("agent", f"/complaints/{reference}")
        found = re.search(rf'src="(/complaints/{reference}/files/[0-9a-f-]+)"', other_browser.answer.text)
        assert found is not None
        shown = await other_browser.http.get(found[1])
        assert shown.headers["content-type"] == "image/jpeg"
        assert shown.headers["x-content-type-options"] == "nosniff"
        assert shown.headers["content-security-policy"].startswith("sandbox")

    async def test_an_upload_tells_where_to_go_on(self, browser: Browser) -> None:
        await entered(browser)
        content = photo()
        begun = await browser.http.post("/track/uploads", json={"length": len(content)}, headers={"Origin": browser.url})
        place = f"/track/uploads/{begun.json()['id']}"
        sent = await browser.http.patch(place, content=content[:100], headers={"Upload-Offset": "0", "Origin": browser.url})
        assert (sent.status_code, sent.headers["upload-offset"]) == (204, "100")
        asked = await browser.http.head(place)
        assert (asked.status_code, asked.headers["upload-offset"]) == (200, "100")
        gap = await browser.http.patch(place, content=content[200:], headers={"Upload-Offset": "200", "Origin": browser.url})
        assert (gap.status_code, gap.headers["upload-offset"]) == (409, "100")
        await browser.http.patch(place, content=content[100:], headers={"Upload-Offset": "100", "Origin": browser.url})
        assert (await browser.http.post(f"{place}/completion", headers={"Origin": browser.url})).status_code == 201
