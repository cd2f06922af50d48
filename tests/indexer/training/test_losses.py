import math

import pytest
import torch
from torch import Tensor

from indexer.training.losses import ALIKE, NEAR_WEIGHT, TEMPERATURE, answers, contrast, distillation


def unit(rows: int, dimension: int = 5, seed: int = 0) -> Tensor:
    chosen = torch.Generator().manual_seed(seed)
    return torch.nn.functional.normalize(torch.randn(rows, dimension, generator=chosen), dim=1)


def cosine(a: Tensor, b: Tensor) -> float:
    return float(sum(float(x) * float(y) for x, y in zip(a, b, strict=True)))


def softmax_loss(scores: list[float], own: int) -> float:
    return math.log(sum(math.exp(score) for score in scores)) - scores[own]


def test_distillation_is_a_cosine_and_the_order_of_the_batch() -> None:
    student, teacher = unit(4, seed=1), unit(4, seed=2)
    expected = 0.0
    for n in range(4):
        scores = [cosine(student[n], teacher[m]) / TEMPERATURE for m in range(4)]
        expected += 4 * (1 - cosine(student[n], teacher[n])) + softmax_loss(scores, n)
    assert float(distillation(student, teacher)) == pytest.approx(expected / 4, rel=1e-4)


def test_distillation_of_the_teacher_itself_is_only_its_own_crowding() -> None:
    teacher = torch.eye(3)
    assert float(distillation(teacher, teacher)) == pytest.approx(
        math.log(1 + 2 * math.exp(-1 / TEMPERATURE)), abs=1e-6
    )


def plain_contrast(texts: Tensor, owner: list[int], near: Tensor, near_of: list[int]) -> float:
    """The loss as its docstring tells it, one wording after the other."""
    centres = {
        c: torch.nn.functional.normalize(
            sum(texts[n] for n, o in enumerate(owner) if o == c), dim=0
        )
        for c in set(owner)
    }
    total = 0.0
    for anchor, mine in enumerate(owner):
        negatives = [
            math.exp(cosine(texts[anchor], texts[n]) / TEMPERATURE)
            for n, other in enumerate(owner)
            if other != mine and cosine(centres[mine], centres[other]) <= ALIKE
        ]
        for m, of in enumerate(near_of):
            similar = cosine(texts[anchor], near[m])
            if of == mine:
                negatives.append(NEAR_WEIGHT * math.exp(similar / TEMPERATURE))
            elif similar <= ALIKE:
                negatives.append(math.exp(similar / TEMPERATURE))
        positives = [n for n, other in enumerate(owner) if other == mine and n != anchor]
        parts = []
        for n in positives:
            hit = math.exp(cosine(texts[anchor], texts[n]) / TEMPERATURE)
            parts.append(-math.log(hit / (hit + sum(negatives))))
        total += sum(parts) / max(1, len(parts))
    return total / len(owner)


def test_contrast_is_that_of_a_plain_loop() -> None:
    owner, near_of = [7, 7, 7, 2, 2, 9, 9, 4], [7, 2, 4]
    texts, near = unit(8, seed=3), unit(3, seed=4)
    # Cluster 9 may be the intent of cluster 2; a near miss of 2 may be a wording of 7.
    texts[5:7] = texts[3:5]
    near[1] = texts[0]
    found = contrast(texts, torch.tensor(owner), near, torch.tensor(near_of))
    assert float(found) == pytest.approx(plain_contrast(texts, owner, near, near_of), rel=1e-4)


def test_contrast_without_near_misses() -> None:
    owner = [1, 1, 2, 2]
    texts, near = unit(4, seed=5), torch.zeros(0, 5)
    found = contrast(texts, torch.tensor(owner), near, torch.zeros(0, dtype=torch.long))
    assert float(found) == pytest.approx(plain_contrast(texts, owner, near, []), rel=1e-4)


def test_a_near_miss_weighs_more_with_its_own_cluster() -> None:
    texts, near = unit(4, seed=6), unit(1, seed=7)
    owner = torch.tensor([1, 1, 2, 2])
    own, none = (contrast(texts, owner, near, torch.tensor([of])) for of in (1, 3))
    assert float(own) > float(none)


def test_contrast_has_a_gradient_everywhere() -> None:
    texts, near = unit(6, seed=8).requires_grad_(), unit(2, seed=9).requires_grad_()
    contrast(texts, torch.tensor([0, 0, 1, 1, 2, 2]), near, torch.tensor([0, 1])).backward()
    for gradient in (texts.grad, near.grad):
        assert gradient is not None
        assert torch.isfinite(gradient).all()
        assert gradient.abs().sum() > 0


def test_answers_are_contrasted_both_ways() -> None:
    questions, passages = unit(3, seed=10), unit(3, seed=11)
    expected = 0.0
    for n in range(3):
        forwards = [cosine(questions[n], passages[m]) / TEMPERATURE for m in range(3)]
        backwards = [cosine(questions[m], passages[n]) / TEMPERATURE for m in range(3)]
        expected += softmax_loss(forwards, n) + softmax_loss(backwards, n)
    assert float(answers(questions, passages)) == pytest.approx(expected / 6, rel=1e-4)
