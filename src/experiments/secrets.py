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
    "secrets",
    "passwords",
    "authorization",
    "key",
    "apikey",
    "credential",
    "credentials",
}
_CREDENTIALS_IN_URI = re.compile(r"(?P<scheme>[a-z][a-z0-9+.-]{0,30}://)[^/\s?#'\"]+@", re.IGNORECASE)
# Names are not looked for from each of their letters on: a line of a megabyte without a break would take hours.
_NAME = re.compile(r"(?<![\w.\-])(?P<name>[\w.\-]++)['\"]?[ \t]*(?P<sign>=|:[ \t]|:)[ \t]*")
_ANY_NAME = re.compile(r"(?<![\w.\-])[\w.\-]++(?=['\"]?[ \t]*[=:])")
_QUOTED = r"\"(?:[^\"\\\n]|\\.)*\"|'(?:[^'\n]|'')*'"
_VALUE = {  # after "name=", after "name: " and after "name:" in a flow mapping
    "=": re.compile(rf"{_QUOTED}|[^\s}}'\"]+"),
    ": ": re.compile(rf"{_QUOTED}|[^\n}}'\"]+"),
    ":": re.compile(rf"{_QUOTED}|[^\s,}}'\"]+"),
}
_BLOCK = re.compile(r"[|>][-+\d]*\s*")
_NO_VALUES = {"null", "None", "''", '""'}


def is_secret(name: str) -> bool:
    """Return whether a key's last part looks like that of a secret.

    Example:
        >>> is_secret("tracking.api_key"), is_secret("data.max_tokens")
        (True, False)
    """
    words = re.split(
        r"[^a-z]+", re.sub(r"(?<=[a-z])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])", "_", name.rpartition(".")[2]).lower()
    )
    return not _SECRET_WORDS.isdisjoint(words) and words[-1] != "error"  # a KeyError is none


def may_hold_secrets(text: str) -> bool:
    """Return whether a text, such as YAML, names anything that looks like a secret: a quick look before a thorough one.

    Example:
        >>> may_hold_secrets("api_key: abc"), may_hold_secrets("seed: 42")
        (True, False)
    """
    return bool(_CREDENTIALS_IN_URI.search(text)) or any(map(is_secret, set(_ANY_NAME.findall(text))))


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
    return redact_text(value) if isinstance(value, str) else value


def redact_text(text: str) -> str:
    """Return free text, such as a command line, YAML or a diff, with ``name=secret`` and ``name: secret`` hidden.

    Example:
        >>> redact_text("+tracking.token=abc model=cnn")
        '+tracking.token=*** model=cnn'
    """
    pieces, done = [], 0
    for match in _NAME.finditer(text):
        value = _VALUE[match["sign"].replace("\t", " ")].match(text, match.end())
        if value and value[0] not in _NO_VALUES and is_secret(match["name"]) and match.start() >= done:
            pieces += [text[done : match.end()], HIDDEN]
            done = _block_end(text, match.start(), value.end()) if _BLOCK.fullmatch(value[0]) else value.end()
    return _CREDENTIALS_IN_URI.sub(rf"\g<scheme>{HIDDEN}@", "".join([*pieces, text[done:]]))


def _block_end(text: str, key: int, end: int) -> int:
    """Return where a YAML block behind ``end`` ends: its lines, in a diff too, lie deeper than their key."""
    depth = key - text.rfind("\n", 0, key) - 1
    for line in text[end:].splitlines(keepends=True)[1:]:
        if line.strip(" +-\n") and len(line) - len(line.lstrip(" +-")) <= depth:
            break
        end = text.index(line, end) + len(line.rstrip("\n"))
    return end
