"""Keep passwords, tokens and keys out of everything that is written down."""

import re
from collections.abc import Mapping
from typing import Any

HIDDEN = "***"
_SECRET_WORDS = {
    "password",
    "passwd",
    "pwd",
    "passphrase",
    "token",
    "secret",
    "key",
    "apikey",
    "credential",
    "credentials",
}
_CREDENTIALS_IN_URI = re.compile(r"(?P<scheme>[a-z][a-z0-9+.-]*://)[^/\s@'\"]+@", re.IGNORECASE)
_ASSIGNMENT = re.compile(
    r"(?P<name>[\w.\-]+)(?P<sign>\s*[=:]\s*|['\"]\s*[=:]\s*)(?P<value>\"[^\"\n]*\"|'[^'\n]*'|[^\s,}'\"]+)"
)


def is_secret(name: str) -> bool:
    """Return whether a key's last part looks like that of a secret.

    Example:
        >>> is_secret("tracking.api_key"), is_secret("data.max_tokens")
        (True, False)
    """
    words = re.split(r"[^a-z]+", re.sub(r"(?<=[a-z])(?=[A-Z])", "_", name.rpartition(".")[2]).lower())
    return not _SECRET_WORDS.isdisjoint(words)


def redact(value: Any, name: str = "") -> Any:
    """Return ``value`` with every secret in it replaced by ``***``: those under secret keys, and credentials in URIs.

    Example:
        >>> redact({"uri": "http://me:pw@host", "token": "abc"})
        {'uri': 'http://***@host', 'token': '***'}
    """
    if name and is_secret(name) and value not in (None, ""):
        return HIDDEN
    if isinstance(value, Mapping):
        return {key: redact(item, str(key)) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [redact(item) for item in value]
    return _CREDENTIALS_IN_URI.sub(rf"\g<scheme>{HIDDEN}@", value) if isinstance(value, str) else value


def redact_text(text: str) -> str:
    """Return free text, such as a command line, YAML or a diff, with ``name=secret`` and ``name: secret`` hidden.

    Example:
        >>> redact_text("+tracking.token=abc model=cnn")
        '+tracking.token=*** model=cnn'
    """

    def hide(match: re.Match[str]) -> str:
        hidden = is_secret(match["name"]) and match["value"] not in ("null", "None", "''", '""')
        return f"{match['name']}{match['sign']}{HIDDEN}" if hidden else match[0]

    return str(redact(_ASSIGNMENT.sub(hide, text)))
