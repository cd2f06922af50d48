"""What browsers are told, so that even a hole in the pages would run no script."""

from flask import Flask, Response, request

# Nothing from elsewhere, nothing inline. `connect-src` is for the search box on our own pages.
CONTENT_SECURITY_POLICY = "; ".join(
    (
        "default-src 'none'",
        "style-src 'self'",
        "script-src 'self'",
        "img-src 'self'",
        "connect-src 'self'",
        "form-action 'self'",
        "base-uri 'none'",
        "frame-ancestors 'none'",
    )
)
_HEADERS = {
    "Content-Security-Policy": CONTENT_SECURITY_POLICY,
    "X-Content-Type-Options": "nosniff",
    # Addresses of the help pages hold questions.
    "Referrer-Policy": "no-referrer",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=(), payment=()",
    "Cross-Origin-Opener-Policy": "same-origin",
}


def install(app: Flask, hsts_seconds: int) -> None:
    """Send the headers with every response of `app`.

    With `hsts_seconds` (> 0) browsers come back over https only, for so long.
    """
    headers = dict(_HEADERS)
    if hsts_seconds > 0:
        headers["Strict-Transport-Security"] = f"max-age={hsts_seconds}"

    def finish(response: Response) -> Response:
        for name, value in headers.items():
            response.headers.setdefault(name, value)
        if request.endpoint != "static":
            # Answers follow the index, and questions are nobody else's business.
            response.headers.setdefault("Cache-Control", "no-store")
        return response

    app.after_request(finish)
