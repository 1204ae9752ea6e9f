"""Names of persons for the page of a request."""

from fastapi import Request

from services.portal.people.service import People


def people_of(request: Request) -> People:
    return People(request.state.sessions, request.state.keyring, request.state.language)
