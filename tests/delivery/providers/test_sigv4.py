from datetime import UTC, datetime

import pytest
from botocore.auth import SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials
from hypothesis import given
from hypothesis import strategies as st

from mailer.delivery.providers.sigv4 import signed

AT = datetime(2026, 3, 16, 10, tzinfo=UTC)


def botocores(url: str, headers: dict[str, str], content: bytes, secret: str, token: str) -> str:
    request = AWSRequest("POST", url, headers=headers, data=content)
    request.context["timestamp"] = "20260316T100000Z"
    request.headers["X-Amz-Date"] = "20260316T100000Z"
    if token:
        request.headers["X-Amz-Security-Token"] = token
    oracle = SigV4Auth(Credentials("AKID", secret, token or None), "ses", "eu-west-1")
    return str(oracle.signature(oracle.string_to_sign(request, oracle.canonical_request(request)), request))


@given(st.binary(max_size=200), st.text("abcXYZ/+=019", min_size=1), st.sampled_from(["", "to/ken+=="]))
def test_our_signature_is_botocores(content: bytes, secret: str, token: str) -> None:
    url, headers = (
        "https://email.eu-west-1.amazonaws.com/v2/email/outbound-emails",
        {"Content-Type": "application/json"},
    )
    ours = signed(
        url, headers, content, key="AKID", secret=secret, region="eu-west-1", service="ses", at=AT, token=token
    )
    assert ours["Authorization"].endswith(f"Signature={botocores(url, headers, content, secret, token)}")


@pytest.mark.parametrize(
    "url", ["https://host", "https://host:8443/a b/ü", "http://127.0.0.1:9/x/y/", "https://host/~a-b_c.d"]
)
def test_any_path_and_port_is_signed_alike(url: str) -> None:
    headers = {"Content-Type": "  text/plain;   charset=utf-8 "}
    ours = signed(url, headers, b"x", key="AKID", secret="s", region="eu-west-1", service="ses", at=AT)
    assert ours["Authorization"].endswith(f"Signature={botocores(url, headers, b'x', 's', '')}")
