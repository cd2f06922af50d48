import pytest
import torch
from torch import nn

from indexer.training.average import Average


class Small(nn.Module):
    """A weight and a counter, which is no average of anything."""

    def __init__(self) -> None:
        super().__init__()
        self.weight = nn.Parameter(torch.zeros(2))
        self.register_buffer("steps", torch.tensor(0))

    def set(self, value: float) -> None:
        with torch.no_grad():
            self.weight.fill_(value)
            self.steps.fill_(int(value))


def plain(values: list[float], decay: float) -> float:
    mean = 0.0
    for n, value in enumerate(values, start=1):
        here = min(decay, (1 + n) / (10 + n))
        mean = here * mean + (1 - here) * value
    return mean


@pytest.mark.parametrize("decay", [0.3, 0.998])
def test_it_is_the_moving_average(decay: float) -> None:
    module, values = Small(), [3.0, 1.0, 4.0, 1.0, 5.0, 9.0]
    average = Average(module, decay)
    for value in values:
        module.set(value)
        average.update(module)
    assert average.state["weight"].tolist() == pytest.approx([plain(values, decay)] * 2)
    assert int(average.state["steps"]) == 9


def test_it_is_applied_for_a_while_only() -> None:
    module = Small()
    average = Average(module, 0.5)
    module.set(8)

    def look() -> None:
        with average.applied(module):
            assert module.weight.tolist() == [0, 0]
            raise KeyError

    with pytest.raises(KeyError):
        look()
    assert module.weight.tolist() == [8, 8]


def test_it_goes_on_from_where_it_stopped() -> None:
    module, values = Small(), [2.0, 7.0, 1.0, 8.0]
    average = Average(module, 0.9)
    for value in values[:2]:
        module.set(value)
        average.update(module)
    later = Average(module, 0.9)
    later.resume({name: value.clone() for name, value in average.state.items()}, 2)
    for value in values[2:]:
        module.set(value)
        later.update(module)
    assert later.state["weight"].tolist() == pytest.approx([plain(values, 0.9)] * 2)
