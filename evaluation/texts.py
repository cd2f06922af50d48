"""The texts of the report in both languages."""

from indexer.article import Lang

ReportLang = Lang

_ROWS: dict[str, tuple[str, str]] = {
    "title": ("检索评测报告", "Evaluation report"),
    "about": (
        "用一组已知正确答案的问题，检验帮助中心的搜索答得对不对、有没有把握。",
        "How well the help centre's search answers questions whose right answer is known, and how "
        "well it knows when it does not.",
    ),
    "index": ("索引", "Index"),
    "model": ("模型", "Model"),
    "topics": ("问题", "Questions"),
    "topics_of": (
        "共 {topics} 个：{answerable} 个有文章可答，{unanswerable} 个没有",
        "{topics}: {answerable} that an article answers, {unanswerable} that none does",
    ),
    "lexical_only": (
        "编码模型未能加载，本次只用了关键词检索，结果会明显偏低。",
        "The encoder could not be loaded: all answers come from words alone, and the figures are "
        "lower than with it.",
    ),
    "unknown": (
        "题目里写的这些文章不在索引中，相关问题一律计为没找到：",
        "These articles are expected but not in the index; their questions count as missed:",
    ),
    "headline": ("一眼看懂", "At a glance"),
    "card_acc": ("首条命中", "First answer right"),
    "card_acc_note": (
        "在有文章可答的问题里，排第一的就是对的文章",
        "of the questions that an article answers, the right one comes first",
    ),
    "card_precision": ("直接回答的正确率", "Direct answers right"),
    "card_precision_note": (
        "在直接给出答案的问题里，答对的比例",
        "of all answers given directly, so many are right",
    ),
    "card_coverage": ("直接回答的比例", "Answered directly"),
    "card_coverage_note": (
        "在有文章可答的问题里，无需追问或转人工",
        "of the questions that an article answers, without asking back or a hand-off",
    ),
    "card_false": ("不该答却答了", "Answered though nothing fits"),
    "card_false_note": (
        "在没有文章可答的问题里，越低越好",
        "of the questions that no article answers; lower is better",
    ),
    "of": ("共 {n} 题", "of {n}"),
    "interval_note": (
        "括号内是 95% 置信区间：题目越少，区间越宽。",
        "In brackets: the 95 % confidence interval. The fewer the questions, the wider it is.",
    ),
    "decisions": ("每类问题最后怎么处理", "What happened to the questions"),
    "answer": ("直接回答", "answered"),
    "clarify": ("反问确认", "asked back"),
    "handoff": ("转人工", "handed off"),
    "blocked": ("含机密，已拦截", "blocked (secret)"),
    "state_right": ("首条正确", "Right article first"),
    "state_wrong": ("首条错误", "Another article first"),
    "state_none": ("没有文章可答", "No article answers"),
    "ranking": ("找得准不准", "Is the right article found?"),
    "ranking_note": (
        "只统计有文章可答的问题。",
        "Only the questions that an article answers.",
    ),
    "confidence": ("把握准不准", "Is the confidence to be trusted?"),
    "confidence_note": (
        "把握是“首条正确”的概率，连同没有文章可答的问题一起统计；一个语言方向也算上用同一语言提的这类问题。"
        "题型里只有一种问题，所以有几栏空着。",
        "The confidence is the probability that the first article is right, so questions that no "
        "article answers count as well: for a direction, those in the asker's language. A kind of "
        "question holds none of them, which leaves some cells empty.",
    ),
    "unanswerable": ("没有文章可答的问题", "Questions that no article answers"),
    "slice": ("范围", "Slice"),
    "overall": ("全部", "All"),
    "by_lang": ("按提问语言", "By the asker's language"),
    "by_direction": ("按语言方向（提问→文章）", "By direction (question→article)"),
    "by_kind": ("按题型", "By kind of question"),
    "n": ("题数", "n"),
    "zh": ("中文", "Chinese"),
    "en": ("英文", "English"),
    "charts": ("图表", "Charts"),
    "chart_reliability": ("说的把握与实际正确率", "Confidence against accuracy"),
    "chart_reliability_note": (
        "点落在斜线上，说明“八成把握”真的对八成。竖线是 95% 置信区间，底部数字是题数。",
        "Points on the diagonal: what is said with 80 % confidence is right 80 % of the time. "
        "Whiskers are 95 % intervals; the numbers at the bottom count the questions.",
    ),
    "chart_risk": ("答得越多，错得越多？", "The more is answered, the more is wrong"),
    "chart_risk_note": (
        "按把握从高到低依次作答：横轴是作答的比例，纵轴是其中答错的比例。圆点是系统现在的位置。",
        "Questions answered from the most confident on: the share answered, and the share of those "
        "answered wrongly. The dot is where the system stands now.",
    ),
    "chart_histogram": ("把握的分布", "Where the confidence lies"),
    "chart_histogram_note": (
        "理想情况：正确的集中在右边，其余都在左边。",
        "Ideally right answers gather on the right and all others on the left.",
    ),
    "axis_confidence": ("把握", "confidence"),
    "axis_accuracy": ("首条正确率", "first answers right"),
    "axis_answered": ("作答比例", "share answered"),
    "axis_wrong": ("答错比例", "share wrong"),
    "axis_count": ("题数", "questions"),
    "now": ("现在", "now"),
    "data": ("查看数据", "Show the data"),
    "range": ("区间", "Range"),
    "accuracy": ("正确率", "Accuracy"),
    "mean_confidence": ("平均把握", "Mean confidence"),
    "threshold": ("把握门槛", "From confidence"),
    "failures": ("答错的问题", "What went wrong"),
    "failures_note": (
        "每一组都按把握从高到低排列，最该先看最上面的。点开一条可以看原因。",
        "Each list begins with the most confident. Open an entry to see why.",
    ),
    "failures_answered": ("直接答错", "Answered directly, and wrong"),
    "failures_first": (
        "对的文章没排第一（没有直接回答）",
        "The right article was not first (no direct answer was given)",
    ),
    "failures_held": (
        "首条是对的，却没有直接回答",
        "The right article was first, but was not given as the answer",
    ),
    "none_here": ("没有。", "None."),
    "expected": ("应答", "Expected"),
    "got": ("首条", "Got"),
    "matched": ("相近问法", "Matched question"),
    "rival": ("第二名", "Runner-up"),
    "nothing": ("没有文章可答，应转人工", "no article: a person should answer"),
    "no_hits": ("什么也没找到", "nothing was found"),
    "rank": ("排第 {rank}", "rank {rank}"),
    "not_found": ("前 {depth} 名内没有", "not among the first {depth}"),
    "why": ("各项证据对把握的加减（对数几率）", "What each piece of evidence adds (log-odds)"),
    "feature": ("证据", "Evidence"),
    "section": ("小节", "Section"),
    "terms": ("名词解释", "What the figures mean"),
    "term_acc@1": (
        "首条就是对的文章的比例（Success@1）。",
        "Share of questions whose first article is right (Success@1).",
    ),
    "term_recall@10": (
        "对的文章有多少排进了前 10；@1、@3、@5 类推。两篇都对而只列出一篇，计一半。",
        "Share of the right articles among the first 10; likewise @1, @3, @5. Where two are right "
        "and one is listed, a half.",
    ),
    "term_mrr@10": (
        "第一篇对的文章名次的倒数，取平均：第 1 名得 1，第 2 名得 ½。",
        "Mean of 1 / rank of the first right article: 1 for first place, ½ for second.",
    ),
    "term_ndcg@10": (
        "按名次打折的得分，占最好排法的比例。",
        "Gain discounted by rank, as a share of the best possible ranking's.",
    ),
    "term_auroc": (
        "随便拿一个能答的和一个不能答的问题，前者把握更高的概率。0.5 等于瞎猜。",
        "Probability that an answerable question gets more confidence than an unanswerable one. "
        "0.5 is guessing.",
    ),
    "term_ece": (
        "把握与实际正确率平均差多少（10 个等量分箱）。0 最好。",
        "Mean gap between confidence and accuracy over 10 bins of equal mass. 0 is best.",
    ),
    "term_brier": (
        "把握与对错之差的平方，取平均。0 最好。",
        "Mean squared gap between confidence and outcome. 0 is best.",
    ),
    "term_aurc": (
        "上面“答得越多”那条曲线下的面积。0 最好。",
        "Area under the risk-coverage curve. 0 is best.",
    ),
    "term_coverage@p95": (
        "如果要求直接回答的正确率不低于 95%，最多能直接回答多少能答的问题；@p90 类推。",
        "The most of the answerable questions that one confidence threshold can answer with at "
        "least 95 % of all answers right; likewise @p90.",
    ),
}


def texts(lang: ReportLang) -> dict[str, str]:
    """Return the texts in `lang`."""
    place = 0 if lang == "zh" else 1
    return {name: row[place] for name, row in _ROWS.items()}
