"""A teacher with random weights and a little text, to run the training on in seconds."""

import gzip
import json
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from tests.indexer.models import write_json

DIMENSION = 32
WORDS = {
    "wallet": "钱包",
    "fee": "手续费",
    "password": "密码",
    "transfer": "转账",
    "account": "账户",
    "address": "地址",
    "network": "网络",
    "phone": "手机",
}
VERBS = {"open": "打开", "change": "更改", "find": "查找", "delete": "删除", "send": "发送"}
PARALLEL = [
    {"en": f"{verb} the {word}", "zh": f"{VERBS[verb]}{WORDS[word]}"}
    for verb in VERBS
    for word in WORDS
]
CLUSTERS = [
    {
        "domain": "wallet",
        "topic": word,
        "en": [f"how to {verb} my {word}", f"i want to {verb} a {word}"],
        "zh": [f"怎么{VERBS[verb]}{WORDS[word]}", f"想{VERBS[verb]}{WORDS[word]}"],
        "near": [f"cannot {verb} the {word}"],
        "answer_en": f"press {verb} and choose the {word}",
        "answer_zh": f"点{VERBS[verb]}，选{WORDS[word]}",
    }
    for verb in ("open", "change")
    for word in WORDS
]
PAIRS = [
    {"a": f"the {word}", "b": f"this page tells how to find the {word}", "lang": "en", "kind": "qa"}
    for word in WORDS
]


def write_teacher(folder: Path) -> None:
    """Write a BERT of one layer whose pieces are the words above, letters and endings."""
    import torch
    from tokenizers import Tokenizer, models, normalizers, pre_tokenizers, processors
    from transformers import BertConfig, BertModel

    folder.mkdir(parents=True)
    words = {word for row in PARALLEL for word in row["en"].split()}
    words |= {word for c in CLUSTERS for text in c["en"] for word in text.split()}
    letters = "abcdefghijklmnopqrstuvwxyz0123456789.,?!"
    inside = [f"##{c}" for c in letters] + ["##s", "##ing"]
    pieces = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]", "[unused0]"]
    pieces += [*letters, "ing", "中", *sorted(words - set(letters)), *dict.fromkeys(inside)]
    numbers = {piece: number for number, piece in enumerate(pieces)}
    tokenizer = Tokenizer(models.WordPiece(numbers, unk_token="[UNK]"))
    tokenizer.normalizer = normalizers.BertNormalizer()
    tokenizer.pre_tokenizer = pre_tokenizers.BertPreTokenizer()
    tokenizer.post_processor = processors.TemplateProcessing(
        single="[CLS] $A [SEP]", special_tokens=[("[CLS]", 2), ("[SEP]", 3)]
    )
    # The real teacher's file brings both.
    tokenizer.enable_truncation(16)
    tokenizer.enable_padding(length=16)
    tokenizer.save(str(folder / "tokenizer.json"))
    special = {f"{name}_token": f"[{name.upper()}]" for name in ("pad", "unk", "cls", "sep")}
    write_json(
        folder / "tokenizer_config.json",
        {"tokenizer_class": "PreTrainedTokenizerFast", "model_max_length": 64, **special},
    )
    torch.manual_seed(0)
    config = BertConfig(
        vocab_size=len(pieces),
        hidden_size=DIMENSION,
        num_hidden_layers=1,
        num_attention_heads=2,
        intermediate_size=64,
        max_position_embeddings=64,
        initializer_range=0.5,
    )
    BertModel(config).save_pretrained(folder)


def write_data(folder: Path) -> None:
    """Write a data folder, its clusters, and clusters held back as held.jsonl."""
    write_rows(folder / "parallel" / "small.jsonl.gz", PARALLEL)
    write_rows(folder / "pairs" / "small.jsonl.gz", PAIRS)
    write_rows(folder / "clusters" / "train.jsonl", CLUSTERS[:12])
    write_rows(folder / "held.jsonl", CLUSTERS[12:])


def write_rows(file: Path, rows: Iterable[Mapping[str, Any]]) -> None:
    """Write JSON objects, one a line, packed where the name ends in .gz."""
    text = "".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows)
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_bytes(gzip.compress(text.encode()) if file.suffix == ".gz" else text.encode())
