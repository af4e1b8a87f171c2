"""Looking after the master keys: `python -m qingting.keys rotate | export FILE | import FILE`.

The passphrase is asked for on the terminal, or read from the file descriptor that `--passphrase-fd` names.
"""

from __future__ import annotations

import argparse
import getpass
import os
import sys
from collections.abc import Sequence
from pathlib import Path

from . import config as configs
from .errors import QingtingError
from .files import write_private
from .vault import Vault


def rotate(data: Path) -> str:
    """From now on a new key seals; the old ones stay to open. A running centre takes it up by itself."""
    return f"key {Vault(data / 'secrets').rotate()} seals from now on"


def export(data: Path, file: Path, passphrase: str) -> str:
    vault = Vault(data / "secrets")
    write_private(file, vault.escrow_export(passphrase))
    return f"{file}: {len(vault.key_ids)} keys, under your passphrase; keep both elsewhere, apart from each other"


def take_in(data: Path, file: Path, passphrase: str) -> str:
    new = Vault(data / "secrets").escrow_import(file.read_bytes(), passphrase)
    return f"new here: {', '.join(new)}" if new else "all of them were here already"


def main(argv: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="qingting.keys", description=__doc__)
    parser.add_argument("what", choices=("rotate", "export", "import"))
    parser.add_argument("file", type=Path, nargs="?", help="the escrow file")
    parser.add_argument("--config", type=Path, help="a TOML file of settings")
    parser.add_argument("--data", type=Path)
    parser.add_argument("--passphrase-fd", type=int, help="read the passphrase from there")
    args = parser.parse_args(argv)
    if args.what != "rotate" and args.file is None:
        parser.error("name the escrow file")
    try:
        data = configs.load(args.config, data=args.data).data
        if args.what == "rotate":
            words = rotate(data)
        elif args.what == "export":
            words = export(data, args.file, _passphrase(args.passphrase_fd, twice=True))
        else:
            words = take_in(data, args.file, _passphrase(args.passphrase_fd, twice=False))
    except (QingtingError, OSError) as e:
        sys.stderr.write(f"✗ {e}\n")
        return 1
    sys.stdout.write(f"{words}\n")
    return 0


def _passphrase(descriptor: int | None, *, twice: bool) -> str:
    if descriptor is not None:
        with os.fdopen(descriptor) as source:
            return source.readline(1000).rstrip("\n")
    words = getpass.getpass("passphrase: ")
    if twice and getpass.getpass("once more: ") != words:
        raise OSError("the two are not the same")
    return words


if __name__ == "__main__":
    raise SystemExit(main())
