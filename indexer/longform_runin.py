"""Finds where a heading ends that runs into its text without punctuation or a line break.

"#### 徒长的原因由于光照不足,…" → "徒长的原因" | "由于光照不足,…". Nothing marks the place, so
every word boundary is given points for what speaks for it: a word that opens sentences, a subject
that the text takes up again from the heading, a noun that closes headings. The points are hand-set,
on invented headings and on documentation headings that were glued to their first paragraph.
"""

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache, lru_cache
from typing import Any

from indexer.text import HAN, normalise

# What opens a sentence but hardly stands inside a heading, and what may stand in both.
_OPENERS = frozenset(
    "许多 很多 有些 有的 有时 不少 大多数 大部分 部分用户 绝大多数 越来越多 由于 因为 随着 当 "
    "如果 若 假如 一旦 即使 尽管 虽然 虽说 无论 不管 除了 只要 只有 首先 其次 最后 此外 另外 "
    "同时 然而 但是 不过 因此 所以 目前 现在 如今 近年 近几年 近期 最近 一般来说 一般情况 "
    "一般而言 通常 总的来说 总体来说 总而言之 总结而言 总之 综上 概括 根据 按照 面对 为了 对于 "
    "关于 针对 作为 每当 每个 每次 每到 每年 每天 每位 任何 所有 这 那 该 其 它 他们 她 我们 "
    "你 您 大家 人们 本文 本节 下面 以下 如下 例如 比如 俗话 众所周知 研究 调查 数据显示 "
    "毫无疑问 首次 刚 一个 一些 一种 一款 一位 最 要想 若要 要 想 请 通过 有 与其 从 至于 凡 "
    "有关 下表 下图 转到 点击 单击 打开 此 本 默认 绝不 切勿 不要 不同的 良好的 有效的 优秀的 "
    "合理的 专业的 正确的".split()
)
_WEAK_OPENERS = frozenset(
    "在 用户 未来 未 对 以 将 用 把 客户 使用 选择 平台 消费者 企业 公司 为 不 现代 传统 进行 "
    "定期 当前 过去 申请人 家长 读者 顾客 会员 买家 卖家 员工 职工 市面上 事实上 实际上 其实 "
    "人 学习".split()
)
_SEAMS = _OPENERS | _WEAK_OPENERS
# Words that cannot end a heading, those that cannot begin a sentence, and those that want another.
_NO_END = frozenset(
    "的 地 得 和 与 及 以及 或 或者 在 对 对于 为 为了 从 把 被 将 由 向 让 使 给 跟 比 以 于 "
    "之 其 该 这 那 每 各 所 而 且 并 但 因 若 如 当 是 会 可 可以 能 能够 应 应该 需 需要 要 "
    "就 都 也 还 又 再 才 已 已经 正在 很 最 更 较 不 没 没有 有 通常 往往 一般 可能 许多 很多 "
    "有些 不少 一些 大多数 部分 一个 一种 我们 您 你 由于 因为 随着 如果 通过 根据 针对 目前 "
    "首先 未来 不同 良好 有效 合理 越来越多 一旦 首次 所有 任何 大多 多数 这个 这些 本 请 您的 "
    "有关 此 转到 单击 点击".split()
)
_NO_START = frozenset(
    "的 地 得 了 着 过 和 及 及其 以及 或 或者 等 之 们 性 化 者 率 度 所 时 中 里 上 下 内 后 "
    "前 间 并 而 也 都 就 还 才 是 会 能 能够 往往 可能 应 应该 需要 已经 正在 一样 来说 而言 "
    "之间 以后 以前 之后 之前 方面 时候 带来 以上".split()
)
_PREPOSITIONS = frozenset(
    "在 对 从 将 把 被 为 当 向 由 经 随着 由于 通过 根据 按照 关于 针对 要 请 若 可以 我们 您 "
    "你 此".split()
)
# What the heading of a section ends with, whatever its subject.
_CLOSERS = frozenset(
    "简介 介绍 概述 概览 概念 定义 作用 功能 优势 优点 缺点 特点 特征 特性 意义 重要性 必要性 "
    "原因 理由 后果 影响 流程 步骤 用法 方式 方法 办法 技巧 措施 策略 方案 机制 体系 制度 规则 "
    "规定 原则 标准 条件 要求 要点 重点 难点 建议 提示 须知 事项 指南 攻略 教程 问题 疑问 误区 "
    "错误 风险 隐患 挑战 困难 障碍 局限 局限性 趋势 前景 展望 发展 现状 背景 历史 未来 应用 "
    "实践 利用 使用 运用 配合 结合 融合 协作 区别 差异 对比 比较 分类 类型 种类 构成 组成 结构 "
    "架构 原理 能力 技能 效率 质量 水平 服务 支持 保障 保护 管理 处理 控制 维护 保养 培训 激励 "
    "反馈 沟通 体验 满意度 信任 安全 安全性 稳定性 时间 周期 频率 费用 价格 成本 预算 材料 "
    "渠道 途径 工具 资源 承诺 说明 解答 案例 示例 总结 小结 加剧 不足 不明 缓慢 过长 怎么办".split()
)
# Headings that stand alone, whatever follows.
_WHOLE = tuple(
    "引言 前言 导语 序言 背景 概述 简介 小结 总结 结语 结论 结束语 后记 附录 小贴士 温馨提示".split()
)
_CLOSING_SUFFIXES = "化性率度力感慢快高低差多少"
_SUMMARY_OF = re.compile(rf"(?:{'|'.join(_WHOLE)})[与和]")
_PREDICATE = re.compile(
    "[是会将能应需让使有可请]|通常|往往|必须|包括|影响|取决|提供|采用|建议|因为|变得|成为|正|[了着过]"
)
_SENTENCE_END = re.compile(r"[。!?;…]|\.(?:\s|$)")
_PAUSE = re.compile(r"[,、:(。!?;]")
_ADVERBIAL = re.compile(r"(?:时|时候|后|前|中|上|里|下|内|过程中|情况下|方面|来说|而言|之间)[,]")
_COMPARISON = re.compile("(?:相比|不同|相同|一样|类似)$")
_TWICE = re.compile(rf"([{HAN}\w]{{3,}}).*\1")
_HAN_RUN = re.compile(f"[{HAN}]")
_SENTENCE_START = re.compile(r"(?:^|[。！？!?；;\n：:]|\*\*)[\s*\-•]{0,8}(?=\w)")
_PREFIXES = range(2, 7)

