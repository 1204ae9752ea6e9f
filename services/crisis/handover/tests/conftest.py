"""Missions and their officers over the real service."""

from runner.testing import service_fixture

crisis = service_fixture("crisis")
