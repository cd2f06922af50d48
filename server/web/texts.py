"""Every text that the web layer itself says, in both languages."""

from collections.abc import Mapping
from functools import cache

from indexer import LANGS, Lang

# name: (zh, en). Names in braces are filled in by `str.format`.
TEXTS: dict[str, tuple[str, str]] = {
    # Pages
    "site": ("帮助中心", "Help centre"),
    "skip": ("跳到正文", "Skip to content"),
    "other_language": ("English", "中文"),
    "question_label": ("您遇到了什么问题？", "What do you need help with?"),
    "question_hint": (
        "用自己的话描述即可。请勿输入助记词、私钥或密码，客服也绝不会索要。",
        "Use your own words. Never type a mnemonic, private key or password: support never asks "
        "for them.",
    ),
    "search": ("搜索", "Search"),
    "results": ("搜索结果", "Search results"),
    "all_articles": ("全部文章（{count} 篇）", "All articles ({count})"),
    "confidence.high": (
        "这很可能就是您要的答案。",
        "Very likely what you are looking for.",
    ),
    "confidence.medium": (
        "不太确定：您问的可能是下面某一项。",
        "Not quite sure: it may be one of these.",
    ),
    "confidence.low": ("没有确切的答案。", "No answer is certain."),
    "did_you_mean": ("您是想问：", "Did you mean:"),
    "not_it": (
        "不是您要的？请换个说法再问，或输入“人工客服”。",
        "Not what you need? Put it differently, or type “talk to a human”.",
    ),
    "other_answers": ("相关文章", "Related articles"),
    "perhaps": ("以下文章或许有用", "These articles may help"),
    "handoff": ("需要人工协助", "A person can help"),
    "handoff_how": (
        "请通过钱包应用内或官方网站的客服入口联系人工客服，并说明：您做了什么、何时发生、出现了什么提示。"
        "不要提供助记词、私钥或密码。",
        "Contact support in the app or on the official website. Say what you did, when it "
        "happened and what message you saw. Never give a mnemonic, private key or password.",
    ),
    "blocked": ("请注意：您的输入含有机密信息", "Careful: you typed a secret"),
    "other_language_only": (
        "这篇文章目前只有英文版。",
        "This article exists only in Chinese so far.",
    ),
    "whole_article": ("查看整篇文章", "Read the whole article"),
    "read_twin": ("Read in English", "阅读中文版"),
    "updated": ("更新于", "Updated"),
    "contents": ("本文内容", "On this page"),
    "too_long": (
        "问题太长了：最多 {limit} 个字符。请只写要点。",
        "The question is too long: {limit} characters at most. Please keep to the point.",
    ),
    "error_title": ("出错了", "Something went wrong"),
    "not_found_title": ("没有找到这个页面", "This page does not exist"),
    "not_found_help": (
        "它可能已移动或删除。您可以在下方搜索，或从首页查看全部文章。",
        "It may have moved or been deleted. Search below, or see all articles on the home page.",
    ),
    # Errors of the interface, by code
    "error.bad_request": (
        "请求无法读取。请发送一个 UTF-8 编码的 JSON 对象。",
        "The request cannot be read. Send one JSON object in UTF-8.",
    ),
    "error.unauthorized": (
        "请提供有效的 API 密钥：Authorization: Bearer <密钥>。",
        "Send an API key that is known: Authorization: Bearer <key>.",
    ),
    "error.forbidden": (
        "这个 API 密钥没有所需的权限（{role}）。",
        "This API key may not do that: the role {role} is needed.",
    ),
    "error.too_many_requests": (
        "请求过于频繁，请在 {seconds} 秒后再试。",
        "Too many requests. Try again in {seconds} second(s).",
    ),
    "error.address_too_long": (
        "网址太长：最多 {limit} 字节。",
        "The address is too long: {limit} bytes at most.",
    ),
    "error.headers_too_large": (
        "请求头太大：最多 {limit} 字节。",
        "The request's headers are too large: {limit} bytes at most.",
    ),
    "error.address_encoding": (
        "网址不是有效的 UTF-8 编码。",
        "The address is not valid UTF-8.",
    ),
    "error.content_encoding": (
        "不接受压缩的请求正文。请去掉 Content-Encoding。",
        "Compressed request bodies are not taken. Leave out Content-Encoding.",
    ),
    "error.not_found": ("这个地址没有内容。", "There is nothing at this address."),
    "error.article_not_found": ("没有这篇文章。", "There is no such article."),
    "error.method_not_allowed": (
        "这个地址不支持该方法。可用的方法：{allowed}。",
        "This address does not support the method. It supports: {allowed}.",
    ),
    "error.too_large": (
        "请求正文太大：最多 {limit} 字节。",
        "The request body is too large: {limit} bytes at most.",
    ),
    "error.unsupported_media_type": (
        "请发送 JSON，并设置 Content-Type: application/json。",
        "Send JSON, with Content-Type: application/json.",
    ),
    "error.invalid": ("请求有误：{problems}", "The request is not valid: {problems}"),
    "error.internal": (
        "服务器出错了。请稍后再试；若再次出现，请把 request_id 告诉我们。",
        "The server failed. Try again later; if it happens again, tell us the request_id.",
    ),
    "error.unavailable": (
        "暂时无法回答：索引是空的。请运行 faq-index build。",
        "Nothing can be answered now: the index is empty. Run `faq-index build`.",
    ),
    "error.other": ("请求无法处理。", "The request cannot be handled."),
    "problem_separator": ("；", "; "),
    # What is wrong with a field, by pydantic's error type
    "field.missing": ("缺少此项", "is missing"),
    "field.extra_forbidden": ("不认识此项", "is not a known field"),
    "field.string_type": ("必须是文本", "must be a text"),
    "field.string_unicode": ("不是有效的 Unicode 文本", "must be valid Unicode text"),
    "field.string_too_short": (
        "至少 {min_length} 个字符",
        "must have at least {min_length} character(s)",
    ),
    "field.string_too_long": (
        "最多 {max_length} 个字符",
        "must have at most {max_length} characters",
    ),
    "field.string_pattern_mismatch": (
        "含有不允许的字符",
        "holds characters that are not allowed",
    ),
    "field.literal_error": ("只能是 {expected}", "must be {expected}"),
    "field.unknown_product": (
        "没有这个产品，可用的产品：{known}",
        "is no product that is known, which are: {known}",
    ),
    "field.int_type": ("必须是整数", "must be a whole number"),
    "field.int_parsing": ("必须是整数", "must be a whole number"),
    "field.int_from_float": ("必须是整数", "must be a whole number"),
    "field.greater_than_equal": ("不能小于 {ge}", "must be at least {ge}"),
    "field.less_than_equal": ("不能大于 {le}", "must be at most {le}"),
    "field.model_type": ("必须是 JSON 对象", "must be a JSON object"),
    "field.other": ("无效", "is not valid"),
}


@cache
def texts(lang: Lang) -> Mapping[str, str]:
    """Return the texts in `lang` by name."""
    place = LANGS.index(lang)
    return {name: both[place] for name, both in TEXTS.items()}