_PAIRS = (("(", ")"), ("“", "”"), ("《", "》"), ("「", "」"), ("『", "』"), ("[", "]"))

_LONGEST = 34
_WINDOW = 72
# The points a place needs to be sure of it; fewer do with a lead over the second-best.
_SURE = 3.5
_LIKELY, _LEAD = 2.0, 1.5

_ENGLISH_OPENERS = frozenset(
    "A An The This That These Those It Its We You Your Our They Many Most Some Several Few All "
    "Each Every In On At When While If As Once After Before Since Because To For From With "
    "Without By Although Though However There Here Users User Customers People First Currently "
    "Sometimes Usually Often Please Make Use Open Go Not No One During Unlike Under According "
    "Whether What".split()
)
_TITLE_SMALL = frozenset("a an and as at by for from in of on or the to vs via with your".split())
_ENGLISH_WHOLE = re.compile(
    r"(?:Introduction|Overview|Background|Summary|Conclusions?|Preface)[ :]+(?=[A-Z])"
)
_ENGLISH_LONGEST = 12


@dataclass(frozen=True, slots=True)
class RunIn:
    """A heading and the text it ran into; `sure` where the evidence for the place is strong."""

    heading: str
    body: str
    sure: bool


def openings(text: str) -> Counter[str]:
    """Return how often each string of 2 to 6 characters opens a sentence of `text`."""
    found: Counter[str] = Counter()
    text = text.lower()
    for match in _SENTENCE_START.finditer(text):
        start = match.end()
        found.update(text[start : start + size] for size in _PREFIXES)
    return found


