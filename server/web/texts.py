"""Every text that the web layer itself says, in both languages."""

from collections.abc import Mapping
from functools import cache

from indexer import LANGS, Lang
from server.web.desk_texts import DESK_TEXTS
from server.web.page_texts import PAGE_TEXTS

# name: (zh, en). Names in braces are filled in by `str.format`.
TEXTS: dict[str, tuple[str, str]] = {
    **PAGE_TEXTS,
    **DESK_TEXTS,
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
    "error.conflict": (
        "请求与当前状态冲突。请刷新后再试。",
        "That does not go with how things stand by now. Look again, then try again.",
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
