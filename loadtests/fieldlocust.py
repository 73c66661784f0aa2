"""Team members' phones against a bad line: each deed is offered, with the very same bytes, until a verdict comes back.

`LOADTEST_FIELD`: JSON of {pace_s, batch, deeds, phones: [...]}; what phones were told goes to `LOADTEST_TOLD`.
"""

import random
import time
from typing import Any

import gevent
from locust import FastHttpUser, events, task
from locust.env import Environment
from locust.exception import StopUser

from loadtests import together
from loadtests.fieldwork import envelope, visit

_plan: dict[str, Any] = {}


@events.init.add_listener
def load(environment: Environment, **_: object) -> None:
    _plan.update(together.plan("LOADTEST_FIELD", environment))


class Member(FastHttpUser):
    """One phone with so many visits to tell of, so many at a time."""

    network_timeout = connection_timeout = 60.0

    def on_start(self) -> None:
        self.phone = _plan["phones"].pop()
        self.told: dict[str, Any] = {"device": self.phone["device"], "receipts": {}, "again": 0}
        together.opens.wait()

    @task
    def tell(self) -> None:
        deeds = [visit(self.phone, seq) for seq in range(1, _plan["deeds"] + 1)]
        began = time.monotonic() + random.uniform(0, _plan["pace_s"])
        try:
            for number, start in enumerate(range(0, len(deeds), _plan["batch"])):
                gevent.sleep(max(0.0, began + number * _plan["pace_s"] - time.monotonic()))
                self._until_told(deeds[start : start + _plan["batch"]])
        finally:
            together.done(self.environment, self.told)
        raise StopUser

    def _until_told(self, deeds: list[str]) -> None:
        sent = envelope(self.phone["device"], deeds)
        headers = {"Authorization": f"Bearer {self.phone['token']}", "Content-Type": "application/json"}
        for tries in range(40):
            with self.client.post(
                "/api/v1/sync/push", data=sent, headers=headers, name="push", catch_response=True
            ) as answer:
                answer.success()  # a lost answer is the line's doing; what counts is asked in SQL afterwards
                if answer.status_code == 200:
                    for row in answer.json()["results"]:
                        self.told["receipts"][row["id"]] = [row["receipt"], row["outcome"], row["verdict"]]
                    return
            self.told["again"] += 1
            gevent.sleep(min(2.0, 0.1 * 2**tries))
