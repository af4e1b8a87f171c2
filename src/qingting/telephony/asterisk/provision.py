"""An Asterisk to run: the machine's own when it is new enough, else Debian's packages unpacked as any user.

Nothing is installed: the packages of Debian's unstable suite come under APT's signatures from the mirror that
the machine itself uses, are unpacked below `<runtime>/asterisk/`, and run with their own loader and libraries.
`provisioned.json` there says what was taken, with versions and SHA-256, so that the next run reuses it.

    python -m qingting.telephony.asterisk.provision --runtime .runtime
"""

from __future__ import annotations

import argparse
import hashlib
import json
import os
import re
import shutil
import subprocess
import sys
import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from qingting.errors import Unavailable

from .modules import MODULES, OPTIONAL

Progress = Callable[[str], None]

LEAST = 20
ON_SOCKET = {20: 14, 21: 9, 22: 4}
"""First minor version of each series whose ARI answers requests on its event WebSocket; before, by plain HTTP."""

WANTED = ("asterisk", "asterisk-modules", "asterisk-core-sounds-en-gsm")
CLOSURE = """
libbsd0 libc6 libcap2 libcrypt1 libedit2 libgcc-s1 libgsm1 libjansson4 libmd0 libnspr4 libnss3 libopus0
libsqlite3-0 libsrtp2-1 libssl3t64 libstdc++6 libsystemd0 libtinfo6 liburiparser1 libuuid1 libxml2-16
libxslt1.1 libzstd1 zlib1g
""".split()  # noqa: SIM905
"""What calls need of the 160 packages that APT would bring. When it does not suffice, all of them are taken."""

_KEYRINGS = (
    "/usr/share/keyrings/debian-archive-keyring.gpg",
    "/usr/share/keyrings/debian-archive-keyring.pgp",
    "/etc/apt/trusted.gpg",
)


@dataclass(frozen=True)
class Installation:
    """How to run it: `command` is put before Asterisk's own arguments."""

    command: tuple[str, ...]
    modules: Path
    share: Path
    """Documentation and sounds (`astdatadir`)."""
    version: str
    origin: str
    """`system` or `unpacked`."""

    @property
    def answers_on_socket(self) -> bool:
        major, minor = _numbers(self.version)
        return major > max(ON_SOCKET) or minor >= ON_SOCKET.get(major, 1000)


def find(runtime: Path) -> Installation | None:
    """The one that can be used now, without any download; the machine's own first."""
    return _system() or _unpacked(runtime)


def provision(runtime: Path, progress: Progress = lambda line: None) -> Installation:
    """Raises `Unavailable("telephony.no_asterisk")` saying what to do."""
    found = find(runtime)
    if found is not None:
        progress(f"Asterisk {found.version} ({found.origin}) is there")
        return found
    home = (runtime / "asterisk").absolute()
    for tool in ("apt-get", "dpkg", "dpkg-deb"):
        if shutil.which(tool) is None:
            raise _none(f"{tool} is missing: packages can be unpacked on Debian and its children only")
    started = time.monotonic()
    apt = _Apt(home / "apt")
    progress("Asterisk: reading Debian's package lists")
    apt.update()
    failure = ""
    for names, everything in (((*WANTED, *CLOSURE), False), (WANTED, True)):
        progress(
            "Asterisk: downloading " + ("all packages it may need (80 MB)" if everything else "packages (25 MB)")
        )
        try:
            debs = apt.closure(names) if everything else apt.download(names)
            record = _unpack(debs, home, progress)
        except Unavailable as e:
            failure = e.message
            continue
        unpacked = _unpacked(runtime)
        missing = _missing_libraries(home / "tree") if unpacked else ["asterisk"]
        if unpacked is not None and not missing:
            (home / "provisioned.json").write_text(json.dumps(record, indent=1) + "\n")
            shutil.rmtree(home / "apt", ignore_errors=True)
            progress(f"Asterisk {unpacked.version} unpacked in {time.monotonic() - started:.0f} s")
            return unpacked
        failure = f"libraries are missing: {', '.join(sorted(set(missing))[:5])}"
    raise _none(failure)


# --- the machine's own ------------------------------------------------------------------------------------