def split(content: str, opened: Mapping[str, int]) -> RunIn | None:
    """Return the most likely cut of `content`, None where no place is possible.

    `opened` are the openings of the whole article: its favourite subjects open this text as well.
    """
    window = content[:_WINDOW]
    if not _HAN_RUN.search(window):
        return _split_english(content)
    plain = "".join(map(_plain, window))
    end = _SENTENCE_END.search(plain)
    limit = min(end.start() if end else len(plain), _LONGEST)
    words = _words(plain)
    scored: list[tuple[float, int]] = []
    place = 0
    for number, word in enumerate(words):
        if 1 < place < limit and plain[place - 1] not in ",、:(":
            scored.append((_points(plain, place, words[:number], word, opened), -place))
        place += len(word)
    if not scored:
        return None
    best, *others = sorted(scored, reverse=True)
    points, place = best[0], -best[1]
    lead = points - (others[0][0] if others else 0.0)
    sure = points >= _SURE or (points >= _LIKELY and lead >= _LEAD)
    return RunIn(content[:place].rstrip(" :：,，"), content[place:].lstrip(), sure)


@lru_cache(maxsize=20_000)
def _plain(character: str) -> str:
    """Return the half-width, simplified, lower-case form where it is one character, too."""
    changed = normalise(character)
    return changed if len(changed) == 1 else " " if character.isspace() else character


def _words(plain: str) -> list[str]:
    """Return the words of `plain`; a set phrase is cut where it hides a seam ("展望" "未来,")."""
    words = []
    for word in _segmenter().cut(plain, HMM=False):
        opener = next((word[n:] for n in range(2, len(word) - 1) if word[n:] in _SEAMS), "")
        if opener:
            words.append(word.removesuffix(opener))
        words.append(opener or word)
    return words


def _points(
    plain: str, place: int, before: Sequence[str], first: str, opened: Mapping[str, int]
) -> float:
    heading, body = plain[:place].rstrip(), plain[place:].lstrip()
    words = [word for word in before if not word.isspace()]
    if not words or not body or not _balanced(heading):
        return -99.0
    spaced = plain[place - 1].isspace() and _HAN_RUN.match(heading[-1]) and _HAN_RUN.match(body)
    return (
        _points_of_body(body, first, opened)
        + _points_of_heading(heading, words)
        + _points_of_echo(heading, body)
        + (5.0 if spaced else 0.0)
    )


def _balanced(heading: str) -> bool:
    return all(heading.count(one) == heading.count(other) for one, other in _PAIRS)


def _points_of_body(body: str, first: str, opened: Mapping[str, int]) -> float:
    points = 0.0
    opener = _longest(_OPENERS, body)
    weak = _longest(_WEAK_OPENERS, body)
    best = opener if len(opener) >= len(weak) else weak
    clause = _PAUSE.split(body, maxsplit=1)[0]
    if opener:
        points += 4.0 if len(opener) > 1 else 2.0
    elif weak:
        points += 1.5
    if best and best == clause:
        points += 3.0
    adverbial = _ADVERBIAL.search(body)
    if adverbial and adverbial.end() <= len(clause) + 1 and (best or adverbial.end() > 5):
        points += 1.5
    if first in _CLOSERS and not best:
        points -= 1.5
    if first in _NO_START:
        points -= 8.0
    if first in ("与", "同"):
        points += 3.0 if _COMPARISON.search(clause) else -1.5
    if not body[0].isalnum() and body[0] not in "“《「『(":
        points -= 8.0
    if len(_SENTENCE_END.split(body, maxsplit=1)[0]) < 4:
        points -= 6.0
    if not _PREDICATE.search(body[:30], 1):
        points -= 1.0
    known = max((size for size in _PREFIXES if opened.get(body[:size], 0) > 1), default=0)
    return points + {0: 0.0, 2: 0.7, 3: 1.2}.get(known, 2.5)


