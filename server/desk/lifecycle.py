"""The states of a ticket, and the ways between them."""

from enum import StrEnum


class Status(StrEnum):
    """Where a ticket stands."""

    OPEN = "open"  # nobody has it yet
    ASSIGNED = "assigned"  # an agent works on it
    WAITING = "waiting"  # for the visitor to reply
    SOLVED = "solved"
    REOPENED = "reopened"  # it was not solved after all


_WAYS: dict[Status, frozenset[Status]] = {
    Status.OPEN: frozenset({Status.ASSIGNED, Status.WAITING, Status.SOLVED}),
    Status.ASSIGNED: frozenset({Status.OPEN, Status.WAITING, Status.SOLVED}),
    Status.WAITING: frozenset({Status.ASSIGNED, Status.OPEN, Status.SOLVED}),
    Status.SOLVED: frozenset({Status.REOPENED}),
    Status.REOPENED: frozenset({Status.ASSIGNED, Status.WAITING, Status.SOLVED}),
}


class TransitionError(Exception):
    """A ticket cannot go from the one status to the other; `allowed` are those that it can."""

    def __init__(self, old: Status, new: Status) -> None:
        self.old, self.new = old, new
        self.allowed = allowed(old)
        listed = ", ".join(status.value for status in self.allowed)
        super().__init__(
            f"A ticket that is {old.value} cannot become {new.value}; it can become: {listed}."
        )


def allowed(old: Status) -> tuple[Status, ...]:
    """Return where a ticket can go from `old`, in the order of `Status`."""
    return tuple(status for status in Status if status in _WAYS[old])


def check(old: Status, new: Status) -> None:
    """Let a ticket go from `old` to `new`; to stay is always allowed.

    Raises:
        TransitionError: there is no such way.
    """
    if new != old and new not in _WAYS[old]:
        raise TransitionError(old, new)


def after_visitor(old: Status, assignee: str | None) -> Status:
    """Return the status once the visitor has written: what was solved is not, who waited works."""
    if old is Status.SOLVED:
        return Status.REOPENED
    if old is Status.WAITING:
        return Status.ASSIGNED if assignee else Status.OPEN
    return old