def _system() -> Installation | None:
    program = shutil.which("asterisk", path=os.environ.get("PATH", "") + ":/usr/sbin:/usr/local/sbin")
    if program is None:
        return None
    version = _version((program,))
    folders = [*Path("/usr/lib").glob("*/asterisk/modules"), Path("/usr/lib64/asterisk/modules")]
    folders += [Path("/usr/lib/asterisk/modules"), Path("/usr/local/lib/asterisk/modules")]
    modules = next((f for f in folders if all((f / m).exists() for m in MODULES if m not in OPTIONAL)), None)
    shares = [Path("/usr/share/asterisk"), Path("/var/lib/asterisk")]
    share = next((s for s in shares if (s / "documentation").is_dir()), None)
    if not _new_enough(version) or modules is None or share is None:
        return None
    return Installation((program,), modules, share, version, "system")


def _version(command: Sequence[str]) -> str:
    try:
        said = subprocess.run([*command, "-V"], capture_output=True, text=True, timeout=20, check=False).stdout
    except (OSError, subprocess.TimeoutExpired):
        return ""
    match = re.search(r"Asterisk (?:certified/)?(\d+\.\d+(?:\.\d+)?)", said)
    return match[1] if match else ""


def _new_enough(version: str) -> bool:
    return _numbers(version)[0] >= LEAST


def _numbers(version: str) -> tuple[int, int]:
    """(series, minor); (0, 0) of what cannot be run."""
    major, _, minor = version.partition(".")
    return (int(major), int(minor.partition(".")[0] or 0)) if major else (0, 0)


# --- ours -------------------------------------------------------------------------------------------------


def _unpacked(runtime: Path) -> Installation | None:
    tree = (runtime / "asterisk" / "tree").absolute()
    command = _command(tree)
    if command is None or not (tree / "complete").exists():
        return None
    version = _version(command)
    if not _new_enough(version):
        return None
    libraries = _libraries(tree)
    assert libraries is not None
    return Installation(command, libraries / "asterisk" / "modules", tree / "usr/share/asterisk", version, "unpacked")


def _libraries(tree: Path) -> Path | None:
    return next((p.parent.parent for p in tree.glob("usr/lib/*/asterisk/modules")), None)


def _command(tree: Path) -> tuple[str, ...] | None:
    libraries = _libraries(tree)
    if libraries is None:
        return None
    loader = next((p for p in sorted(libraries.glob("ld-linux*.so.*"))), None)
    if loader is None:
        return None
    return (str(loader), "--library-path", str(libraries), str(tree / "usr/sbin/asterisk"))


def _missing_libraries(tree: Path) -> list[str]:
    """Modules that we load, or libraries of theirs, that are not in the tree."""
    libraries = _libraries(tree)
    command = _command(tree)
    if libraries is None or command is None:
        return ["asterisk"]
    missing = []
    for name in MODULES:
        module = libraries / "asterisk" / "modules" / name
        if not module.exists():
            missing += [] if name in OPTIONAL else [name]
            continue
        listing = [*command[:3], "--list", str(module)]
        said = subprocess.run(listing, capture_output=True, text=True, timeout=20, check=False)
        missing += re.findall(r"(\S+) => not found", said.stdout)
        missing += re.findall(r"(\S+): cannot open shared object", said.stderr)
    return missing


def _unpack(debs: Iterable[Path], home: Path, progress: Progress) -> dict[str, object]:
    fresh = home / "tree.new"
    shutil.rmtree(fresh, ignore_errors=True)
    fresh.mkdir(parents=True)
    packages = []
    for deb in sorted(debs):
        _run(["dpkg", "-x", str(deb), str(fresh)])
        fields = ["dpkg-deb", "-f", str(deb), "Package", "Version", "Architecture"]
        said = dict(line.split(": ", 1) for line in _run(fields).splitlines())
        with deb.open("rb") as file:
            digest = hashlib.file_digest(file, "sha256").hexdigest()
        packages.append(
            {
                "package": said["Package"],
                "version": said["Version"],
                "architecture": said["Architecture"],
                "sha256": digest,
                "bytes": deb.stat().st_size,
            }
        )
    progress(f"Asterisk: {len(packages)} packages, {sum(int(str(p['bytes'])) for p in packages) / 1e6:.0f} MB")
    sounds = fresh / "usr/share/asterisk/sounds"
    if not (sounds / "en").exists() and (sounds / "en_US_f_Allison").exists():
        (sounds / "en").symlink_to("en_US_f_Allison")
    (fresh / "complete").touch()
    tree = home / "tree"
    if tree.exists():
        tree.rename(home / f"tree.old.{os.getpid()}")
    fresh.rename(tree)
    shutil.rmtree(home / f"tree.old.{os.getpid()}", ignore_errors=True)
    return {"taken": time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime()), "suite": "sid", "packages": packages}