def _points_of_heading(heading: str, words: Sequence[str]) -> float:
    if heading in _WHOLE:
        return 6.0
    points = 0.0
    if words[-1] in _NO_END:
        points -= 7.0
    if _closed(heading):
        points += 2.0
    elif heading[-1] in _CLOSING_SUFFIXES:
        points += 1.0
    if len(heading) > 6 and _SUMMARY_OF.match(heading):
        points -= 2.0
    if (
        len(words) > 1
        and len(words[-1]) == 2
        and words[-1] not in _CLOSERS
        and _closed(heading[: -len(words[-1])])
    ):
        points -= 1.5
    if not _PREPOSITIONS.isdisjoint(words[max(1, len(words) - 3) : -1]):
        points -= 3.0
    if _TWICE.search(heading):
        points -= 2.5
    units = sum(
        1 if _HAN_RUN.match(word[0]) and len(word) == 1 else min(len(word), 4) for word in words
    )
    if units < 4:
        points -= 2.0
    points -= 0.4 * max(0, units - 14)
    if re.search(r"[,;。]", heading):
        points -= 2.0
    if len(words) > 1 and re.search(
        "许多|由于|随着|通常|往往|一般来说|如果|可以|尽管|越来越", heading
    ):
        points -= 2.0
    return points


def _closed(heading: str) -> bool:
    return any(heading[-size:] in _CLOSERS for size in (2, 3))


def _points_of_echo(heading: str, body: str) -> float:
    """Return the points for a subject of the heading that opens the text again."""
    size = 0
    while size < min(len(body), len(heading)) and body[: size + 1] in heading:
        size += 1
    echo = body[:size].rstrip()
    if len(echo) < 2:
        return 0.0
    if heading[-1] + echo in heading:
        return -4.0  # the subject begins further left
    if not heading.startswith(echo) and not heading.endswith(echo):
        return min(0.5 * len(echo), 1.5)
    return min(1.0 + 0.7 * len(echo), 5.0)


def _longest(starts: frozenset[str], text: str) -> str:
    return max((text[:size] for size in range(1, 7) if text[:size] in starts), key=len, default="")


@cache
def _segmenter() -> Any:
    """Return a segmenter with jieba's own dictionary, read past its cache in a shared folder."""
    import jieba  # noqa: PLC0415 - its import takes a while, and few articles need it

    segmenter = jieba.Tokenizer()
    segmenter.FREQ, segmenter.total = segmenter.gen_pfdict(segmenter.get_dict_file())
    segmenter.initialized = True
    return segmenter


def _split_english(content: str) -> RunIn | None:
    """Cut before the capital that opens a sentence: "Slow replies | Many users say …"."""
    alone = _ENGLISH_WHOLE.match(content)
    if alone:
        return RunIn(alone.group().rstrip(" :"), content[alone.end() :], sure=True)
    words = [(m.start(), m.group()) for m in re.finditer(r"\S+", content[: _WINDOW * 3])]
    for number in range(1, min(len(words) - 1, _ENGLISH_LONGEST)):
        (_, before), (start, word), (_, after) = words[number - 1 : number + 2]
        if before[-1] in ",;&" or before.lower() in _TITLE_SMALL or not word[0].isupper():
            continue
        opens = word.rstrip(",") in _ENGLISH_OPENERS
        follows_lower = before[0].islower() or before[-1] in ":)"
        runs_on = after[0].islower() and after not in _TITLE_SMALL
        if (runs_on and (opens or follows_lower)) or (word.endswith(",") and opens):
            return RunIn(content[:start].rstrip(" :"), content[start:], opens)
        if before[-1] in ".!":
            return None
    return None
