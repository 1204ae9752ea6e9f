"""One complaint is one trace, from the door to the monitor, over NATS."""

import json
from uuid import uuid4

import pytest

from kit.testing.collector import Collector
from kit.testing.waiting import until
from runner.demo import DATA, _api
from runner.suite import Suite

SENT = ("complaints", "send complaints.complaint.lodged.v1")
HEARD = ("agencies", "process complaints.complaint.lodged.v1"), ("monitor", "process complaints.complaint.lodged.v1")


async def test_gateway_complaints_nats_agencies_monitor(whole: Suite, collector: Collector) -> None:
    collector.spans.clear()
    body = json.loads((DATA / "20-complaints.json").read_text("utf-8"))["items"][0]["body"]
    async with _api(whole.place) as api:
        await api.post("/v1/complaints", "agent", body, key=str(uuid4()))

    async def whole_trace() -> bool:
        traces = [spans for spans in collector.spans.values() if SENT in spans]
        return any("gateway" in {service for service, _ in spans} and set(HEARD) <= set(spans) for spans in traces)

    await until(whole_trace, expected=True)


@pytest.mark.usefixtures("whole")
async def test_no_span_tells_a_query_or_a_value(collector: Collector) -> None:
    names = {name for spans in collector.spans.values() for _, name in spans}
    assert not [name for name in names if "?" in name or "রহিমা" in name]
