"""The public page's data, without a token."""

from runner.testing import Running


class TestActivities:
    async def test_all_stand_there_also_without_evidence(self, monitor: Running) -> None:
        answer = (await monitor.client().get("/v1/framework/activities")).json()
        assert len(answer["items"]) == answer["counts"]["found"] == 121
        assert answer["counts"]["claimed"] == 117
        assert {one["evidence"] for one in answer["items"]} == {0}
        assert all(one["title"]["en"] and one["title"]["bn"] for one in answer["items"])

    async def test_of_one_goal(self, monitor: Running) -> None:
        answer = (await monitor.client().get("/v1/framework/activities?goal=6")).json()
        assert {one["goal"] for one in answer["items"]} == {"6"}

    async def test_of_a_goal_that_is_none(self, monitor: Running) -> None:
        answer = await monitor.client().get("/v1/framework/activities?goal=7", headers={"Accept-Language": "bn"})
        assert answer.status_code == 422
        assert answer.json()["errors"][0]["pointer"] == "?goal"
