"""The phone's door: parse, guard, one call, answer. It holds no rule. Its OpenAPI document is made from it."""

from mobile_api.api import document, register

__all__ = ["document", "register"]
