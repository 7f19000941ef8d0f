import pytest
import yaml

from experiments.secrets import is_secret, may_hold_secrets, redact, redact_text


@pytest.mark.parametrize(
    "key",
    [
        *("password", "passwd", "pwd", "passphrase", "token", "secret", "key", "apikey", "credential", "credentials"),
        *("api_key", "apiKey", "API_KEY", "APIKey", "api-key", "AWS_SECRET_ACCESS_KEY", "access_key_id"),
        *("db_password", "dbPassword", "PASSWORD", "password1", "auth_token", "accessToken", "client-secret"),
        *("tracking.api_key", "tracking.tags.token", "my.max_tokens.key"),
    ],
)
def test_the_name_of_a_secret_is_recognised_in_every_spelling(key):
    assert is_secret(key)
    assert redact({key: "hunter2"}) == {key: "***"}


@pytest.mark.parametrize(
    "key",
    [
        *("max_tokens", "tokenizer", "num_tokens", "monkey", "keyboard", "hotkeys", "keypoints", "turkey"),
        *("secretary", "compass", "author", "cwd", "model.units", "learning_rate", ""),
        *("token.count", "secrets.folder", "key.size"),  # the last part decides
    ],
)
def test_an_ordinary_name_is_no_secret(key):
    assert not is_secret(key)
    assert redact({key: "value"}) == {key: "value"}
    assert redact_text(f"{key}=value") == f"{key}=value"


@pytest.mark.parametrize(
    ("value", "public"),
    [
        ({"a": {"b": {"token": "hunter2", "c": 1}}}, {"a": {"b": {"token": "***", "c": 1}}}),
        ({"list": [{"token": "hunter2"}, "x"]}, {"list": [{"token": "***"}, "x"]}),
        ({"tuple": ({"token": "hunter2"}, 1)}, {"tuple": [{"token": "***"}, 1]}),
        ({"token": ["hunter2", "hunter3"], "secret": {"a": "hunter2"}}, {"token": "***", "secret": "***"}),
        ({"token": 12345, "password": True}, {"token": "***", "password": "***"}),
        ({"token": None, "password": ""}, {"token": None, "password": ""}),
        ({"uris": ["http://me:hunter2@host", "http://host"]}, {"uris": ["http://***@host", "http://host"]}),
        (
            {1: "x", "n": 2.5, "b": False, "none": None, "empty": {}},
            {1: "x", "n": 2.5, "b": False, "none": None, "empty": {}},
        ),
    ],
)
def test_secrets_are_replaced_however_deep_they_lie_and_nothing_else_is(value, public):
    before = repr(value)

    assert redact(value) == public
    assert repr(value) == before, "the config itself still works"


@pytest.mark.parametrize("clean", [redact, redact_text])
@pytest.mark.parametrize(
    ("uri", "public"),
    [
        ("http://me:hunter2@host:5000/path", "http://***@host:5000/path"),
        ("https://hunter2@host", "https://***@host"),
        ("postgresql+psycopg2://me:hunter2@db:5432/mlflow", "postgresql+psycopg2://***@db:5432/mlflow"),
        ("HTTPS://me:hunter2@host", "HTTPS://***@host"),
        ("s3://id:hunter2@bucket and http://me:hunter2@host", "s3://***@bucket and http://***@host"),
        ("http://host:5000", "http://host:5000"),
        ("sqlite:////home/me/mlflow.db", "sqlite:////home/me/mlflow.db"),
        ("https://host/@user/page", "https://host/@user/page"),
        ("me@example.org", "me@example.org"),
        ("git@github.com:me/project", "git@github.com:me/project"),
    ],
)
def test_credentials_in_a_uri_are_hidden_and_the_host_stays_readable(clean, uri, public):
    assert clean(uri) == public
    assert may_hold_secrets(uri) == (uri != public)


