"""The articles here are invented: each shows one kind of mess, as long articles are full of it."""

import subprocess
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner
from hypothesis import example, given, settings
from hypothesis import strategies as st

from indexer.article import Section
from indexer.longform import LongArticle, cut, main


def headings(text: str) -> list[str]:
    return [section.heading for section in cut(text).sections]


def texts(text: str) -> dict[str, str]:
    return {section.heading: section.text for section in cut(text).sections}


def letters(text: str) -> str:
    return "".join(filter(str.isalnum, text))


# Title and introduction.


def test_title_is_the_first_heading_and_heads_its_text() -> None:
    assert cut("# 养猫\n猫爱睡觉。\n## 喂食\n一天两顿。") == LongArticle(
        "养猫", (Section("养猫", "猫爱睡觉。"), Section("喂食", "一天两顿。"))
    )


def test_text_before_the_first_heading_bears_the_title() -> None:
    article = cut("陶艺入门\n泥土有自己的脾气,要慢慢来。\n## 工具\n转盘和海绵。")
    assert article.title == "陶艺入门"
    assert article.sections[0] == Section("陶艺入门", "泥土有自己的脾气,要慢慢来。")


def test_long_first_line_is_shortened_at_its_first_sentence() -> None:
    first = "自行车在城市里越来越受欢迎,因为它又快又安静。" + "停车也很方便,几乎不用花钱。" * 4
    article = cut(f"{first}\n## 停放\n放在车棚里。")
    assert article.title == "自行车在城市里越来越受欢迎,因为它又快又安静"
    assert article.sections[0].text == first


def test_long_first_sentence_is_cut_at_a_word() -> None:
    title = cut(
        "Bread that rises overnight in a cold kitchen tastes of more than bread that " * 3
    ).title
    assert len(title) <= 60
    assert title.endswith("…")
    assert title[:-1] in "Bread that rises overnight in a cold kitchen tastes of more than bread"


@pytest.mark.parametrize(
    "junk",
    [
        "高效学习:每天十分钟的秘密 忙碌的人总是没有时间,于是...",
        "Ten secrets every gardener should know before…",
        "好的,以下是您要的文章。",
        "Sure! Here is the article you asked for:",
    ],
)
def test_junk_in_the_first_line_is_no_title_but_is_kept(junk: str) -> None:
    article = cut(f"{junk}\n## 番茄钟\n把时间分成小段。\n## 休息\n每段之后休息。")
    assert article.title == "番茄钟"
    assert [section.heading for section in article.sections] == ["番茄钟", "休息"]
    assert article.sections[0].text == f"{junk}\n\n把时间分成小段。"


@pytest.mark.parametrize("text", ["", " \n\t\n", "---\n***\n", "###", "。\n…", "\ufeff"])
def test_nothing_without_words(text: str) -> None:
    assert cut(text) == LongArticle("", ())


def test_single_line_is_a_section() -> None:
    assert cut("只有这一行") == LongArticle("只有这一行", (Section("只有这一行", "只有这一行"),))


# 1. Headings in mid-line.


@pytest.mark.parametrize(
    ("heading", "body"),
    [
        ("叶片发黄", "许多新手反映,浇水之后叶片会变软。"),
        ("徒长的原因", "由于光照不足,茎会越长越高。"),
        ("换盆的时间", "一般来说,春天最合适。"),
        ("酵母的用法", "酵母要用温水化开,水温不超过四十度。"),
        ("提升睡眠质量", "睡眠质量直接影响第二天的精神。"),
        ("咖啡豆的保存方法", "在保存咖啡豆时,最好用密封的罐子。"),
        ("忘带钥匙的处理", "如果出门忘带钥匙,可以先联系物业。"),
        ("面包机与烤箱的配合", "随着面包机的普及,很多人两样都用。"),
        ("未来展望", "未来,无人驾驶的公交会开到村口。"),
        ("小结", "与邻居相处的问题在每栋楼里都有。"),
        ("结语", "总之,慢慢来比较快。"),
        ("手續費的構成", "許多用戶不知道,快遞費也在其中。"),
        ("Dense crumb", "Many bakers say that the crumb is dense, even after an hour."),
        ("Conclusion", "Practice makes perfect. Keep a notebook."),
    ],
)
@pytest.mark.parametrize("mark", ["### 前面 #### 1. ", "## ", "＃＃ "])
def test_heading_runs_into_its_text(mark: str, heading: str, body: str) -> None:
    article = cut(
        f"# 生活指南\n开头的一句话。\n{mark}{heading}{' ' * heading.isascii()}{body}\n第二段。"
    )
    assert article.sections[1:] == (Section(heading, f"{body}\n\n第二段。"),)


