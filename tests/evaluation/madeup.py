"""Made-up clusters, in which everything is about one thing and no two are about the same."""

import json
from collections.abc import Iterable
from pathlib import Path
from typing import Any

_THINGS = (
    "invoice 发票,parcel 包裹,refund 退款,coupon 优惠券,password 密码,wallet 钱包,ticket 车票,"
    "loan 贷款,router 路由器,salary 工资,passport 护照,camera 相机,helmet 头盔,mattress 床垫,"
    "piano 钢琴,kettle 水壶,umbrella 雨伞,bicycle 自行车,curtain 窗帘,lantern 灯笼,"
    "calendar 日历,dictionary 词典,microphone 话筒,telescope 望远镜"
)
THINGS = tuple(tuple(pair.split()) for pair in _THINGS.split(","))


def cluster(en: str, zh: str) -> dict[str, Any]:
    """Return a cluster about one thing; no wording or answer is part of another."""
    return {
        "domain": "shop",
        "topic": en,
        "en": [
            f"How do I get my {en}?",
            f"my {en} is not here yet",
            f"{en} please, where to apply",
            f"nobody sent the {en} to us",
        ],
        "zh": [
            f"怎样领取{zh}？",
            f"我的{zh}还没收到",
            f"{zh}在哪里申请",
            f"一直没人寄{zh}",
            f"想要{zh}找谁",
        ],
        "near": [f"can a stranger sell that {en}", f"别人能不能卖掉{zh}"],
        "answer_en": f"Every {en} leaves within 3.5 days. Ask at the desk.",
        "answer_zh": f"{zh}会在三天之内发出。请咨询柜台。",
    }


def clusters(count: int, start: int = 0) -> list[dict[str, Any]]:
    """Return `count` clusters, the same ones every time."""
    return [cluster(en, zh) for en, zh in THINGS[start : start + count]]


def write_lines(file: Path, rows: Iterable[dict[str, Any]]) -> Path:
    """Write `rows` as JSON lines and return the file."""
    text = "".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows)
    file.write_text(text, encoding="utf-8")
    return file
