"""What people say around a question: greetings, excuses, thanks, words that fill a pause.

"您好,请问一下怎么提现,谢谢" asks "怎么提现". What is said around it would be searched for as well,
and make a question in few words look like one that the knowledge base hardly knows. Closed lists,
looked for where a text begins and ends only: in its middle the same words may be what is asked.
"""

import re
from dataclasses import dataclass

# What may stand between courtesies. A minus before a figure is a part of what is asked.
_PAUSE = r"(?:[\s,.!?。、~:;—()👋🙏🙂😊]|-(?=\s))"
_LATIN = r"[a-z0-9_'’-]"
# Alone, each of these could begin what is asked ("那个怎么用", "亲友"): a mark has to follow.
_MARK = r"(?=\s*[,.!。、~:;…—])"
_ASKS = (
    r"(?=\s*(?:how|what|what's|why|where|when|which|who|if|whether|is|are|do|does|can|could|i)"
    r"(?![a-z]))"
)

_HELLO_EN = (
    r"(?:hi+|hello+|hey+|helo|hiya|greetings|howdy|yo|dear)"
    r"(?: (?:(?:sir|ladies) (?:or|and|/) (?:madam|gentlemen)|there|all|again|everyone"
    r"|everybody|guys|folks|team|friends?|sir|madam|dear|mate|bro"
    r"|(?:customer )?(?:support|service)(?: team)?))?"
)
_ASKED_EN = (
    r"(?:(?:can|could|would|will) (?:you|u|someone|somebody|anyone|anybody|one of you)"
    r"(?: (?:guys|all))?(?: (?:please|pls|plz|kindly|possibly|maybe))?)"
)
_HELP_EN = r"(?:help|assist)(?: (?:me|us))?(?: out)?(?: (?:please|pls|plz|with this))?"

