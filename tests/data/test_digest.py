import hashlib

import pytest

from experiments.data.digest import sha256, verified
from experiments.errors import UserError

CONTENT = b"real content\n" * 1000
DIGEST = hashlib.sha256(CONTENT).hexdigest()


@pytest.mark.parametrize(
    ("content", "digest"),
    [
        (b"", "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"),
        (b"abc", "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"),
        (b"a" * 1_000_000, "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0"),
    ],
)
def test_the_digest_is_the_published_one(tmp_path, content, digest):
    (tmp_path / "file").write_bytes(content)

    assert sha256(tmp_path / "file") == digest


def test_a_digest_of_32_digits_is_an_md5(tmp_path):
    file = tmp_path / "data.json"
    file.write_bytes(b"abc")
    published = "900150983cd24fb0d6963f7d28e17f72"

    assert verified(file, published, cure="") == file
    with pytest.raises(UserError, match=f"expected MD5 {published[::-1]}, found {published}"):
        verified(file, published[::-1], cure="")


def test_an_unaltered_file_is_returned_unaltered(tmp_path):
    file = tmp_path / "data.npz"
    file.write_bytes(CONTENT)

    assert verified(file, DIGEST, cure="Get it again.") == file
    assert file.read_bytes() == CONTENT


@pytest.mark.parametrize("content", [CONTENT[:-1], CONTENT + b"\0", b"", CONTENT.replace(b"real", b"fake", 1)])
def test_a_truncated_or_altered_file_is_refused_with_both_digests_and_the_cure(tmp_path, content):
    file = tmp_path / "data.npz"
    file.write_bytes(content)

    with pytest.raises(UserError, match="truncated or altered") as refusal:
        verified(file, DIGEST, cure="Get it again.")

    found = hashlib.sha256(content).hexdigest()
    assert all(part in str(refusal.value) for part in (str(file), DIGEST, found, "Get it again."))
    assert file.read_bytes() == content, "the user's file is left alone"


@pytest.mark.parametrize("is_folder", [True, False])
def test_a_missing_file_is_refused_with_its_digest_and_the_cure(tmp_path, is_folder):
    file = tmp_path / "data.npz"
    if is_folder:
        file.mkdir()

    with pytest.raises(UserError) as refusal:
        verified(file, DIGEST, cure="Get it again.")

    assert str(refusal.value) == f"data file {file} is missing (SHA-256 {DIGEST}). Get it again."
