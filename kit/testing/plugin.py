"""Fixtures that need nothing but kit; those over PostgreSQL and NATS are in `runner.testing`."""

from collections.abc import Iterator

import pytest

from kit.testing.tokens import TokenIssuer


@pytest.fixture(scope="session")
def tokens() -> Iterator[TokenIssuer]:
    with TokenIssuer() as issuer:
        yield issuer