def test_question_in_mid_line_keeps_its_mark() -> None:
    text = "# 换盆\n### 怎么换盆?一般来说,春天最合适。 ### 多久换一次？两年。"
    assert texts(text) == {"怎么换盆?": "一般来说,春天最合适。", "多久换一次？": "两年。"}


def test_unsure_heading_is_a_whole_phrase_and_the_text_keeps_it() -> None:
    line = "猫狗同住慢慢熟悉气味是主人应有的耐心,急不得。第一周分开吃饭。"
    article = cut(f"# 宠物\n## {line}")
    assert article.sections == (Section("猫狗同住慢慢熟悉气味是主人应有的耐心", line),)


def test_several_headings_in_one_line() -> None:
    text = "# 租车 ## 押金 押金在还车后退还。 ## 保险 保险分为两种。 --- ## 取车 带上驾照。"
    assert texts(text) == {
        "押金": "押金在还车后退还。",
        "保险": "保险分为两种。",
        "取车": "带上驾照。",
    }


@pytest.mark.parametrize(
    "line",
    [
        "请打开 https://a.example/#/start?page=2 再登录。",
        "用 `## 注释` 写注释,C## 不是语言。",
        "关注 #春天 和 #花园 两个话题。",
        "排名 #1 的面包店在街角。",
    ],
)
def test_hashes_that_head_nothing(line: str) -> None:
    assert cut(f"# 说明\n{line}").sections == (Section("说明", line),)


# 2. Questions with their answers.


@pytest.mark.parametrize(
    "text",
    [
        "1. 押金多少? 一个月的租金。\n2. 能养狗吗? 不能。",
        "1.押金多少?\n一个月的租金。\n2.能养狗吗?\n不能。",
        "Q: 押金多少?\nA: 一个月的租金。\nQ: 能养狗吗?\nA: 不能。",
        "Q1：押金多少?\nA1：一个月的租金。\nQ2：能养狗吗?\nA2：不能。",
        "问:押金多少?答:一个月的租金。\n问：能养狗吗?\n答：不能。",
        "**Q:** 押金多少?\n**A:** 一个月的租金。\n**Q: 能养狗吗?**\n**A: 不能。**",
        "Q: 押金多少? A: 一个月的租金。 Q: 能养狗吗? A: 不能。",
        "租房 1. 押金多少? 一个月的租金。 2. 能养狗吗? 不能。",
        "押金多少?\n一个月的租金。\n能养狗吗?\n不能。",
    ],
)
def test_questions_and_answers(text: str) -> None:
    assert texts(f"# 租房\n{text}") == {"押金多少?": "一个月的租金。", "能养狗吗?": "不能。"}


def test_question_without_its_mark_is_one_where_an_answer_follows() -> None:
    assert texts("# 地铁\n问:能不能带鱼\n答:装好水就可以。") == {"能不能带鱼": "装好水就可以。"}


def test_rhetorical_question_within_a_paragraph_is_text() -> None:
    text = "为什么要热身?因为肌肉需要血液。"
    assert cut(f"# 跑步\n{text}").sections == (Section("跑步", text),)


# 3. Lists of questions.

CAMPING = "# 露营\n## 天气\n山里夜晚很冷。\n"


@pytest.mark.parametrize(
    "listed",
    [
        "## 可能相关的问题 1. 要防潮垫吗? 2. 睡袋怎么洗?",
        "## 相关问题 1. **要防潮垫吗?** 2. **睡袋怎么洗?** ---",
        "可能的相关问题\n- 要防潮垫吗?\n- 睡袋怎么洗?",
        "## 您也许想知道\n1. 要防潮垫吗?\n2. 睡袋怎么洗?",
        "常见问题：\n• 要防潮垫吗？\n• 睡袋怎么洗？",
    ],
)
def test_list_of_questions_answered_below_is_dropped(listed: str) -> None:
    answers = "要防潮垫吗?\n要,地面很潮,睡在上面容易着凉。\n## 睡袋要怎么洗?\n用手洗。"
    assert texts(f"{CAMPING}{listed}\n{answers}") == {
        "天气": "山里夜晚很冷。",
        "要防潮垫吗?": "要,地面很潮,睡在上面容易着凉。",
        "睡袋要怎么洗?": "用手洗。",
    }


