"""A running mean of the weights: better than the last ones, at no cost but memory."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import torch
from torch import Tensor


class Average:
    """The exponential moving average of a module's weights (Polyak & Juditsky 1992; `decay` < 1).

    The first steps weigh more, so that the start is soon forgotten: the decay at step n is at most
    (1 + n) / (10 + n).
    """

    def __init__(self, module: Any, decay: float) -> None:
        self._decay = decay
        self._updates = 0
        self.state: dict[str, Tensor] = {
            name: value.detach().clone() for name, value in module.state_dict().items()
        }

    def resume(self, state: dict[str, Tensor], updates: int) -> None:
        """Go on from the mean `state` of `updates` updates."""
        self.state = state
        self._updates = updates

    @torch.no_grad()
    def update(self, module: Any) -> None:
        """Take the module's present weights in."""
        self._updates += 1
        decay = min(self._decay, (1 + self._updates) / (10 + self._updates))
        for name, value in module.state_dict().items():
            if value.is_floating_point():
                self.state[name].lerp_(value.detach(), 1 - decay)
            else:
                self.state[name].copy_(value)

    @contextmanager
    def applied(self, module: Any) -> Iterator[None]:
        """Put the mean into `module` for a while."""
        own = {name: value.detach().clone() for name, value in module.state_dict().items()}
        module.load_state_dict(self.state)
        try:
            yield
        finally:
            module.load_state_dict(own)
