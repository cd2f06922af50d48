"""The student as it is trained: a BERT, mean pooling, texts in batches of one length."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import torch
from torch import Tensor, nn
from torch.nn.functional import embedding, normalize

from indexer.training.data import DataError

# Sorted by length and cut in chunks of this many texts, little of a batch is padding.
CHUNK = 32
# Lengths are rounded up to a multiple of this many tokens.
_STEP = 8


class Student(nn.Module):
    """A sentence encoder: `texts -> (len(texts), dimension)`, L2-normalised, differentiable."""

    def __init__(self, body: Any, tokenizer: Any, max_tokens: int) -> None:
        super().__init__()
        self.body = body
        self.tokenizer = tokenizer
        self.max_tokens = max_tokens

    @classmethod
    def open(cls, folder: Path, max_tokens: int = 128) -> "Student":
        """Return the student whose weights and tokenizer lie in `folder`."""
        from transformers import AutoModel, AutoTokenizer  # noqa: PLC0415 - seconds of import

        body = AutoModel.from_pretrained(
            folder, local_files_only=True, add_pooling_layer=False, dtype=torch.float32
        )
        tokenizer = AutoTokenizer.from_pretrained(folder, local_files_only=True)
        return cls(body, tokenizer, max_tokens)

    def forward(self, texts: Sequence[str]) -> Tensor:
        """Return the vectors of `texts`, in their order."""
        tokens = self.tokenizer(list(texts), truncation=True, max_length=self.max_tokens)[
            "input_ids"
        ]
        order = sorted(range(len(tokens)), key=lambda n: len(tokens[n]))
        # The words in use are looked up once: the gradient of a look-up is as large as the whole
        # vocabulary, and one for each chunk would cost more than the layers do.
        used, places = torch.unique(
            torch.tensor([token for row in tokens for token in row]), return_inverse=True
        )
        words = self.body.embeddings.word_embeddings(used)
        rows = places.split([len(row) for row in tokens])
        parts = [
            self._encode(words, [rows[n] for n in order[at : at + CHUNK]])
            for at in range(0, len(order), CHUNK)
        ]
        back = torch.empty(len(order), dtype=torch.long)
        back[torch.tensor(order)] = torch.arange(len(order))
        vectors: Tensor = normalize(torch.cat(parts)[back].float(), dim=1)
        return vectors

    def _encode(self, words: Tensor, rows: list[Tensor]) -> Tensor:
        """Return the mean of the last layer over each row's tokens, given as places in `words`."""
        # oneDNN prepares each new shape for longer than it then takes: there are few shapes.
        longest = -(-len(rows[-1]) // _STEP) * _STEP
        places = torch.zeros(CHUNK, longest, dtype=torch.long)
        for number, row in enumerate(rows):
            places[number, : len(row)] = row
        lengths = torch.tensor([len(row) for row in rows] + [1] * (CHUNK - len(rows)))
        mask = torch.arange(places.shape[1])[None, :] < lengths[:, None]
        hidden = self.body(
            inputs_embeds=embedding(places, words), attention_mask=mask.long()
        ).last_hidden_state
        means: Tensor = (hidden * mask.unsqueeze(-1)).sum(1) / lengths[:, None]
        return means[: len(rows)]

    @torch.no_grad()
    def vectors(self, texts: Sequence[str]) -> Tensor:
        """Return the vectors of many texts, dropout off, no gradient."""
        training = self.training
        self.eval()
        # A page of texts at a time: sorted inside it, they need little padding and little memory.
        found = torch.cat([self(texts[at : at + 1024]) for at in range(0, len(texts), 1024)])
        self.train(training)
        return found


def open_student(folder: Path) -> Student:
    """Return the student in `folder`.

    Raises:
        DataError: it holds no model that can be read.
    """
    try:
        return Student.open(folder)
    except (OSError, ValueError) as error:
        raise DataError(f"{folder} holds no model that transformers reads ({error}).") from error
