"""What looks like a secret is taken out, and code is left alone."""

import pytest

from loopwatch.auditing.redact import HIDDEN, hidden

# Put together here, so that no scanner takes this file for a leak.
SECRETS = [
    "AKIA" + "ABCDEFGHIJKLMNOP",
    "ghp_" + "a1B2" * 9,
    "github_pat_" + "a1B2c3" * 5,
    "glpat-" + "a1B2c3D4" * 3,
    "xoxb-" + "1234567890-abcdef",
    "sk-ant-api03-" + "a1B2c3D4" * 4,
    "sk-proj-" + "a1B2c3D4" * 4,
    "sk_live_" + "a1B2c3D4" * 3,
    "AIza" + "a1B2c3D" * 5,
    "npm_" + "a1B2c3" * 6,
    "hf_" + "a1B2c3" * 5,
    "eyJhbGciOiJI" + ".eyJzdWIiOiIx" + ".c2lnbmF0dXJl",
]


@pytest.mark.parametrize("secret", SECRETS)
def test_known_forms(secret: str) -> None:
    assert hidden(f"key: {secret} (rotate it)") == f"key: {HIDDEN} (rotate it)"


@pytest.mark.parametrize(
    ("text", "left"),
    [
        ("postgres://app:hunter2x@db/x", "postgres://app:[redacted]@db/x"),
        ("Authorization: Basic dXNlcjpwYXNz", "Authorization: Basic [redacted]"),
        ("curl -H 'Bearer " + "a1B2" * 6 + "'", "curl -H 'Bearer [redacted]'"),
        ("https://x/?api_key=a1B2c3D4e5&b=1", "https://x/?api_key=[redacted]&b=1"),
        ('"apiKey": "a1B2c3D4"', '"apiKey": "[redacted]"'),
        ("DB_PASSWORD=hunter2x", "DB_PASSWORD=[redacted]"),
        ("client_secret = 'a1B2c3D4'", "client_secret = '[redacted]'"),
    ],
)
def test_places(text: str, left: str) -> None:
    assert hidden(text) == left


@pytest.mark.parametrize(
    "code",
    [
        "token = parse_token(text)",
        "password = getpass.getpass()",
        "API_KEY=$OPENAI_API_KEY",
        "tokens: int = 0",
        "if secret is None:",
        "https://example.com/a:b@c",
        "sk-learn and task-force-of-one",
        "max_tokens=4096",
    ],
)
def test_code_is_left_alone(code: str) -> None:
    assert hidden(code) == code