class _Apt:
    """APT with a state of its own: an empty status file, so that the closure with libc is resolved."""

    def __init__(self, home: Path) -> None:
        self.home = home
        for folder in ("state/lists/partial", "cache/archives/partial", "log"):
            (home / folder).mkdir(parents=True, exist_ok=True)
        (home / "status").touch()
        keyring, mirror = _mirror()
        (home / "sources.list").write_text(f"deb [signed-by={keyring}] {mirror} sid main\n")
        settings = {
            "Dir::Etc::sourcelist": home / "sources.list",
            "Dir::Etc::sourceparts": "/dev/null",
            "Dir::Etc::main": "/dev/null",
            "Dir::Etc::parts": "/dev/null",
            "Dir::State": home / "state",
            "Dir::State::status": home / "status",
            "Dir::Cache": home / "cache",
            "Dir::Log": home / "log",
            "APT::Sandbox::User": "",
            "Debug::NoLocking": "1",
            "APT::Install-Recommends": "false",
            "Acquire::Check-Valid-Until": "false",
            "Acquire::Languages": "none",
            "Acquire::Retries": "2",
        } | _proxies()
        (home / "apt.conf").write_text("".join(f'{name} "{value}";\n' for name, value in settings.items()))
        self.env = {**os.environ, "APT_CONFIG": str(home / "apt.conf"), "LC_ALL": "C"}

    def update(self) -> None:
        _run(["apt-get", "-q", "update"], env=self.env)

    def download(self, names: Sequence[str]) -> list[Path]:
        folder = self.home / "download"
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir()
        _run(["apt-get", "-q", "download", *names], env=self.env, cwd=folder)
        return list(folder.glob("*.deb"))

    def closure(self, names: Sequence[str]) -> list[Path]:
        _run(["apt-get", "-q", "-y", "-d", "install", *names], env=self.env)
        return list((self.home / "cache/archives").glob("*.deb"))


def _mirror() -> tuple[str, str]:
    """Keyring and address of the machine's own Debian mirror, from its APT sources."""
    keyring = next((k for k in _KEYRINGS if Path(k).exists()), None)
    if keyring is None:
        raise _none("Debian's archive keyring is not on this machine (package debian-archive-keyring)")
    files = [Path("/etc/apt/sources.list"), *sorted(Path("/etc/apt/sources.list.d").glob("*"))]
    candidates: list[str] = []
    for file in files:
        if file.suffix not in (".list", ".sources") or not file.is_file():
            continue
        for line in file.read_text(errors="replace").splitlines():
            if match := re.match(r"\s*deb\s+(?:\[[^]]*\]\s+)?(\S+)\s", line):
                candidates.append(match[1])
            elif match := re.match(r"URIs:\s*(.+)", line):
                candidates += match[1].split()
    for address in candidates:
        if re.fullmatch(r"(https?|file|mirror\+\w+)://\S*/debian/?", address):
            return keyring, address
    raise _none("no Debian mirror is named in this machine's APT sources")


def _proxies() -> dict[str, object]:
    """The machine's proxy settings, which the private configuration would else hide."""
    try:
        said = _run(["apt-config", "dump", "Acquire"])
    except Unavailable:
        return {}
    return {m[1]: m[2] for m in re.finditer(r'^(Acquire::https?::Proxy\S*) "([^"]+)";$', said, re.M)}


def _run(argv: Sequence[str], env: dict[str, str] | None = None, cwd: Path | None = None) -> str:
    try:
        done = subprocess.run(argv, env=env, cwd=cwd, capture_output=True, text=True, timeout=600, check=False)
    except (OSError, subprocess.TimeoutExpired) as e:
        raise _none(f"{argv[0]} did not end well: {e}") from e
    if done.returncode != 0:
        said = (done.stderr or done.stdout).strip().splitlines()
        raise _none(f"{argv[0]} {argv[1] if len(argv) > 1 else ''}: {said[-1] if said else done.returncode}")
    return done.stdout


def _none(why: str) -> Unavailable:
    return Unavailable(
        "telephony.no_asterisk",
        f"no Asterisk can be had: {why}. Install Asterisk 20 or newer, or allow this machine to "
        "reach a Debian mirror named in its APT sources, and start again; until then everything but voice works",
        why=why,
    )


def main() -> int:
    parser = argparse.ArgumentParser(description="Find or unpack an Asterisk.")
    parser.add_argument("--runtime", type=Path, default=Path(".runtime"))
    arguments = parser.parse_args()
    try:
        provision(arguments.runtime, lambda line: print(line, flush=True))  # noqa: T201
    except Unavailable as e:
        print(e, file=sys.stderr)  # noqa: T201
        return 1
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
