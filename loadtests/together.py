"""What both swarms share: they talk to this machine only, begin together, and write down what each phone was told."""

import json
import os
from pathlib import Path
from typing import Any

import gevent.event
from locust import events
from locust.env import Environment

opens = gevent.event.Event()
_told: list[str] = []


def plan(variable: str, environment: Environment) -> Any:
    """What the environment variable's file says there is to do."""
    if not (environment.host or "").startswith("http://127.0.0.1:"):
        raise SystemExit("Load tests talk to 127.0.0.1 only.")
    return json.loads(Path(os.environ[variable]).read_text(encoding="utf-8"))


@events.spawning_complete.add_listener
def open_the_gate(**_: object) -> None:
    opens.set()


@events.quitting.add_listener
def write_down(**_: object) -> None:
    Path(os.environ["LOADTEST_TOLD"]).write_text("\n".join(_told), encoding="utf-8")


def done(environment: Environment, told: dict[str, Any]) -> None:
    """One phone has finished; the last one ends the run."""
    _told.append(json.dumps(told))
    if len(_told) == environment.parsed_options.num_users:
        environment.runner.quit()
