import os
import random
import stat
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qingting.contexts.recordings import store
from qingting.errors import Invalid, Refused
from qingting.vault import Vault

PLAIN = random.Random(1).randbytes(5 * store.CHUNK + 777)


@pytest.fixture(scope="module")
def vault(tmp_path_factory: pytest.TempPathFactory) -> Vault:
    return Vault(tmp_path_factory.mktemp("vault"))


@pytest.fixture
def file(tmp_path: Path, vault: Vault) -> Path:
    pieces = [PLAIN[at : at + 100_000] for at in range(0, len(PLAIN), 100_000)]
    store.write(tmp_path / "a.qtr", pieces, vault, "a")
    return tmp_path / "a.qtr"


@pytest.fixture(scope="module")
def shared(tmp_path_factory: pytest.TempPathFactory, vault: Vault) -> store.Reader:
    path = tmp_path_factory.mktemp("store") / "a.qtr"
    store.write(path, [PLAIN], vault, "a")
    return store.Reader(path, vault, "a")


def read_all(path: Path, vault: Vault, name: str = "a") -> bytes:
    with store.Reader(path, vault, name) as reader:
        return reader.read(0, reader.size)


@pytest.mark.parametrize("size", [0, 1, store.CHUNK - 1, store.CHUNK, store.CHUNK + 1, 3 * store.CHUNK])
def test_gives_back_what_was_written(tmp_path: Path, vault: Vault, size: int) -> None:
    assert store.write(tmp_path / "b.qtr", [PLAIN[:size]], vault, "a") == size
    assert read_all(tmp_path / "b.qtr", vault) == PLAIN[:size]


@given(offset=st.integers(0, len(PLAIN) + 10), length=st.integers(0, len(PLAIN)))
def test_reads_any_stretch(shared: store.Reader, offset: int, length: int) -> None:
    assert shared.read(offset, length) == PLAIN[offset : offset + length]


def test_shows_nothing_in_the_clear_and_is_for_the_owner_only(file: Path) -> None:
    raw = file.read_bytes()
    assert all(PLAIN[at : at + 16] not in raw for at in range(0, len(PLAIN), 4096))
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert [path.name for path in file.parent.iterdir()] == ["a.qtr"]


@given(where=st.integers(0), flip=st.integers(1, 255))
def test_notices_any_changed_byte(shared: store.Reader, vault: Vault, where: int, flip: int) -> None:
    original = Path(f"/proc/self/fd/{shared._file}").read_bytes()
    changed = bytearray(original)
    changed[where % len(changed)] ^= flip
    path = Path(f"/proc/self/fd/{shared._file}").resolve().with_name("changed.qtr")
    path.write_bytes(changed)
    with pytest.raises((Refused, Invalid), match=r"recording\.damaged|vault\."):
        read_all(path, vault)


def boxes(file: Path) -> tuple[bytes, list[bytes]]:
    raw = file.read_bytes()
    whole = store.CHUNK + store.TAG
    start = len(raw) - (len(PLAIN) // store.CHUNK) * whole - len(PLAIN) % store.CHUNK - store.TAG
    return raw[:start], [raw[at : at + whole] for at in range(start, len(raw), whole)]


@pytest.mark.parametrize(
    "order",
    [
        [0, 1, 2, 3, 4],
        [0, 1, 2, 3, 5],
        [1, 0, 2, 3, 4, 5],
        [0, 1, 2, 3, 4, 5, 5],
        [0, 0, 2, 3, 4, 5],
        [],
    ],
    ids=["cut at a chunk", "one left out", "swapped", "longer", "repeated", "empty"],
)
def test_notices_chunks_missing_or_in_another_order(file: Path, vault: Vault, order: list[int]) -> None:
    header, chunks = boxes(file)
    file.write_bytes(header + b"".join(chunks[number] for number in order))
    with pytest.raises(Refused, match=r"recording\.damaged"):
        read_all(file, vault)


def test_notices_a_cut_before_anything_is_read(file: Path, vault: Vault) -> None:
    for size in (0, 5, 30, 200, file.stat().st_size - store.CHUNK, file.stat().st_size - 1):
        (cut := file.with_name("cut.qtr")).write_bytes(file.read_bytes()[:size])
        with pytest.raises((Refused, Invalid), match=r"recording\.damaged|vault\.sealed_wrong"):
            store.Reader(cut, vault, "a")


def test_is_bound_to_its_name(file: Path, vault: Vault) -> None:
    os.rename(file, other := file.with_name("b.qtr"))
    with pytest.raises(Invalid, match=r"vault\.sealed_wrong"):
        store.Reader(other, vault, "b")


def test_chunks_of_another_file_do_not_fit(file: Path, vault: Vault) -> None:
    header, chunks = boxes(file)
    store.write(other := file.with_name("again.qtr"), [PLAIN], vault, "a")
    _, foreign = boxes(other)
    file.write_bytes(header + b"".join([foreign[0], *chunks[1:]]))
    with pytest.raises(Refused, match=r"recording\.damaged"):
        read_all(file, vault)


def test_opens_after_a_rotation_and_not_without_the_key(file: Path, vault: Vault, tmp_path: Path) -> None:
    vault.rotate()
    assert read_all(file, vault) == PLAIN
    with pytest.raises(Invalid, match=r"vault\.key_missing"):
        store.Reader(file, Vault(tmp_path / "elsewhere"), "a")
    with pytest.raises(Refused, match=r"recording\.gone"):
        store.Reader(tmp_path / "none.qtr", vault, "none")


def test_a_failed_write_leaves_the_old_file(file: Path, vault: Vault) -> None:
    def breaks():
        yield PLAIN[:10]
        raise OSError("disk gone")

    with pytest.raises(OSError, match="disk gone"):
        store.write(file, breaks(), vault, "a")
    assert read_all(file, vault) == PLAIN
