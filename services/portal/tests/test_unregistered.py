"""Those who recruit without registration, on pages without scripts: noted, put together by a person, told in public by a judgment."""

from uuid import uuid4

from services.portal.tests.conftest import Browser


def a_number() -> str:
    return f"017{uuid4().int % 10**8:08}"


async def note(browser: Browser, name: str, phone: str, **more: str) -> str:
    """The address of the mention's page."""
    await browser.open("/unregistered/new")
    await browser.send("/unregistered/new", {"name": name, "phone": phone, "district": "BD-08", "source": "complaint", **more})
    assert "/unregistered/mentions/" in browser.path, browser.words
    return browser.path


async def test_from_two_mentions_to_a_person_to_a_judgment_that_who_has_the_number_is_told(browser: Browser, bangla: Browser) -> None:
    phone = a_number()
    await browser.sign_in("decider", "/sign-in?next=/unregistered")
    await note(browser, "Salam Nomuna", phone, processed_by="RL-0001", complaint="C-7K3M-92QX")
    second = await note(browser, "Abdus Salam", phone)
    assert "The same telephone number." in browser.words
    assert "Salam Nomuna" in browser.words
    other = browser.answer.text.split('name="with" type="checkbox" value="')[1].split('"')[0]
    await browser.send(second, {"with": other, "reason": "short"})
    assert browser.answer.status_code == 422
    await browser.send(second, {"with": other, "reason": "Both complaints name the same shop."})
    assert browser.path.startswith("/unregistered/N-"), browser.words
    person = browser.path
    assert "Abdus Salam, Salam Nomuna" in browser.words
    assert "RL-0001: 1" in browser.words

    await browser.open(f"{person}/step")
    await browser.send(f"{person}/step", {"kind": "judged", "outcome": "acquitted", "is_public": "yes", "order_ref": "CMM 12/2026"})
    assert browser.answer.status_code == 409, "nothing less than a conviction or a fine"
    await bangla.open("/agencies")
    await bangla.send("/agencies", {"query": phone})
    assert "CMM" not in bangla.words
    await browser.send(f"{person}/step", {"outcome": "convicted"})
    assert browser.path == person, browser.words
    assert "Told to who has the number" in browser.words
    await bangla.open("/agencies")
    await bangla.send("/agencies", {"query": phone})
    assert "CMM 12/2026" in bangla.words

    link = next(one for one in browser.answer.text.split('"') if "/separate?of=" in one)
    await browser.open(link)
    await browser.send(f"{person}/separate", {"reason": "Another Salam of the same bazaar."})
    assert browser.path == person, browser.words


async def test_a_mention_is_joined_to_somebody_who_is_known(browser: Browser) -> None:
    phone = a_number()
    await browser.sign_in("decider", "/sign-in?next=/unregistered")
    first = await note(browser, "Bokul Nomuna", phone)
    await browser.send(first, {"reason": "The complainant met this person."})
    person = browser.path
    await note(browser, "Bokul Bhai", phone)
    link = next(one for one in browser.answer.text.split('"') if one.startswith(f"{person}/join?of="))
    await browser.open(link)
    await browser.send(f"{person}/join", {"reason": "The same number in both."})
    assert browser.path == person, browser.words
    assert "Bokul Bhai, Bokul Nomuna" in browser.words


async def test_is_found_by_a_number_that_stands_in_no_address(bangla: Browser) -> None:
    phone = a_number()
    await bangla.sign_in("decider", "/sign-in?next=/unregistered")
    await note(bangla, "তপন নমুনা", phone)
    await bangla.open("/unregistered")
    await bangla.send("/unregistered", {"phone": phone})
    assert "তপন নমুনা" in bangla.words
    assert bangla.answer.url.query == b""
    await bangla.send("/unregistered", {"phone": "", "name": ""})
    assert bangla.answer.status_code == 422
    assert "নাম অথবা ফোন নম্বর দিন" in bangla.words


async def test_a_wing_and_a_district_office_note_and_read_nothing(browser: Browser) -> None:
    await browser.sign_in("wing-riyadh", "/sign-in?next=/unregistered/new")
    await browser.send("/unregistered/new", {"phone": a_number(), "country": "SA", "source": "wing"})
    assert "An officer of the ministry decides" in browser.words
    assert (await browser.open("/unregistered")).status_code == 403


async def test_a_supervisor_reads_and_joins_nothing(browser: Browser, other_browser: Browser) -> None:
    await browser.sign_in("decider", "/sign-in?next=/unregistered")
    mention = await note(browser, "Rina Nomuna", a_number())
    await other_browser.sign_in("supervisor", f"/sign-in?next={mention}")
    assert "Rina Nomuna" in other_browser.words
    assert other_browser.asked("/unregistered/mentions/") == []
