"""The identity port: how a sign-in code reaches the person who holds the phone."""

from typing import Protocol


class CodeSender(Protocol):
    """A way to prove that somebody holds a phone number."""

    name: str

    def send(self, phone: str, code: str) -> str | None:
        """Bring `code` to `phone`. Answers text that may be shown on the screen, or None (the rule in production)."""


class ShownOnScreen:
    """The demo's port: no message leaves the machine, the code is shown instead."""

    name = "demo"

    def send(self, phone: str, code: str) -> str | None:
        return code
