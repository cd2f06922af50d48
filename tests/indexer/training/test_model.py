from pathlib import Path

import pytest
import torch

from indexer.bert import Bert
from indexer.training import teacher as teachers
from indexer.training.model import CHUNK, Student
from indexer.training.teacher import TeacherError, open_teacher, teacher_folder

TEXTS = ["打开钱包", "", "open the wallet", "a", "怎么 change my password " * 5]


def test_texts_in_batches_have_the_vectors_that_they_are_served_with(start: Path) -> None:
    texts = [f"{text} {n}" for n in range(CHUNK) for text in TEXTS]
    found = Student.open(start).vectors(texts)
    torch.testing.assert_close(
        found, torch.from_numpy(Bert(start, exact=True).encode(texts)), atol=1e-4, rtol=0
    )


def test_the_gradient_reaches_the_words_in_use_only(start: Path) -> None:
    student = Student.open(start)
    student(["打开钱包"]).sum().backward()
    gradient = student.body.embeddings.word_embeddings.weight.grad
    used = set(student.tokenizer("打开钱包")["input_ids"]) | {0}
    touched = set(gradient.abs().sum(1).nonzero().flatten().tolist())
    assert set(student.tokenizer("打开钱包")["input_ids"]) <= touched <= used


def test_vectors_leave_training_as_it_was(start: Path) -> None:
    student = Student.open(start)
    student.train()
    one, other = student.vectors(TEXTS), student.vectors(TEXTS)
    assert torch.equal(one, other)
    assert student.training


def test_a_teacher_of_ones_own_is_opened(teacher: Path) -> None:
    vectors = open_teacher(teacher)(["open the wallet", "fee"])
    assert vectors.shape == (2, 32)
    torch.testing.assert_close(vectors.norm(dim=1), torch.ones(2), atol=1e-3, rtol=0)


def test_without_the_extra_the_teacher_is_told_of(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(teachers, "_PACKAGE", "no_such_teacher")
    with pytest.raises(TeacherError, match=r"pip install 'faq-assistant\[training\]'"):
        teacher_folder()
