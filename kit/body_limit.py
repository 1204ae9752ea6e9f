"""No body larger than a service asked for is ever held: the reading stops, and the answer is a problem as any other."""

from starlette.exceptions import HTTPException
from starlette.types import ASGIApp, Message, Receive, Scope, Send


class BodyLimit:
    """Counts what is read, so that a body without a declared length is stopped too."""

    def __init__(self, app: ASGIApp, most: int) -> None:
        self._app = app
        self._most = most

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        declared = next((int(value) for name, value in scope["headers"] if name == b"content-length" and value.isdigit()), 0)
        read = 0

        async def counted() -> Message:
            nonlocal read
            # Raised while the body is read, that is within the app: its handlers make the problem.
            if declared > self._most:
                raise HTTPException(413)
            message = await receive()
            read += len(message.get("body", b""))
            if read > self._most:
                raise HTTPException(413)
            return message

        await self._app(scope, counted, send)
