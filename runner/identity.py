"""Signs a demo account in as a browser would, without one: authorization code with PKCE through the provider's own form.

Works with the local provider and with Keycloak: it reads the page that it is shown, and knows no path but discovery's.
"""

import base64
import hashlib
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final, Self
from urllib.parse import parse_qs, urlencode, urljoin, urlsplit

import httpx
from lxml import html

REALM_PATH: Final = "/auth/realms/probashi"
NATIVE_REDIRECT: Final = "http://127.0.0.1/callback"
MOST_STEPS: Final = 8
DEADLINE_SECONDS: Final = 15.0


class SignInRefusedError(Exception):
    """The provider gave no token: its own words are the message."""


@dataclass(frozen=True, slots=True)
class Tokens:
    access: str
    identity: str
    refresh: str | None


@dataclass(frozen=True, slots=True)
class Question:
    """One request for a code, and what proves afterwards that the answer is ours."""

    client_id: str
    redirect: str
    state: str
    verifier: str

    @classmethod
    def begin(cls, client_id: str = "cli", redirect: str = NATIVE_REDIRECT) -> Self:
        return cls(client_id, redirect, state=secrets.token_urlsafe(16), verifier=secrets.token_urlsafe(48))

    def parameters(self) -> dict[str, str]:
        """RFC 7636 §4.2, S256."""
        challenge = base64.urlsafe_b64encode(hashlib.sha256(self.verifier.encode()).digest()).rstrip(b"=").decode()
        return {
            "client_id": self.client_id,
            "redirect_uri": self.redirect,
            "response_type": "code",
            "scope": "openid",
            "state": self.state,
            "code_challenge": challenge,
            "code_challenge_method": "S256",
        }

    def code(self, query: str) -> str:
        """Raise `SignInRefusedError` where the answer is an error, or not to this question."""
        answer = parse_qs(query)
        if answer.get("state") != [self.state] or "code" not in answer:
            raise SignInRefusedError(answer.get("error", ["the answer is not to our question"])[0])
        return answer["code"][0]


class Provider:
    """An OpenID provider reached at `base_url`, which need not be the address that it gives itself. The client keeps its cookies."""

    def __init__(self, http: httpx.AsyncClient, base_url: str) -> None:
        self._http = http
        self._base_url = base_url.rstrip("/")
        self._public_origin = ""

    async def endpoint(self, name: str) -> str:
        """Look up `authorization`, `token` or `end_session`."""
        answer = await self._http.get(f"{self._base_url}{REALM_PATH}/.well-known/openid-configuration")
        answer.raise_for_status()
        document: dict[str, object] = answer.json()
        issuer = urlsplit(str(document["issuer"]))
        self._public_origin = f"{issuer.scheme}://{issuer.netloc}"
        return self._reached(str(document[f"{name}_endpoint"]))

    async def code(self, question: Question, account: str, password: str) -> str:
        page = await self.ask(question)
        if isinstance(page, str):  # signed in already
            return question.code(page)
        return await self.answer_page(page, question, account, password)

    async def answer_page(self, page: httpx.Response, question: Question, account: str, password: str) -> str:
        """Fill the form of a page that `ask` gave; gives the code."""
        action, fields = _login_form(page)
        answer = await self._http.post(self._reached(action), data=fields | {"username": account, "password": password})
        outcome = await self._walk(answer, question.redirect)
        if isinstance(outcome, httpx.Response):
            raise SignInRefusedError(_said(outcome))
        return question.code(outcome)

    async def ask(self, question: Question, more: Mapping[str, str] | None = None) -> httpx.Response | str:
        """Give the page that asks who is there, or the answer (a query) where the provider knows that already."""
        query = urlencode(question.parameters() | dict(more or {}))
        return await self._walk(await self._http.get(f"{await self.endpoint('authorization')}?{query}"), question.redirect)

    async def redeem(self, question: Question, code: str, *, secret: str | None = None) -> Tokens:
        form = {"code": code, "redirect_uri": question.redirect, "code_verifier": question.verifier}
        return await self.grant("authorization_code", question.client_id, form, secret=secret)

    async def grant(self, kind: str, client_id: str, form: Mapping[str, str], *, secret: str | None = None) -> Tokens:
        """Raise `SignInRefusedError` where the token endpoint refuses the client, the code or the refresh token."""
        named = {"grant_type": kind, "client_id": client_id, **form}
        auth = httpx.BasicAuth(client_id, secret) if secret else httpx.USE_CLIENT_DEFAULT
        answer = await self._http.post(await self.endpoint("token"), data=named, auth=auth)
        body = answer.json()
        if answer.is_error:
            raise SignInRefusedError(f"{body.get('error')}: {body.get('error_description')}")
        return Tokens(access=body["access_token"], identity=body.get("id_token", ""), refresh=body.get("refresh_token"))

    def _reached(self, url: str) -> str:
        return self._base_url + url.removeprefix(self._public_origin) if url.startswith(f"{self._public_origin}/") else url

    def _keep_cookies(self) -> None:
        # A browser sends Secure cookies to its own machine without TLS, and Keycloak counts on that; httpx does not.
        if urlsplit(self._base_url).hostname in {"127.0.0.1", "localhost"}:
            for cookie in self._http.cookies.jar:
                cookie.secure = False

    async def _walk(self, answer: httpx.Response, redirect: str) -> httpx.Response | str:
        """Follow redirects to the next page, or to the redirect address, whose query is returned."""
        for _ in range(MOST_STEPS):
            self._keep_cookies()
            if not answer.is_redirect:
                return answer
            target = urljoin(str(answer.request.url), answer.headers["location"])
            if target.startswith(f"{redirect}?"):
                return urlsplit(target).query
            answer = await self._http.get(self._reached(target))
        raise SignInRefusedError("the provider redirects without an end")


def _login_form(page: httpx.Response) -> tuple[str, dict[str, str]]:
    here = str(page.request.url)
    for form in html.fromstring(page.content).iter("form"):
        fields = {field.get("name", ""): field.get("value", "") for field in form.iter("input", "button")}
        if "password" in fields:
            return urljoin(here, form.get("action", "")), {name: value for name, value in fields.items() if name and value}
    raise SignInRefusedError(_said(page))


def _said(page: httpx.Response) -> str:
    marked = (mark for mark in html.fromstring(page.content).iter() if _is_refusal(mark.get("role"), mark.get("id")))
    said = " ".join(" ".join(str(part) for part in mark.itertext()) for mark in marked)
    return " ".join(said.split()) or f"the provider answered {page.status_code} without a form to sign in"


def _is_refusal(role: str | None, name: str | None) -> bool:
    """Our own pages mark a refusal as an alert; Keycloak names it by the field."""
    return role == "alert" or (name or "").startswith("input-error")


async def sign_in(base_url: str, account: str, password: str, *, client_id: str = "cli") -> Tokens:
    """Raise `SignInRefusedError` where the provider refuses, `httpx.HTTPError` where it is not reached."""
    async with httpx.AsyncClient(timeout=DEADLINE_SECONDS) as http:
        provider = Provider(http, base_url)
        question = Question.begin(client_id)
        return await provider.redeem(question, await provider.code(question, account, password))


async def access_token(base_url: str, account: str, password: str) -> str:
    """Give a token of five minutes for a demo account; `base_url` is the public one or the provider's own."""
    return (await sign_in(base_url, account, password)).access
