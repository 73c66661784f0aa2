"""The opening minute's other end: everybody hands in a whole paper, each once. Aimed at 127.0.0.1 only."""

import json
import os
from collections.abc import Iterator
from pathlib import Path

from locust import FastHttpUser, constant, events, task
from locust.env import Environment

_pushes: Iterator[str] = iter(())


@events.init.add_listener
def load(environment: Environment, **_: object) -> None:
    global _pushes
    if not (environment.host or "").startswith("http://127.0.0.1:"):
        raise SystemExit("Load tests talk to 127.0.0.1 only.")
    _pushes = iter(Path(os.environ["LOADTEST_PUSHES"]).read_text(encoding="utf-8").splitlines())


class Contestant(FastHttpUser):
    """Sends the next prepared push, again and again until none is left or the time is over."""

    wait_time = constant(0)

    @task
    def hand_in(self) -> None:
        line = next(_pushes, None)
        if line is None:
            self.environment.runner.quit()
            return
        push = json.loads(line)
        headers = {"Authorization": f"Bearer {push['token']}", "Content-Type": "application/json"}
        with self.client.post(
            "/api/v1/sync/push", data=push["body"], headers=headers, catch_response=True
        ) as answer:
            if answer.status_code != 200 or b'"results"' not in (answer.content or b""):
                answer.failure(f"{answer.status_code} {answer.text[:200]}")