def test_blank_headings_answer_the_questions_in_their_order() -> None:
    text = CAMPING + (
        "### 您可能还想问 1. 要防潮垫吗? 2. 睡袋怎么洗? 3. 炉子能上飞机吗?下面一一说明。\n"
        "###地面到了夜里会返潮。所以最好铺一层。\n"
        "###睡袋的标签上写着洗法。一般用手洗,再平铺晾干:\n1. **浸泡**:十分钟。\n2. **晾干**:两天。\n"
        "###许多航空公司不让带气罐。炉子洗净以后可以托运。\n"
        "### 结语祝您玩得开心。"
    )
    assert texts(text) == {
        "天气": "山里夜晚很冷。\n\n下面一一说明。",
        "要防潮垫吗?": "地面到了夜里会返潮。所以最好铺一层。",
        "睡袋怎么洗?": "睡袋的标签上写着洗法。一般用手洗,再平铺晾干:\n\n"
        "1. **浸泡**:十分钟。\n2. **晾干**:两天。",
        "炉子能上飞机吗?": "许多航空公司不让带气罐。炉子洗净以后可以托运。",
        "结语": "祝您玩得开心。",
    }


def test_hashes_alone_in_their_line_are_blank_headings_too() -> None:
    text = f"{CAMPING}## FAQ\n- 要防潮垫吗?\n- 睡袋怎么洗?\n##\n要。\n##\n用手洗。"
    assert texts(text) == {
        "天气": "山里夜晚很冷。",
        "要防潮垫吗?": "要。",
        "睡袋怎么洗?": "用手洗。",
    }


def test_related_questions_that_nothing_answers_are_no_section() -> None:
    assert headings(f"{CAMPING}## 相关问题\n- 要防潮垫吗?\n- 睡袋怎么洗?") == ["天气"]


def test_other_questions_that_nothing_answers_are_kept_but_are_no_section() -> None:
    article = cut(f"{CAMPING}## 出发之前\n- 门关好了吗?\n- 水带够了吗?\n## 路上\n慢慢走。")
    assert [section.heading for section in article.sections] == ["天气", "路上"]
    assert "出发之前\n\n- 门关好了吗?\n- 水带够了吗?" in article.sections[0].text


def test_questions_within_a_section_stay_in_it() -> None:
    text = "## 检查\n出发之前问问自己:\n- 门关好了吗?\n- 水带够了吗?"
    assert texts(CAMPING + text)["检查"] == "出发之前问问自己:\n\n- 门关好了吗?\n- 水带够了吗?"


# 4. Lists and numberings.


@pytest.mark.parametrize("mark", ["- ", "* ", "• ", "·", "-", "+ "])
def test_bullets_stay_in_their_section(mark: str) -> None:
    text = f"# 泡茶\n需要:\n{mark}茶叶\n{mark}**热水**:九十度\n{mark}时间够吗\n喝之前等三分钟。"
    assert cut(text).sections == (
        Section("泡茶", "需要:\n\n- 茶叶\n- **热水**:九十度\n- 时间够吗\n\n喝之前等三分钟。"),
    )


def test_numbered_headings_with_numbered_lists_below() -> None:
    text = (
        "音乐学校\n"
        "1. 报名的方式\n报名分为两种,线上更快,现场可以咨询:\n"
        "1. 线上:打开页面,填写姓名。\n2. 现场:带证件到前台。\n"
        "2. 费用与退费\n费用按学期收取,规则如下:\n"
        "1. 开课之前:全额退还。\n2. 两周之内:按比例退还。\n"
        "3. 第一种情况的说明:转班\n转班不收费,要提前三天申请。\n"
        "1. 打开应用\n2. 点击转班\n3. 选择班级\n完成以后会收到短信。"
    )
    article = texts(text)
    assert list(article) == ["报名的方式", "费用与退费", "第一种情况的说明:转班"]
    assert article["费用与退费"].endswith("\n\n1. 开课之前:全额退还。\n2. 两周之内:按比例退还。")
    assert article["第一种情况的说明:转班"].endswith(
        "\n\n1. 打开应用\n2. 点击转班\n3. 选择班级\n\n完成以后会收到短信。"
    )


def test_bold_items_with_text_in_their_line_are_a_list() -> None:
    items = "1. **浇水**:两周一次。\n2. **通风**:放在窗边。"
    assert cut(f"# 多肉\n{items}").sections == (Section("多肉", items),)


def test_loose_list_of_short_items_is_a_list() -> None:
    text = "# 泡茶\n\n1. 烧水\n\n2. 放茶叶\n\n3. 倒水\n\n等三分钟就可以喝了,泡得太久会苦。"
    assert headings(text) == ["泡茶"]