_OPENINGS_EN = (
    _HELLO_EN,
    r"good (?:morning|afternoon|evening|day)(?: (?:all|everyone|sir|madam|team|guys|to you))?",
    rf"(?:morning|afternoon|evening){_MARK}",
    r"(?:i )?hope (?:(?:you(?: are|'re| all are)?|u|this (?:message|email)|everyone is|all is)"
    r"(?: finds you)?(?: doing)? (?:well|fine|good|okay|great)|you(?:'re| are) having a"
    r" (?:good|nice|great) "
    r"(?:day|week))(?: and safe)?",
    r"how are (?:you|u)(?: (?:all|guys))?(?: (?:doing|today))*(?=\s*[?,.!])",
    r"(?:i(?:'m| am) )?(?:so |very |really )?sorry (?:to|for) (?:bother|trouble|disturb)(?:ing)?"
    r"(?: (?:you|u))?(?: (?:guys|all|again))?(?: but)?",
    r"sorry(?: for the (?:trouble|inconvenience)|, but)",
    rf"(?:sorry|pardon(?: me)?){_MARK}",
    r"excuse me",
    r"i (?:need|require|want|could use|am looking for) (?:some |a little |a bit of |your )?"
    rf"(?:help|assistance|advice|guidance)(?: (?:here|please|with something))?{_MARK}",
    r"(?:a )?(?:random|general|basic|newbie|serious|genuine) question(?:,? but|(?=\s*[:,.;]))",
    r"(?:i(?:'m| am) )?not sure (?:where|who|whom|if|whether) (?:(?:else )?to (?:ask|post)"
    r"|this is the right"
    r" (?:place|person|channel)|i(?:'m| am) in the right place)(?: (?:this|about this|here))?"
    r"(?:,? but)?",
    r"(?:would|do) (?:you|u) mind (?:telling|letting) (?:me|us)(?: know)?",
    r"(?:is it possible|it would be (?:great|nice|helpful) if you could|if you could)(?: please)?"
    r" (?:to )?(?:tell|let) me(?: know)?",
    r"(?:i(?:'m| am) )?(?:new here|(?:a )?(?:newbie|noob|beginner)(?: here)?)(?:,? (?:so|but|and))?"
    rf"(?:{_MARK}|(?=\s))",
    r"(?:many |much )?(?:thanks|thank (?:you|u)|thx|tks)(?: (?:so|very) much| a lot)?(?: in advance"
    rf"| for (?:your|the|any) (?:help|time|reply|support|answer|assistance"
    rf"|quick reply))?(?:,? but|{_MARK})",
    r"please(?: kindly)?(?: (?:tell|advise) me)?",
    r"(?:pls|plz|kindly)(?: (?:tell|advise) me)?",
    rf"{_ASKED_EN} (?:tell|let) (?:me|us)(?: know)?",
    rf"{_ASKED_EN} {_HELP_EN}(?:(?=\s*[?,.!:;]){_PAUSE}|{_ASKS})",
    rf"(?:please|pls|plz) {_HELP_EN}(?=\s*[?,.!:;])",
    rf"(?:i wonder|wondering){_ASKS}",
    r"(?:(?:i )?(?:just )?(?:want|wanted|would like|wanna|like|need)|i'?d(?: just)? like"
    r"|may i|can i"
    r"|could i|let me|just)(?: just)? (?:to )?(?:ask|know|enquire|inquire|check with you)"
    r"(?: (?:you|u|a question|something|one thing))?(?: quickly)?" + rf"(?:(?=\s*[,.:;])|{_ASKS})",
    rf"(?:i (?:was|am)|i'm|just)(?: just)? (?:wondering|curious)(?: if (?:you|someone"
    rf"|anyone) (?:can|could)"
    rf" (?:please )?(?:tell me|help me|help)|{_ASKS}|(?=\s*[,.:;]))",
    rf"(?:do (?:you|u)|does any(?:one|body)|any(?:one|body)|some(?:one|body)|(?:do )?(?:you"
    rf"|u) guys)"
    rf"(?: happen to)? know{_ASKS}",
    r"(?:i(?:'ve| have| got|'ve got)? )?(?:just )?(?:a |one )?(?:quick |small |simple "
    r"|silly |dumb |stupid |noob )?"
    r"question(?: for you)?(?=\s*[:,.;!-])",
    r"(?:u+[hm]+|h+m+|e+r+m*|a+h+|o+h+)",
    r"(?:ok|okay|well|right|alright),? so",
    rf"(?:so|like)(?:{_MARK}|{_ASKS})",
    r"so (?:basically|like|yeah)",
    r"(?:basically|actually|honestly)",
    rf"(?:well|anyway|anyways|look|listen|yeah|alright){_MARK}",
    r"(?:you|ya|y') ?know(?! (?:your|any|about|the|my))",
    r"i mean",
    r"long story short",
)
_YOU = "[您你]们?"
_BIT = "(?:一下下?|一?下儿?|一声|一句|个问题|个事儿?|问)"
_OPENINGS_ZH = (
    r"(?:[你您]们?|妳)好(?!像|吗|多|几|久|不|用|意思)(?:啊|呀|哇|哈)?",
    r"(?:大家|各位(?:老师|大佬|大神|朋友)?|老师|客服|亲们?|朋友们?|小二|管理员)"
    r"(?:们)?[你您]?好(?!像|多|几|久|不|用)(?:啊"
    r"|呀)?",
    r"(?:早上|上午|中午|下午|晚上)好(?!像|多|几|久|不|用|了)(?:啊|呀)?",
    rf"(?:方便|可以|能)(?:请教|问|咨询)(?:{_BIT})?(?:吗|么|不)?(?=\s*[?,.!。])",
    rf"(?:耽误|占用)(?:{_YOU}|大家)?(?:一?点|一会儿?|[一两几]分钟|时间)+(?:时间)?{_MARK}",
    rf"(?:小助手|小秘书|机器人|智能客服|在线客服|管家|店家|楼主|前辈们?){_MARK}",
    r"早安|晚安|嗨|哈[喽啰罗]|嘿+|喂+|[哎诶欸唉]+(?:呀|哟)?(?!及)",
    rf"(?:早|亲们?|亲爱的|客服|老师|大佬们?|大神们?|各位(?:大佬|大神|朋友|亲)?|小姐姐"
    rf"|小哥哥){_MARK}",
    r"(?:客服|有人|人工|有客服)?(?:在吗|在么|在嘛|在不在|在没)(?=[\W_]|请|我|怎|想)",
    r"有人(?:在)?[吗么嘛]",
    rf"(?:实在|非常|很|真)?(?:不好意思|抱歉|对不起|冒昧)(?:啊|哈|呀)?(?:(?:打扰|麻烦"
    rf"|打搅)(?:{_YOU})?"
    rf"(?:了|一下)?|{_MARK}|(?=\s|请|我?想|问|咨询))",
    rf"(?:打扰|打搅|叨扰)(?:{_YOU}|大家|各位)?(?:{_BIT}|了)?",
    rf"(?:我)?(?:就|只是)?(?:想|要|来|想要)?(?:请)?(?:问|请教|咨询|打听|求教)(?:一?下)(?:{_YOU}"
    rf"|大家|各位|大佬们?"
    rf"|客服)?(?:就是)?",
    r"(?:我)?(?:就|只是|还)?(?:想)(?:请)?(?:问|请教|咨询)(?:问|个问题|一个问题"
    r"|个事)?(?:就是)?(?!题)",
    rf"(?:请教|求教|咨询|打听)(?:{_BIT}|大家|各位|大佬们?)",
    r"(?:我)?想(?:要)?(?:了解|知道)(?:一?下)?(?:关于)?",
    r"(?:我)?有(?:个|一个|点)?(?:小)?(?:问题|疑问)(?:想|要)?(?:请)?(?:问|请教|咨询)(?:一?下)?",
    rf"(?:我)?有(?:个|一个)(?:小)?(?:问题|疑问){_MARK}|问(?:一)?个(?:小)?问题{_MARK}?",
    r"请问(?:一?下)?(?:大家|各位|客服)?",
    rf"(?:劳驾|劳烦|麻烦|拜托)(?:{_YOU}|大家|各位|客服)?(?:一?下)?(?:请)?(?!的|事|在|是"
    rf"|了)(?:(?:帮忙|帮我|给我)(?:看|说"
    rf"|讲|解答)"
    r"(?:一?下|看|说)|(?:请)?问(?:一?下|问)?|告诉我(?:一?下)?)?",
    r"(?:请|能|可以|能不能|可不可以|可否|能否|谁能|谁可以|有谁能|求)(?:帮忙|帮我|给我)?(?:告诉"
    r"|告知)(?:我"
    r"|一?下我?)(?:一?下)?",
    r"(?:请|能|可以|能不能|可不可以|谁能)(?:帮忙|帮我|给我)看(?:一?下|看)",
    rf"(?:能不能|可不可以|能|可以|请|可否|能否)?(?:帮忙|帮我|给我)?(?:解答|解惑|答疑|说明"
    rf"|指点)一?下(?:吗|么|嘛)?{_MARK}",
    rf"(?:我是)?(?:新手|小白|新人|萌新)(?:一枚|一个)?(?:求助|求教|求问|提问)?{_MARK}|(?:新手"
    rf"|小白|弱弱的?)(?:求教|求问|问一?下)",
    r"(?:有谁|谁|有没有人|有人|大家|你们|各位)知道(?!了)",
    rf"(?:谢谢|感谢)(?:{_YOU}|大家)?(?:的(?:回复|回答|帮助|解答))?(?:{_MARK}|(?=\s))",
    rf"(?:那个|这个|就是|啊|哦|噢|额|呃|是这样){_MARK}",
    r"就是说|怎么说呢|咋说呢|[嗯恩呃唔]+(?:哼)?(?!怨|爱)|额额+|话说(?:回来)?|其实|(?:事情"
    r"|情况)?是这样的"
    r"|(?:我)?跟你说",
)
_CLOSINGS_EN = (
    r"(?<!no )(?<!for )(?<!say )(?:(?:many|much|big) )?"
    r"(?:thanks|thank (?:you|u)|thankyou|thx+|tks|thnx|ty|tysm|cheers)"
    r"(?: (?:guys|all|team|everyone|mate|bro|dear|sir|again|alot|a lot|a (?:ton|million"
    r"|bunch)|(?:so|very) much"
    r"|in advance|fam|friends?|folks|man|buddy|for (?:your|the|any|all) (?:quick |kind |great )?"
    r"(?:help|time|reply|support|answers?|assistance|attention|response)))*",
    r"(?:please|pls|plz|plss|kindly)(?: (?:help|assist|advise|reply|respond|answer|explain"
    r"|let me know|guide)"
    r"(?: (?:me|us))?(?: (?:out|here|on this|with this|asap))?)?",
    r"(?:please |pls |plz |kindly )?(?:let me know|get back to me)",
    rf"{_ASKED_EN} {_HELP_EN}",
    r"(?:any|your) (?:help|ideas?|advice|suggestions?|thoughts|assistance|info|information)"
    r"(?:(?: (?:would be|will be|is|are))?(?: (?:much|greatly|highly|really))?"
    r" (?:appreciated|welcome|helpful))?",
    r"(?:i(?:'d| would)? )?(?:(?:really|greatly|highly) )?appreciate (?:it|(?:any|your) help)",
    r"(?:much|greatly) appreciated|much obliged|thanking (?:you|u)"
    r"|appreciate (?:the|your) (?:help|time)"
    r"|(?:i )?look(?:ing)? forward to (?:your|hearing)"
    r" (?:reply|response|answer|from you)(?: soon)?|god bless(?: you)?|love you(?: guys)?",
    r"(?:(?:best|kind|kindest|warm|with (?:best|kind))? ?regards|best wishes|(?:yours )?sincerely"
    r"|yours (?:truly|faithfully))",
    r"(?:and )?(?:have|wish you) a (?:nice|good|great|lovely) (?:day|one|evening|week|weekend)",
    r"sorry (?:for|to) (?:bother|trouble|the trouble|disturb)(?:ing)?(?: (?:you|u))?",
    r"bye(?: bye)?",
)
_CLOSINGS_ZH = (
    rf"(?:先|提前|那就)?(?<![说感叫是])(?:谢谢+|多谢|谢啦|谢了|先谢|蟹蟹|3q)(?:{_YOU}|大家|各位"
    rf"|大佬们?|客服|亲)?(?:了|啦|哈|啊|呀|哦|喽"
    rf"|噢)*"
    rf"(?:{_YOU}?的?(?:帮助|解答|回复|回答))?",
    rf"(?:非常|十分|万分|衷心|不胜|先行|提前|很)感谢(?:{_YOU}|大家|各位)?(?:的?(?:帮助|解答"
    rf"|回复|回答))?(?:了"
    rf"|啦)?",
    r"感激不尽|感恩|有劳(?:了|您了?|你了?)|不胜感激|祝好|祝商祺|祝(?:您|你)?(?:生活愉快|工作顺利)|再见|拜拜",
    rf"(?:麻烦|辛苦|拜托|劳烦|有劳|打扰)(?:{_YOU}|大家|各位|客服)了?啦?(?:哈|啊)?(?<!们)",
    r"(?:辛苦|拜托|劳驾|打扰)(?:了|啦)",
    r"请问(?:一?下)?|跪求解?答?",
)
# These end a sentence of their own: a pause has to go before.
_CLOSINGS_AFTER_A_PAUSE = (
    rf"感谢(?:{_YOU}|大家|各位)?(?:了|啦)?(?:(?:耐心)?的?(?:帮助|解答|回复|回答))?|麻烦(?:了"
    rf"|啦)|拜托|求助|求解答?|求教|求回复"
    rf"|求告知"
    rf"|(?:请|望|盼|麻烦|期待)(?:{_YOU})?(?:给个|给予|的)?(?:回复|答复|解答|告知|指教|赐教"
    rf"|复)(?:一?下)?"
    r"|(?:请|麻烦|求)?(?:您|你)?(?:们)?(?:帮帮忙|帮忙|帮帮我|帮我)(?:(?:看|解答|回答)(?:一?下"
    r"|看)?)?(?:吧|呗"
    r"|啊)?",
)


