"""What the gateways, a program and its organisation are shown of a quota."""

from collections.abc import Sequence
from datetime import datetime

from services.partners.lists import LISTS
from services.partners.models import Client
from services.partners.quotas.models import Handed, Use
from services.partners.quotas.rules import DAY, MINUTE, Quota, Taken, seconds_left
from services.partners.quotas.schemas import HourOut, LeaseOut, UsageOut, WindowOut


def quota_of(client: Client) -> Quota:
    return Quota(client.per_minute or LISTS.quota.per_minute, client.per_day or LISTS.quota.per_day)


def taken_of(handed: Handed) -> Taken:
    return Taken(handed.minute, handed.in_minute, handed.day, handed.in_day)


def _minute(quota: Quota, taken: Taken, now: datetime) -> WindowOut:
    left = max(0, quota.per_minute - taken.in_minute)
    return WindowOut(limit=quota.per_minute, left=left, resets_in=seconds_left(taken.minute, MINUTE, now))


def _day(quota: Quota, taken: Taken, now: datetime) -> WindowOut:
    return WindowOut(limit=quota.per_day, left=max(0, quota.per_day - taken.in_day), resets_in=seconds_left(taken.day, DAY, now))


def lease_of(client: Client, refusal: str | None, granted: int, taken: Taken, now: datetime) -> LeaseOut:
    return _lease(client.client_id, refusal, granted, quota_of(client), taken, client.origins, now)


def nothing(client_id: str, refusal: str, now: datetime) -> LeaseOut:
    return _lease(client_id, refusal, 0, Quota(0, 0), Taken.none(now), (), now)


def _lease(
    client_id: str, refusal: str | None, granted: int, quota: Quota, taken: Taken, origins: Sequence[str], now: datetime
) -> LeaseOut:
    return LeaseOut.model_validate({
        "client_id": client_id,
        "refusal": refusal,
        "granted": granted,
        "minute": taken.minute,
        "in_minute": _minute(quota, taken, now),
        "in_day": _day(quota, taken, now),
        "origins": [*origins],
    })  # fmt: skip


def usage_of(client: Client, taken: Taken, uses: Sequence[Use], now: datetime) -> UsageOut:
    quota = quota_of(client)
    return UsageOut(
        client_id=client.client_id,
        in_minute=_minute(quota, taken, now),
        in_day=_day(quota, taken, now),
        origins=client.origins,
        hours=[HourOut(**one.model_dump(exclude={"client_id"})) for one in uses],
    )