def test_items_in_one_line_get_a_line_each() -> None:
    assert texts("# 泡茶\n步骤如下:1. 烧水。 2. 放茶叶。 3. 倒水。")["泡茶"] == (
        "步骤如下:\n\n1. 烧水。\n2. 放茶叶。\n3. 倒水。"
    )


def test_decimal_numbers() -> None:
    text = "1. 概述\n1.1 背景\n城里骑车的人越来越多,停车成了难题。\n1.2 目标\n每个小区都有车位。"
    assert headings(text) == ["背景", "目标"]
    assert headings("# 费率\n3.5 倍的差距\n1.5 元起步,之后按里程收费,夜间另计。") == ["费率"]


# 5. Chinese numerals, 6. missing spaces, 7. full width.


def test_chinese_numerals() -> None:
    text = (
        "第一章 入门\n陶艺没有对错。\n"
        "一、工具\n（一）转盘\n转盘分两种。\n（二）海绵\n吸水用。\n"
        "二、 安全\n烧窑时不要靠近。\n"
        "三、温度 温度超过一千度。\n"
        "第二章：上釉\n釉要搅匀。"
    )
    assert headings(text) == ["入门", "转盘", "海绵", "安全", "温度", "上釉"]


def test_a_list_with_chinese_numerals_is_a_list() -> None:
    text = "# 参观\n一、请勿奔跑。\n二、请勿触摸。\n谢谢配合。"
    assert headings(text) == ["参观"]


@pytest.mark.parametrize("mark", ["", "### "])
def test_steps_stay_together(mark: str) -> None:
    text = f"# 打印机\n## 怎么连接?\n{mark}第一步 打开电源\n按住三秒。\n{mark}第二步 选择网络\n输入密码。"
    assert headings(text) == ["怎么连接?"]
    assert "第二步 选择网络" in texts(text)["怎么连接?"]
    assert headings("# Printer\nStep 1: Switch it on\nHold the key.\nStep 2: Plug in\nDone.") == [
        "Printer"
    ]


@pytest.mark.parametrize(
    "line",
    [
        "##停车",
        "＃＃停车",
        "#停车",
        "２．停车",
        "2.停车",
        "2、停车",
        "二.停车",
        "（二）停车",
        "## 停车 ##",
    ],
)
def test_missing_spaces_and_full_width_marks(line: str) -> None:
    text = f"# 展览\n1.时间\n周二到周日开放,周一闭馆,节日除外。\n{line}\n地下车库可以停车，每小时五元，周末免费。"
    assert texts(text)["停车"] == "地下车库可以停车，每小时五元，周末免费。"


# Bare, bold and underlined headings, English.


def test_bare_short_line_is_a_heading_by_its_shape() -> None:
    text = (
        "# 咖啡\n水温的影响\n水太烫,咖啡会发苦;水太凉,味道出不来。\n"
        "如何选豆子\n浅烘的豆子酸,深烘的豆子苦,先从中烘开始。\n"
        "注意\n不要用开水直接冲,先晾半分钟再倒,小心烫手。"
    )
    assert headings(text) == ["水温的影响", "如何选豆子"]
    assert "注意" in texts(text)["如何选豆子"]


def test_english_article() -> None:
    text = """# Moving plants abroad

Plants need papers. Here is what to do.

## Fees

The inspection costs twenty euros.

1. Getting started

Ask the customs office for the form.

2. Packing

Wrap the roots in wet paper:

* a box with holes
* a label

Why is my parcel late?
Customs checks every parcel with soil in it.

**What to avoid**

Never send plants with soil.

Costs of storage
----------------
Storage is free.

Frame size

The size of the frame depends on the plant and on how long it travels.
"""
    assert headings(text) == [
        "Moving plants abroad",
        "Fees",
        "Getting started",
        "Packing",
        "Why is my parcel late?",
        "What to avoid",
        "Costs of storage",
        "Frame size",
    ]
    assert texts(text)["Packing"] == "Wrap the roots in wet paper:\n\n- a box with holes\n- a label"


def test_wrapped_lines_stay_one_paragraph() -> None:
    body = (
        "Tea leaves are picked by hand in the early morning, when the dew has\n"
        "dried and the leaves are still soft. They are spread out on mats and\n"
        "wither for some hours. After that they are rolled."
    )
    assert cut(f"# Tea\n\n{body}").sections == (Section("Tea", body),)


