"""What every visitor asks, in few words, is answered: on our own articles, with the model inside."""

from pathlib import Path

import pytest

from indexer import ModelChoice, build, open_encoder, read_knowledge_base
from server.engine import Assistant, Decision

KB = Path(__file__).parents[2] / "kb"


@pytest.fixture(scope="module")
def assistant(tmp_path_factory: pytest.TempPathFactory) -> Assistant:
    encoder, root = open_encoder(), tmp_path_factory.mktemp("own") / "index"
    build(read_knowledge_base(KB), root, encoder, ModelChoice("bundled"))
    return Assistant.open(root, encoder=encoder)


@pytest.mark.bundled_model
@pytest.mark.parametrize(
    ("question", "article"),
    [
        ("充值未到账", "deposit-not-arrived"),
        ("提现没到账怎么办", "withdraw-not-arrived"),
        ("转账没到账", "transfer-success-not-received"),
        ("助记词丢了怎么办？", "mnemonic-lost"),
        ("zhujici diule zenme ban", "mnemonic-lost"),
        ("忘記密碼怎麼辦", "login-password-forgotten"),
        ("忘记支付密码了", "payment-password-forgotten"),
        ("怎么注销账号", "account-delete"),
        ("gas不足", "fees-insufficient"),
        ("I lost my seed phrase", "mnemonic-lost"),
        ("deposit not credited", "deposit-not-arrived"),
    ],
)
def test_a_head_question_is_answered(assistant: Assistant, question: str, article: str) -> None:
    answer = assistant.ask(question)

    assert (answer.decision, answer.hits[0].article_id) == (Decision.ANSWER, article)
