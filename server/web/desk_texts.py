"""What is said of tickets, conversations and feedback, in both languages."""

# name: (zh, en). Names in braces are filled in by `str.format`.
DESK_TEXTS: dict[str, tuple[str, str]] = {
    "error.token_missing": (
        "请提供凭证：Authorization: Bearer <token>。它在创建时给出过一次。",
        "Send the token: Authorization: Bearer <token>. It was told once, when this was made.",
    ),
    "error.ticket_not_found": (
        "没有这张工单，或者凭证不属于它。",
        "There is no such ticket, or the token is not its own.",
    ),
    "error.conversation_not_found": (
        "没有这个对话，或者凭证不属于它。",
        "There is no such conversation, or the token is not its own.",
    ),
    "error.message_not_found": (
        "没有这条消息。请发送回答中的 message_id（在其保存期内）。",
        "There is no such message. Send the message_id of an answer, while it is kept.",
    ),
    "error.knowledge_not_found": (
        "没有这个知识库，可用的有：{known}。",
        "There is no such knowledge. There are: {known}.",
    ),
    "error.transition": (
        "工单状态不能从 {old} 变为 {new}。可以变为：{allowed}。",
        "A ticket that is {old} cannot become {new}. It can become: {allowed}.",
    ),
    "error.not_solved": (
        "工单解决之后才能评价。",
        "Satisfaction can be told once the ticket is solved.",
    ),
    "error.database": (
        "暂时无法保存。请稍后再试；紧急情况请直接通过官方渠道联系客服。",
        "Nothing can be kept at the moment. Try again later; where it is urgent, contact support "
        "through the official channels.",
    ),
    "error.chatwoot_off": (
        "尚未设置 Chatwoot：请设置 FAQ_CHATWOOT_URL、FAQ_CHATWOOT_TOKEN 和 FAQ_CHATWOOT_SECRET。",
        "Chatwoot is not set up: set FAQ_CHATWOOT_URL, FAQ_CHATWOOT_TOKEN and FAQ_CHATWOOT_SECRET.",
    ),
    "error.chatwoot_failed": (
        "Chatwoot 没有接受回复，请由人工处理。",
        "Chatwoot did not take the reply: a person should see to it.",
    ),
    "error.signature": (
        "签名缺失、错误或已过期。",
        "The signature is missing, wrong or too old.",
    ),
    "field.secret": (
        "看起来像机密信息（如私钥），请换一个名称",
        "looks like a secret, such as a private key: use another name",
    ),
    "field.unknown_article": ("没有这篇文章", "is no article that is known"),
    "field.unknown_step": (
        "不是此工单的步骤，可用的步骤：{known}",
        "is no step of this ticket's procedure, which are: {known}",
    ),
    "field.intake_missing": ("需要填写", "has to be answered"),
    "field.intake_unknown": ("没有这个问题", "is no question that is known"),
    "field.intake_not_a_choice": ("只能从选项中选择", "must be one of the choices"),
    "field.intake_too_long": ("太长了", "is too long"),
    "field.key_reused": (
        "一天之内已用于另一个请求：内容不同的请求，请使用新的值",
        "was sent with another request within a day: send a new one with what is new",
    ),
    "field.blank": ("不能为空", "must not be blank"),
    "field.nothing_to_change": ("至少要改一项", "must change something"),
    "ticket.opened": (
        "工单 {number} 已创建。请保存这个编号和凭证，用它们可以查看进度和回复。",
        "Ticket {number} is open. Keep its number and token: with them you can read how it goes, "
        "and the replies.",
    ),
    "ticket.satisfaction": (
        "您的问题解决了吗？请为这次服务打分：1（很差）到 5（很好）。",
        "Is your problem solved? Rate the service from 1 (bad) to 5 (good).",
    ),
    "ticket.open_now": ("现在可联系：{channels}。", "There now: {channels}."),
    "ticket.open_later": (
        "客服将于 {when} 上班。",
        "People are next there at {when}.",
    ),
    "bot.secret_stays": (
        "但这个聊天窗口里的原文我们无法删除：请您自己删除，或请客服删除。",
        "What stands in this chat itself we cannot delete: delete it yourself, or ask support to.",
    ),
    "bot.note": (
        "机器人转交，原因：{reason}。已展示的文章：{tried}。",
        "Handed over by the bot. Reason: {reason}. Articles shown: {tried}.",
    ),
    "bot.talk_to_human": ("联系人工客服", "Talk to a person"),
}
