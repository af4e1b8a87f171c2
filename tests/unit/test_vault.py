import os
import stat
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qingting.errors import Invalid, Refused
from qingting.keys import main as keys_main
from qingting.vault import Vault


@pytest.fixture(scope="module")
def shared(tmp_path_factory: pytest.TempPathFactory) -> Vault:
    return Vault(tmp_path_factory.mktemp("vault") / "secrets")


@given(plain=st.binary(max_size=200), purpose=st.text(max_size=40))
def test_opens_what_it_sealed(shared: Vault, plain: bytes, purpose: str) -> None:
    assert shared.open(shared.seal(plain, purpose), purpose) == plain


def test_never_seals_the_same_twice(shared: Vault) -> None:
    assert shared.seal(b"a", "p") != shared.seal(b"a", "p")


def test_refuses_another_purpose(shared: Vault) -> None:
    with pytest.raises(Invalid, match=r"vault\.sealed_wrong"):
        shared.open(shared.seal(b"secret", "trunk:1"), "trunk:2")


@given(where=st.integers(min_value=0), flip=st.integers(min_value=1, max_value=255))
def test_refuses_what_was_changed(shared: Vault, where: int, flip: int) -> None:
    sealed = shared.seal(b"secret", "p")
    place = where % len(sealed)
    changed = sealed[:place] + chr(ord(sealed[place]) ^ flip) + sealed[place + 1 :]
    with pytest.raises(Invalid, match=r"vault\.(sealed_wrong|key_missing)"):
        shared.open(changed, "p")


def test_keys_are_for_the_owner_only(tmp_path: Path) -> None:
    vault = Vault(tmp_path / "secrets")
    assert stat.S_IMODE(vault.directory.stat().st_mode) == 0o700
    [key] = list(vault.directory.iterdir())
    assert stat.S_IMODE(key.stat().st_mode) == 0o600
    key.chmod(0o640)
    with pytest.raises(Invalid, match=r"vault\.key_exposed"):
        Vault(vault.directory)
    key.chmod(0o600)
    vault.directory.chmod(0o755)
    with pytest.raises(Invalid, match=r"vault\.key_exposed"):
        Vault(vault.directory)


def test_keys_survive_a_restart_and_a_rotation(tmp_path: Path) -> None:
    vault = Vault(tmp_path / "secrets")
    other = Vault(tmp_path / "secrets")
    old = vault.seal(b"old", "p")
    key = vault.rotate()
    new = vault.seal(b"new", "p")
    assert key in new
    assert key not in old
    assert other.open(new, "p") == b"new", "another process finds the key that came meanwhile"
    assert f".{vault.rotate()}." in other.seal(b"x", "p"), "and seals with it"
    again = Vault(tmp_path / "secrets")
    assert (again.open(old, "p"), again.open(new, "p")) == (b"old", b"new")
    assert again.key_ids[1] == key


def test_names_the_key_that_it_misses(tmp_path: Path) -> None:
    sealed = Vault(tmp_path / "a").seal(b"x", "p")
    with pytest.raises(Invalid, match=r"vault\.key_missing") as caught:
        Vault(tmp_path / "b").open(sealed, "p")
    assert caught.value.detail["key"] in sealed


def test_refuses_a_damaged_key(tmp_path: Path) -> None:
    [key] = Vault(tmp_path / "a").directory.iterdir()
    os.truncate(key, 31)
    with pytest.raises(Invalid, match=r"vault\.key_bad"):
        Vault(tmp_path / "a")


def test_escrow_brings_keys_to_another_place(tmp_path: Path) -> None:
    vault = Vault(tmp_path / "a")
    vault.rotate()
    sealed = vault.seal(b"x", "p")
    packed = vault.escrow_export("correct horse battery")
    other = Vault(tmp_path / "b")
    assert other.escrow_import(packed, "correct horse battery") == vault.key_ids
    assert other.open(sealed, "p") == b"x"
    assert other.escrow_import(packed, "correct horse battery") == []


def test_escrow_refuses_wrong_passphrase_damage_and_conflict(tmp_path: Path) -> None:
    vault = Vault(tmp_path / "a")
    with pytest.raises(Invalid, match=r"vault\.passphrase_weak"):
        vault.escrow_export("short")
    packed = vault.escrow_export("correct horse battery")
    for wrong, word in [
        (packed, "correct horse batterx"),
        (packed[:-1], "correct horse battery"),
        (b"nothing", "correct horse battery"),
        (packed[:9] + b"\x63" + packed[10:], "correct horse battery"),
    ]:
        with pytest.raises(Invalid, match=r"vault\.escrow_wrong"):
            Vault(tmp_path / "b").escrow_import(wrong, word)
    [key] = vault.directory.iterdir()
    (other := tmp_path / "c").mkdir(mode=0o700)
    (other / key.name).write_bytes(bytes(32))
    (other / key.name).chmod(0o600)
    with pytest.raises(Refused, match=r"vault\.key_conflict"):
        Vault(other).escrow_import(packed, "correct horse battery")


def test_keys_are_looked_after_from_the_command_line(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    def keys(*arguments: object, passphrase: str = "") -> int:
        reading, writing = os.pipe()
        os.write(writing, f"{passphrase}\n".encode())
        os.close(writing)
        return keys_main([*map(str, arguments), "--passphrase-fd", str(reading)])

    vault = Vault(tmp_path / "a/secrets")
    sealed = vault.seal(b"x", "p")
    escrow = tmp_path / "keys.escrow"
    assert keys("rotate", "--data", tmp_path / "a") == 0
    assert keys("export", escrow, "--data", tmp_path / "a", passphrase="correct horse battery") == 0
    assert stat.S_IMODE(escrow.stat().st_mode) == 0o600
    assert keys("import", escrow, "--data", tmp_path / "b", passphrase="wrong horse battery") == 1
    assert "vault.escrow_wrong" in capsys.readouterr().err
    assert keys("import", escrow, "--data", tmp_path / "b", passphrase="correct horse battery") == 0
    assert Vault(tmp_path / "b/secrets").open(sealed, "p") == b"x"
