"""Whatever agents and visitors do in whatever order: the ticket is where a small model says it is."""

from typing import Any

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule, run_state_machine_as_test

from server.desk import (
    By,
    Desk,
    EventKind,
    NewTicket,
    NotSolvedError,
    Status,
    TransitionError,
)
from tests.desk.conftest import KB, Clock

_AGENTS = st.sampled_from(["ann", "bob"])
_WAYS = {
    "open": {"assigned", "waiting", "solved"},
    "assigned": {"open", "waiting", "solved"},
    "waiting": {"open", "assigned", "solved"},
    "solved": {"reopened"},
    "reopened": {"assigned", "waiting", "solved"},
}


def machine(desk: Desk, clock: Clock) -> type[RuleBasedStateMachine]:
    class Life(RuleBasedStateMachine):
        def __init__(self) -> None:
            super().__init__()
            made = desk.tickets.create(KB, NewTicket("充值没到账", "zh"))
            self.number, self.token = made.ticket.number, made.token
            self.status, self.assignee = "open", None
            self.solved_at: Any = None
            self.score: int | None = None
            self.said: list[tuple[str, str]] = []
            self.path = ["open"]

        def go(self, status: str) -> None:
            if status != self.status:
                self.path.append(status)
                self.solved_at = clock.at if status == "solved" else None
            self.status = status

        @rule(agent=_AGENTS, status=st.sampled_from(list(Status)))
        def set_status(self, agent: str, status: Status) -> None:
            clock.go_on(seconds=1)
            if status != self.status and status.value not in _WAYS[self.status]:
                with pytest.raises(TransitionError):
                    desk.tickets.update(KB, self.number, agent, status=status)
                return
            desk.tickets.update(KB, self.number, agent, status=status)
            self.go(status.value)
            if status is Status.ASSIGNED:
                self.assignee = agent
            elif status is Status.OPEN:
                self.assignee = None

        @rule(agent=_AGENTS, kind=st.sampled_from(["note", "reply"]))
        def say(self, agent: str, kind: str) -> None:
            desk.tickets.update(KB, self.number, agent, **{kind: "x"})
            self.said.append((kind, "agent"))

        @rule()
        def write(self) -> None:
            desk.tickets.write(self.number, self.token, "y")
            self.said.append(("message", "visitor"))
            if self.status == "solved":
                self.go("reopened")
            elif self.status == "waiting":
                self.go("assigned" if self.assignee else "open")

        @rule(score=st.integers(1, 5))
        def rate(self, score: int) -> None:
            if self.status != "solved":
                with pytest.raises(NotSolvedError):
                    desk.tickets.rate(self.number, self.token, score)
                return
            desk.tickets.rate(self.number, self.token, score)
            self.score = score

        @invariant()
        def is_where_the_model_is(self) -> None:
            case = desk.tickets.find(self.number)
            ticket = case.ticket
            assert (ticket.status, ticket.assignee) == (self.status, self.assignee)
            assert (ticket.solved_at, ticket.satisfaction) == (self.solved_at, self.score)
            moves = [e.new for e in case.events if e.kind is EventKind.STATUS]
            assert ["open", *moves] == self.path
            said = [
                (e.kind.value, e.by.value)
                for e in case.events
                if e.kind in (EventKind.NOTE, EventKind.REPLY, EventKind.MESSAGE)
            ]
            assert said == self.said
            assert all(e.actor for e in case.events if e.by is By.AGENT)
            public = desk.tickets.read(self.number, self.token)
            assert not any(e.actor or e.kind is EventKind.NOTE for e in public.events)

    return Life


def test_the_life_of_a_ticket(desk: Desk, clock: Clock) -> None:
    run_state_machine_as_test(
        machine(desk, clock),
        settings=settings(
            max_examples=15,
            stateful_step_count=15,
            deadline=None,
            suppress_health_check=list(HealthCheck),
        ),
    )
