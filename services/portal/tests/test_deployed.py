"""An agency says on its page how the workers are whom it sent; the wing sees who has answered and who has not."""

from services.portal.deployed.rules import whole_list, with_states
from services.portal.tests.conftest import Browser, parsed
from services.portal.tests.test_incidents import act, opened

STATES = [
    {"code": "safe", "name": {"en": "Safe", "bn": "নিরাপদ"}},
    {"code": "help", "name": {"en": "Needs help", "bn": "সাহায্য প্রয়োজন"}},
]


class TestWholeList:
    def test_reads_what_a_spreadsheet_gives_in_either_script(self) -> None:
        text = "Karim\t+96170123456\t\tTyre\t\t২\r\n\r\nRina; ; ; ; ; নিরাপদ\nSelim, 1"
        assert whole_list(text, STATES) == (
            [
                {"name": "Karim", "phone": "+96170123456", "place": "Tyre", "state": "help"},
                {"name": "Rina", "state": "safe"},
                {"name": "Selim", "state": "safe"},
            ],
            [],
        )

    def test_names_the_lines_that_do_not_end_in_a_state(self) -> None:
        assert whole_list("Karim, 1\nRina\nSelim, 9\na,b,c,d,e,f,1", STATES)[1] == [2, 3, 4]

    def test_who_is_not_theirs_is_left_out(self) -> None:
        people = [
            {"id": str(at), "name": at, "phone": None, "passport": None, "place": None, "employer": None, "state": "safe"} for at in "ab"
        ]
        assert with_states(people, {"a": "removed", "b": "help"}) == [{"name": "b", "state": "help"}]


async def test_from_the_wings_question_to_the_agencys_answer(browser: Browser, other_browser: Browser, bangla: Browser) -> None:
    await browser.sign_in("wing-beirut", "/incidents")
    incident = await opened(browser, is_drill="yes")
    await browser.open(f"/incidents/{incident}")
    asked = f"/incidents/{incident}/deployed"
    assert f'href="{asked}"' in browser.answer.text
    await browser.open(asked)
    assert (await browser.send(asked, {"licences": " "})).status_code == 422
    await act(browser, asked, licences="RL-0001, RL-0002")
    assert "Answer awaited" in browser.words

    await bangla.sign_in("agency-one", "/deployed")
    mine = next(link for _, _, link, _ in parsed(bangla.answer.text).iterlinks() if link.startswith("/deployed/"))
    await bangla.open(mine)
    worker = {"name": "Karim Nomuna", "phone": "১২", "state": "help"}
    assert (await bangla.send(f"{mine}/add", worker)).status_code == 422
    assert bangla.typed(f"{mine}/add", "name") == "Karim Nomuna"
    assert 'id="phone-error"' in bangla.answer.text
    await act(bangla, f"{mine}/add", **worker | {"phone": "+96170123456"})
    assert "মিশনে পাঠানো হয়েছে" in bangla.words
    assert (await bangla.send(f"{mine}/list", {"list": "Karim Nomuna"})).status_code == 422
    assert "লাইন ১:" in bangla.words
    await act(bangla, f"{mine}/list", list="Karim Nomuna\tTyre\t৫\nRina Nomuna\t১".replace("\tTyre", "\t\t\tTyre\t"))
    await other_browser.sign_in("agency-one", mine)
    people = other_browser.form(f"{mine}/states")
    karim = next(name for name, chosen in people.items() if chosen == ["not_reached"])
    await act(bangla, f"{mine}/states", **{karim: "help"})
    assert (await other_browser.send(f"{mine}/states", {karim: "removed"})).status_code == 412, "a colleague has answered meanwhile"

    await browser.open(asked)
    assert "Asked: 2. Answered: 1." in browser.words
    assert "Workers: 2; Safe: 1; Needs help: 1" in browser.words
    answer = next(link for _, _, link, _ in parsed(browser.answer.text).iterlinks() if link.startswith("/incidents/deployed/"))
    await browser.open(answer)
    assert browser.words.index("Karim Nomuna") < browser.words.index("Rina Nomuna"), "who needs help stands first"
    assert "Tyre" in browser.words
    await other_browser.open(answer)
    assert other_browser.answer.status_code == 403