def test_fenced_code_is_never_cut() -> None:
    code = "```\n# not a heading\n1. why?\n\n---\n## neither\n```"
    assert cut(f"# Set-up\n{code}\n## Use\nRun it.").sections == (
        Section("Set-up", code),
        Section("Use", "Run it."),
    )


def test_rules_are_dropped_and_tables_kept() -> None:
    table = "| a | b |\n|---|---|\n| 1 | 2 |"
    assert texts(f"# 价目\n---\n{table}\n***\n## 停车\n- - -\n免费。") == {
        "价目": table,
        "停车": "免费。",
    }


# Headings above headings.


def test_heading_without_a_text_of_its_own_disappears() -> None:
    assert headings("# 指南\n## 费用\n### 门票\n五十元。\n### 讲解\n免费。") == ["门票", "讲解"]


def test_heading_of_nothing_is_not_lost() -> None:
    assert texts("# 指南\n## 门票\n五十元。\n## 讲解\n## 停车\n免费。") == {
        "门票": "五十元。\n\n讲解",
        "停车": "免费。",
    }


# Any text.

MESS = st.lists(
    st.sampled_from(
        [
            *'#＃ \n\t1２.．、)）(（?？。:：一二A*_-=`~>|•aB客户[]!"…—\r\u3000\u200b\ud800',
            *("## ", "\n\n", "- ", "1. ", "**", "---\n", "```\n", "?\n", "Q: ", "A: "),
            *("许多用户", "如何", "相关问题", "第一步"),
        ]
    ),
    max_size=60,
).map("".join)


@given(MESS | st.text(max_size=200))
@example("## " + "(" * 60 + "。")
@example("1. ?\n1. ?\n##\n##")
def test_any_text_can_be_cut(text: str) -> None:
    article = cut(text)
    assert article == cut(text)
    assert len(article.title) <= 60
    assert bool(article.sections) == bool(article.title)
    assert all(section.heading.strip() and section.text.strip() for section in article.sections)


SENTENCES = (
    "第{}只鸟在树上唱歌。",
    "由于下雨,比赛{}改期。",
    "带上雨伞{}，外面冷！",
    "Bus {} left at noon.",
    "许多人喜欢第{}种茶。",
)
MARKS = [
    "",
    "",
    "# ",
    "## ",
    "#### ",
    "##",
    "1. ",
    "2. ",
    "3、",
    "- ",
    "• ",
    "一、",
    "（二）",
    "> ",
    "① ",
]


@given(
    st.lists(
        st.tuples(
            st.sampled_from(MARKS),
            st.lists(st.sampled_from(SENTENCES), min_size=1, max_size=3),
            st.sampled_from([" ", " ### ", "\n"]),
        ),
        min_size=1,
        max_size=9,
    )
)
@settings(deadline=None)  # the first run-in heading loads the dictionary
def test_no_sentence_is_lost(lines: list[tuple[str, list[str], str]]) -> None:
    written: list[str] = []
    rows = []
    for mark, forms, joint in lines:
        sentences = [form.format(len(written) + 10 + n) for n, form in enumerate(forms)]
        written += sentences
        rows.append(mark + joint.join(sentences))
    sections = cut("\n".join(rows)).sections
    found = letters("".join(section.heading + section.text for section in sections))
    assert [sentence for sentence in written if letters(sentence) not in found] == []


@pytest.mark.parametrize(
    "unit",
    ["#", "## a short heading ", "1. ", "?", "**", "`", "[a](", "<a", "1.1 ", "- ", "客", " "],
)
def test_a_megabyte_of_anything_ends(unit: str) -> None:
    text = unit * (1_000_000 // len(unit))
    assert isinstance(cut(text), LongArticle)


def test_a_megabyte_of_articles_is_cut_throughout() -> None:
    count = 8_000
    text = "".join(
        f"## 第{n}种花的养法许多花友反映,它怕冷。\n- 浇水\n1. 施肥吗?\n春天施肥。\n"
        for n in range(count)
    )
    assert headings(text)[-2:] == [f"第{count - 1}种花的养法", "施肥吗?"]


# The command.


def test_command_prints_the_sections(tmp_path: Path) -> None:
    file = tmp_path / "cats.txt"
    file.write_text("# 养猫\n## 喂食\n一天两顿。", encoding="utf-8")
    result = CliRunner().invoke(main, [str(file)])
    assert result.exit_code == 0
    assert result.output == "# 养猫\n\n## 喂食\n\n一天两顿。\n"


def test_import_loads_no_dictionary() -> None:
    code = "import sys, indexer.longform; sys.exit('jieba' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
