"""Signatures that receivers' own libraries accept."""

import base64
import shutil
import subprocess

import pytest

from server.desk.signing import SecretError, headers, read_secrets

# The example that the libraries of Standard Webhooks are tested with.
_SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
_ID, _TIMESTAMP, _BODY = "msg_p5jXN8AQM9LWM0D4loKWxJek", 1614265330, b'{"test": 2432232314}'
_SIGNATURE = "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="


def test_the_published_example() -> None:
    assert headers(read_secrets([_SECRET]), _ID, _TIMESTAMP, _BODY) == {
        "webhook-id": _ID,
        "webhook-timestamp": str(_TIMESTAMP),
        "webhook-signature": _SIGNATURE,
    }


@pytest.mark.skipif(shutil.which("openssl") is None, reason="openssl is not installed")
def test_openssl_agrees() -> None:
    key = bytes(range(32))
    body = "{“中文”: 1}".encode()
    secret = "whsec_" + base64.b64encode(key).decode()
    mac = subprocess.run(
        ["openssl", "dgst", "-sha256", "-mac", "HMAC", "-macopt", f"hexkey:{key.hex()}", "-binary"],
        input=b"evt_1.1700000000." + body,
        capture_output=True,
        check=True,
    ).stdout
    signed = headers(read_secrets([secret]), "evt_1", 1_700_000_000, body)["webhook-signature"]
    assert signed == "v1," + base64.b64encode(mac).decode()


def test_while_secrets_are_exchanged_each_signs() -> None:
    other = "whsec_" + base64.b64encode(bytes(24)).decode()
    signed = headers(read_secrets([_SECRET, other]), _ID, _TIMESTAMP, _BODY)["webhook-signature"]
    first, second = signed.split(" ")
    assert first == _SIGNATURE
    assert second != first
    assert second.startswith("v1,")


def test_without_a_secret_nothing_is_signed() -> None:
    assert "webhook-signature" not in headers((), _ID, _TIMESTAMP, _BODY)


@pytest.mark.parametrize(
    "secret",
    [
        "hunter2",
        "whsec_",
        "whsec_not base64",
        "whsec_" + base64.b64encode(bytes(23)).decode(),
        "whsec_" + base64.b64encode(bytes(65)).decode(),
        base64.b64encode(bytes(32)).decode(),
        "whsec_密钥",
    ],
)
def test_a_secret_of_another_form_is_refused_and_not_told_back(secret: str) -> None:
    with pytest.raises(SecretError, match="openssl rand") as refused:
        read_secrets([_SECRET, secret])
    assert secret.removeprefix("whsec_")[:8] not in str(refused.value) or secret == "whsec_"
