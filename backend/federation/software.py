"""Which release this node runs, as its frames say."""

import functools
from importlib.metadata import PackageNotFoundError, version

NAME = "lantoa"


@functools.cache
def software() -> str:
    """'lantoa 0.1.0', without what a build of one's own adds after a plus."""
    return f"{NAME} {release().partition('+')[0]}"


@functools.cache
def release() -> str:
    """'0.1.0'; '0' where it runs from a folder that was never installed."""
    try:
        return version(NAME)
    except PackageNotFoundError:
        return "0"