def _any(*phrases: str) -> str:
    return "(?:" + "|".join(phrases) + ")"


_OPENING = re.compile(
    f"{_PAUSE}*+(?:{_any(*_OPENINGS_EN)}(?!{_LATIN})|{_any(*_OPENINGS_ZH)}){_PAUSE}*+"
)
# A question keeps its question mark.
_CLOSING = re.compile(
    rf"(?:[\s,;、~—(]|-(?=\D))*+(?:(?<!{_LATIN}){_any(*_CLOSINGS_EN)}|{_any(*_CLOSINGS_ZH)}"
    rf"|(?<=[\s,.;!?。、~—]){_any(*_CLOSINGS_AFTER_A_PAUSE)})[\W_]*$"
)
# Nobody says more courtesies than these; so a text of nothing else takes no time.
_MOST = 12
# The longest closing phrase is shorter: no more of a long text is looked at.
_REACH = 100
# What answers a person and asks nothing: "好的,谢谢" stays as it is.
_NOTHING = re.compile(r"(?:ok(?:ay)?|great|good|好的?|好吧|行|知道了?|明白了?|懂了|了|\W|_)*")


@dataclass(frozen=True, slots=True)
class Wrapped:
    """A normalised text in three parts: what is `asked`, and the courtesies around it.

    `before + asked + after` is the text; a text of courtesies alone is all asked.
    """

    before: str
    asked: str
    after: str


def unwrap(text: str) -> Wrapped:
    """Return what a normalised `text` asks, apart from courtesies before and after."""
    start, end = 0, len(text)
    for _ in range(_MOST):
        found = _OPENING.match(text, start)
        if found is None:
            break
        start = found.end()
    for _ in range(_MOST):
        found = _CLOSING.search(text, max(start, end - _REACH), end)
        if found is None:
            break
        end = found.start()
    if _NOTHING.fullmatch(text, start, end):
        return Wrapped("", text, "")
    return Wrapped(text[:start], text[start:end], text[end:])
