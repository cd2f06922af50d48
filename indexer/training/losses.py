"""What the student is trained by: pure functions of vectors."""

import math

import torch
from torch import Tensor
from torch.nn.functional import cross_entropy, log_softmax

TEMPERATURE = 0.05
# A near miss counts as so many chance neighbours in the denominator (Robinson et al., Contrastive
# Learning with Hard Negative Samples, ICLR 2021, weigh negatives by their hardness).
NEAR_WEIGHT = 3.0
# Two clusters, or a cluster and another's near miss, that are this much alike (cosine) may well be
# one intent: they are not pushed apart.
ALIKE = 0.85


def distillation(student: Tensor, teacher: Tensor) -> Tensor:
    """Return how far the student is from the teacher's space: both (n, d), L2-normalised.

    4·(1 − cosine) ties each vector to its place; the contrast over the batch (temperature 0.05)
    keeps the order of neighbours (Reimers & Gurevych, Making Monolingual Sentence Embeddings
    Multilingual using Knowledge Distillation, EMNLP 2020, use the first as a mean squared error).
    """
    similar = student @ teacher.T
    own = torch.arange(len(student))
    return 4 * (1 - similar.diagonal()).mean() + cross_entropy(similar / TEMPERATURE, own)


def contrast(texts: Tensor, clusters: Tensor, near: Tensor, near_of: Tensor) -> Tensor:
    """Return the supervised contrastive loss of paraphrases against near misses.

    `texts` (n, d) with the number of their cluster in `clusters` (n,); `near` (m, d) with the
    cluster that each is a near miss of in `near_of` (m,). For each two wordings of a cluster: the
    log-probability of the one among all texts of other clusters and all near misses, seen from the
    other (Khosla et al., Supervised Contrastive Learning, NeurIPS 2020, equation 2, other positives
    left out of the denominator).
    """
    logits = texts @ texts.T / TEMPERATURE
    same = clusters[:, None] == clusters[None, :]
    with torch.no_grad():
        alike = _alike(texts, clusters)
        own_near = clusters[:, None] == near_of[None, :]
        alike_near = (texts @ near.T > ALIKE) & ~own_near
    negatives = logits.masked_fill(same | alike, -math.inf)
    near_logits = texts @ near.T / TEMPERATURE + own_near * math.log(NEAR_WEIGHT)
    near_logits = near_logits.masked_fill(alike_near, -math.inf)
    rest = torch.logsumexp(torch.cat([negatives, near_logits], dim=1), dim=1)
    positive = same & ~torch.eye(len(texts), dtype=torch.bool)
    losses = torch.nn.functional.softplus(rest[:, None] - logits)
    # Each anchor weighs the same, however many wordings its cluster brought.
    return ((losses * positive).sum(1) / positive.sum(1).clamp(min=1)).mean()


def _alike(texts: Tensor, clusters: Tensor) -> Tensor:
    """Return which texts (n, n) are of different clusters that may be one intent."""
    numbers, place = torch.unique(clusters, return_inverse=True)
    centres = torch.zeros(len(numbers), texts.shape[1]).index_add_(0, place, texts.detach())
    centres = torch.nn.functional.normalize(centres, dim=1)
    close = centres @ centres.T > ALIKE
    alike: Tensor = close[place][:, place] & (place[:, None] != place[None, :])
    return alike


def answers(questions: Tensor, passages: Tensor) -> Tensor:
    """Return the contrast of questions with their passages, both ways: (n, d) each."""
    logits = questions @ passages.T / TEMPERATURE
    forwards = log_softmax(logits, dim=1).diagonal().mean()
    backwards = log_softmax(logits, dim=0).diagonal().mean()
    return -(forwards + backwards) / 2