@pytest.mark.parametrize(
    ("text", "public"),
    [
        ("+tracking.token=hunter2", "+tracking.token=***"),
        ("++tracking.tags.password=hunter2 model=cnn", "++tracking.tags.password=*** model=cnn"),
        ("'+tracking.token=hunter2'", "'+tracking.token=***'"),
        ("+token='hunter2 and more' x=1", "+token=*** x=1"),
        ('+token="hunter2, and more" x=1', "+token=*** x=1"),
        ("tags={token:hunter2,team:vision}", "tags={token:***,team:vision}"),
        ("api_key: hunter2\nname: x\n", "api_key: ***\nname: x\n"),
        ("a:\n  password: 'hunter2'\n  b: 1\n", "a:\n  password: ***\n  b: 1\n"),
        ("password: 12345", "password: ***"),
        ("token=key=hunter2 x=1", "token=*** x=1"),
        ("apiKey : hunter2", "apiKey : ***"),
        ("export AWS_SECRET_ACCESS_KEY=hunter2/ab+c==", "export AWS_SECRET_ACCESS_KEY=***"),
        ("--password=hunter2", "--password=***"),
        ('{"token": "hunter2", "a": 1}', '{"token": ***, "a": 1}'),
        ("{'token': 'hunter2', 'a': 1}", "{'token': ***, 'a': 1}"),
        ("tracking.uri=http://me:hunter2@host token=hunter2", "tracking.uri=http://***@host token=***"),
        ("-    password: hunter2\n+    password: hunter3\n", "-    password: ***\n+    password: ***\n"),
        ("+API_KEY = 'hunter2'\n x = 1\n", "+API_KEY = ***\n x = 1\n"),
    ],
)
def test_secrets_in_free_text_are_hidden_and_what_stands_around_them_stays(text, public):
    assert redact_text(text) == public
    assert may_hold_secrets(text)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "python -m experiments.train model=cnn data=mnist optimizer.learning_rate=0.001",
        "max_tokens: 5\ntokenizer: words\nmonkey: banana\n",
        "token: null\npassword: ''\nsecret: \"\"\n",
        "the token is read from the environment",
        "for key, value in config.items():",
        "diff --git a/x.py b/x.py\n@@ -1,2 +1,2 @@\n-epochs: 5\n+epochs: 10\n",
        "16:42:07 INFO epoch 3/5: val_accuracy=0.9871",
    ],
)
def test_ordinary_text_is_not_touched(text):
    assert redact_text(text) == text


def test_redacting_twice_changes_nothing_more():
    text = "token=hunter2 uri=http://me:hunter2@host password: 'hunter2'"

    once = redact_text(text)

    assert redact_text(once) == once
    assert redact(redact({"token": "hunter2", "uri": text})) == redact({"token": "hunter2", "uri": text})


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("a:\n  password: |\n    hunter2\n    more\n  user: me\n", "a:\n  password: ***\n  user: me\n"),
        ("token: >-\n  hunter2\n\n  more\nuser: me", "token: ***\nuser: me"),
        ("+  api_key: |\n+    hunter2\n+  user: me", "+  api_key: ***\n+  user: me"),
        ("password: |\n  hunter2", "password: ***"),
        ("note: |\n  a pipe\nuser: me", "note: |\n  a pipe\nuser: me"),
    ],
)
def test_a_secret_over_several_lines_of_yaml_is_hidden_whole(text, expected):
    assert redact_text(text) == expected
    assert may_hold_secrets(text) == (text != expected)


@pytest.mark.parametrize("dump", [yaml.safe_dump, lambda value: yaml.safe_dump(value, default_flow_style=True)])
@pytest.mark.parametrize(
    "value", [{"token": ["hunter2"]}, {"a": {"password": {"b": 1}}}, {"tags": ["api_key=hunter2"]}]
)
def test_the_quick_look_overlooks_no_secret_in_yaml(dump, value):
    assert may_hold_secrets(dump(value))


@pytest.mark.parametrize("piece", ["A", "a-", "http"])
def test_a_line_of_a_megabyte_is_no_trouble(piece):
    """A diff may hold such a one: a file of data in hexadecimal digits, or a model in JSON."""
    line = piece * (2**20 // len(piece))

    assert not may_hold_secrets(line)
    assert redact_text(f"+{line} token=abc") == f"+{line} token=***"
    assert redact_text(f"{line}://me:pw@host") == f"{line}://***@host"
