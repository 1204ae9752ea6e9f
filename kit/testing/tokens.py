"""A token issuer for tests: a real RSA key, published over real HTTP, so that verification runs as in production."""

import base64
import json
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, Self

import jwt
from cryptography.hazmat.primitives.asymmetric import rsa
from jwt.algorithms import RSAAlgorithm
from typing_extensions import override

ISSUER = "http://issuer.test/auth/realms/probashi"
AUDIENCE = "probashi"
SECRET = "secret-of-tests"  # noqa: S105  # of every service's client here


def new_key() -> rsa.RSAPrivateKey:
    return rsa.generate_private_key(public_exponent=65537, key_size=2048)


class TokenIssuer:
    """Serves its keys at `jwks_url` while in its `with` block; `fetches` counts how often they were read."""

    issuer = ISSUER
    audience = AUDIENCE

    def __init__(self) -> None:
        self.keys: dict[str, rsa.RSAPrivateKey] = {"first": new_key()}
        self.fetches = 0
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), self._handler())

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self._server.server_port}"

    @property
    def jwks_url(self) -> str:
        return f"{self.url}/certs"

    def __enter__(self) -> Self:
        threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        self._server.shutdown()
        self._server.server_close()

    def token(self, *roles: str, key: str = "first", algorithm: str = "RS256", **claims: Any) -> str:
        """Five minutes long, for `roles`; further claims overwrite the ordinary ones, and one that is None is left out."""
        now = int(time.time())
        name = str(claims.get("sub") or "-".join(roles) or "nobody")
        ordinary: dict[str, Any] = {
            "iss": ISSUER,
            "aud": AUDIENCE,
            "sub": name,
            "azp": "cli",
            "preferred_username": name,
            "iat": now,
            "exp": now + 300,
            "roles": list(roles),
        }
        payload = {name: value for name, value in (ordinary | claims).items() if value is not None}
        signing_key: Any = self.keys[key] if algorithm == "RS256" else ("" if algorithm == "none" else "x" * 64)
        return jwt.encode(payload, signing_key, algorithm=algorithm, headers={"kid": key})

    def _document(self) -> bytes:
        keys = [
            {**json.loads(RSAAlgorithm.to_jwk(private.public_key())), "kid": key_id, "use": "sig", "alg": "RS256"}
            for key_id, private in self.keys.items()
        ]
        return json.dumps({"keys": keys}).encode()

    def _handler(self) -> type[BaseHTTPRequestHandler]:
        issuer = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                issuer.fetches += 1
                body = issuer._document()
                self.send_response(200)
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def do_POST(self) -> None:
                """A service's own token, as the provider grants it to `svc-<name>` by its client credentials."""
                client, _, secret = base64.b64decode(self.headers.get("Authorization", "").removeprefix("Basic ")).decode().partition(":")
                self.rfile.read(int(self.headers.get("Content-Length", 0)))
                granted = {
                    "access_token": issuer.token("service", sub=client, azp=client, districts=["*"], countries=["*"]),
                    "expires_in": 300,
                }
                body = json.dumps(granted if secret == SECRET else {"error": "invalid_client"}).encode()
                self.send_response(200 if secret == SECRET else 401)
                self.send_header("Content-Type", "application/json")
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            @override
            def log_message(self, *_: object) -> None:
                """Silent."""

        return Handler
