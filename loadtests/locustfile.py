"""The opening minute's other end: everybody starts at once, saves answers a few at a time, hands in. On 127.0.0.1 only.

Each client is one phone of `LOADTEST_PHONES` and writes down what it was told, a JSON line in `LOADTEST_TOLD`.
"""

import random
from typing import Any

import gevent
from locust import FastHttpUser, events, task
from locust.env import Environment
from locust.exception import StopUser

from loadtests import together
from loadtests.opening import BATCH, OPENING_S, QUESTIONS, THINK_S
from loadtests.papers import push

_phones: list[dict[str, str]] = []


@events.init.add_listener
def load(environment: Environment, **_: object) -> None:
    _phones.extend(together.plan("LOADTEST_PHONES", environment))


class Contestant(FastHttpUser):
    """One person with one paper: closed loop, the next deed only after the answer to the last."""

    network_timeout = connection_timeout = 60.0

    def on_start(self) -> None:
        self.phone = _phones.pop()
        self.seq = 0
        self.told: dict[str, Any] = {
            "subject": self.phone["subject"],
            "receipts": {},
            "answers": {},
            "result": None,
        }
        together.opens.wait()

    @task
    def take_part(self) -> None:
        try:
            gevent.sleep(random.uniform(0, OPENING_S))
            self._home()
            self._paper()
        finally:
            together.done(self.environment, self.told)
        raise StopUser

    def _home(self) -> None:
        self.client.get("/api/v1/home", headers=self._headers(), name="home")

    def _paper(self) -> None:
        started = self._do("start", "contest.start", {})
        if not started or not started["result"]:
            return
        attempt = started["result"]["attempt"]
        self.told |= {"attempt": attempt["id"], "started": True}
        questions = attempt["questions"]
        for start in range(0, QUESTIONS - BATCH, BATCH):
            gevent.sleep(random.uniform(*THINK_S))
            self._save(attempt["id"], questions[start : start + BATCH])
        gevent.sleep(random.uniform(*THINK_S))
        self._hand_in(attempt["id"], questions)

    def _save(self, attempt: str, questions: list[dict[str, Any]]) -> None:
        answers = {one["id"]: random.choice(one["options"])["code"] for one in questions}
        if random.random() < 0.2 and self.told["answers"]:  # somebody thinks again
            answers[random.choice(list(self.told["answers"]))] = random.choice("abcd")
        if self._do("save", "contest.answer", {"attempt": attempt, "answers": answers}):
            self.told["answers"] |= answers

    def _hand_in(self, attempt: str, questions: list[dict[str, Any]]) -> None:
        """The whole paper, as the phone hands it in; what was left out is answered now."""
        answers = {one["id"]: random.choice(one["options"])["code"] for one in questions} | self.told[
            "answers"
        ]
        guess = random.randint(0, 400)
        body = {"attempt": attempt, "answers": answers, "prediction": guess}
        row = self._do("hand in", "contest.submit", body)
        if row:
            self.told |= {"answers": answers, "guess": guess, "result": row["result"]["attempt"]["result"]}

    def _do(self, name: str, action: str, body: dict[str, Any]) -> dict[str, Any] | None:
        """The verdict if the deed was taken in; anything else is a failure."""
        self.seq += 1
        sent = push(self.phone["device"], self.phone["activity"], self.seq, action, body)
        with self.client.post(
            "/api/v1/sync/push", data=sent, headers=self._headers(), name=name, catch_response=True
        ) as answer:
            row: dict[str, Any] = (
                answer.json()["results"][0]
                if answer.status_code == 200
                else {"outcome": str(answer.status_code)}
            )
            if row["outcome"] not in ("noted", "counted") or row["verdict"] != "accepted":
                answer.failure(f"{row['outcome']} {row.get('reason')}")
                return None
        self.told["receipts"][row["id"]] = [row["receipt"], row["outcome"]]
        return row

    def _headers(self) -> dict[str, str]:
        return {"Authorization": f"Bearer {self.phone['token']}", "Content-Type": "application/json"}
