"""The command line: `qingting serve` is a whole centre; the others look after it."""

from __future__ import annotations

import argparse
import asyncio
import gc
import os
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from . import config as configs
from .config import Config
from .errors import QingtingError


def main(argv: Sequence[str] | None = None) -> int:
    args = _parser().parse_args(argv)
    try:
        return int(args.run(args) or 0)
    except QingtingError as error:
        print(f"✗ {error.message} ({error.code})", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        return 130
    except BrokenPipeError:  # whoever read this has seen enough
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 141


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="qingting", description="Qingting 倾听: an open contact centre")
    commands = parser.add_subparsers(required=True, metavar="COMMAND")

    def command(name: str, run: object, help: str) -> argparse.ArgumentParser:
        sub = commands.add_parser(name, help=help, description=help)
        sub.add_argument("--config", type=Path, help="a TOML file of settings (default: what QINGTING_CONFIG names)")
        sub.add_argument("--data", type=Path, help="where everything is kept (default: data)")
        sub.set_defaults(run=run)
        return sub

    serve = command("serve", _serve, "run the centre")
    serve.add_argument("--demo", action="store_true", help="with a demonstration tenant")
    serve.add_argument("--host", help="address to listen on (default: loopback)")
    serve.add_argument("--port", type=int)
    serve.add_argument("--tls", help="auto, or CERT.pem,KEY.pem")
    serve.add_argument("--no-voice", action="store_true", help="without telephony")

    doctor = command("doctor", _doctor, "check every part, say how to mend it")
    doctor.add_argument("--json", action="store_true")

    command("health", _health, "does the centre on this machine answer? Exit code 1 when it does not")

    tables = command("tables", _tables, "the version of the records' tables")
    tables.add_argument("--to", default="", metavar="VERSION", help="first bring them back to an earlier one")

    backup = command("backup", _backup, "a consistent copy, also while the centre runs")
    backup.add_argument("target", type=Path)
    backup.add_argument("--with-secrets", action="store_true", help="include the keys (keep the copy safe)")

    restore = command("restore", _restore, "bring a copy back into an empty data folder")
    restore.add_argument("source", type=Path)
    restore.add_argument(
        "--erasures", type=Path, help="a newer backup, or the data folder that was in use: who was erased since"
    )

    tenant = command("tenant", _tenant, "make a tenant with its first administrator")
    tenant.add_argument("code", help="short name, stands before / at sign-in")
    tenant.add_argument("name", help="the company's name")
    tenant.add_argument("--admin", default="admin", help="sign-in name of the administrator")

    password = command("password", _password, "a new one-time password for someone who lost theirs")
    password.add_argument("name", help="sign-in name, TENANT/NAME when there are several tenants")

    flow = commands.add_parser(
        "flow", help="check, try and compare flows", description="check, try and compare flows"
    )
    flow_what = flow.add_subparsers(required=True, metavar="WHAT")

    def of_flow(name: str, run: object, help: str) -> argparse.ArgumentParser:
        sub = flow_what.add_parser(name, help=help, description=help)
        sub.set_defaults(run=run)
        return sub

    lint = of_flow(
        "lint", _flow_lint, "what is wrong with it, and where; flows that it calls are looked for beside it"
    )
    lint.add_argument("file", help="a flow; - is standard input")
    lint.add_argument("--profile", default="", choices=("plain", "strict", "government"), help="instead of its own")
    lint.add_argument(
        "--config", metavar="DOCUMENT", help="check it among this configuration, as `config export` writes one"
    )

    lint.add_argument("--speech", action="store_true", help="speak its prompts and measure how much is heard at once")

    walk = of_flow("run", _flow_run, "walk through it; without inputs on a terminal: as a conversation")
    walk.add_argument("file", type=Path)
    walk.add_argument(
        "inputs", nargs="*", help="what happens: keys, silence, said:…, found:{…} (docs/guides/flows.md)"
    )
    walk.add_argument("--language", default="", help="of the caller")

    test = of_flow("test", _flow_test, "try the cases beside it, NAME.cases.yaml")
    test.add_argument("files", type=Path, nargs="+", metavar="file")

    diff = of_flow("diff", _flow_diff, "what changed by meaning, the choices of menus first")
    diff.add_argument("old", type=Path)
    diff.add_argument("new", type=Path)

    of_flow("schema", _flow_schema, "the language as a JSON Schema, for editors")

    systems = commands.add_parser(
        "demo-systems",
        help="invented billing and grid systems for the sample flows",
        description="invented systems for the sample flows, on this machine alone; nothing of it is kept",
    )
    systems.add_argument("--port", type=int, default=8190)
    systems.set_defaults(run=_demo_systems)

    configuration = command("config", _configuration, "take the whole configuration out as one text, or bring one in")
    configuration.add_argument("what", choices=("export", "check", "import"))
    configuration.add_argument("file", help="a YAML file; - is standard input or output")
    configuration.add_argument("--tenant", default="", help="its short name; needed where there are several")

    simulate = commands.add_parser(
        "simulate", help="play generated days", description="play generated days of a scenario"
    )
    simulate.add_argument("scenario", type=Path, help="a YAML file, see docs/guides/simulation.md")
    simulate.add_argument("--seed", type=int, help="instead of the scenario's")
    simulate.add_argument("--days", type=int, help="instead of the scenario's")
    simulate.add_argument("--json", action="store_true", help="all figures as one JSON object")
    simulate.add_argument("--chart", type=Path, metavar="FILE", help="draw it as well: FILE.html or FILE.svg")
    simulate.set_defaults(run=_simulate)

    explain = command("explain", _explain, "why each offer of a contact went to this agent, told from the journal")
    explain.add_argument("contact")
    explain.add_argument("--tenant", default="", help="needed where there are several")
    explain.add_argument("--json", action="store_true", help="everything as one JSON object")
    explain.add_argument("--language", choices=("zh", "en"), help="default: Chinese in a Chinese locale")

    replay = command(
        "replay", _replay, "decide a recorded journal again and compare; or what if, under another policy"
    )
    replay.add_argument("tenant")
    when = "an entry's number, or local time such as 2026-03-02T09:00; a date alone is all of it"
    replay.add_argument("--from", dest="first", default="", help=when)
    replay.add_argument("--to", dest="last", default="", help="as --from")
    replay.add_argument("--fold-only", action="store_true", help="only fold the events, e.g. of an earlier build")
    replay.add_argument(
        "--policy", type=Path, metavar="FILE", help="the what-if: a YAML file, see docs/guides/routing.md"
    )
    replay.add_argument("--json", action="store_true", help="with --policy: all figures as one JSON object")
    return parser


def _config(args: argparse.Namespace, **more: Any) -> Config:
    return configs.load(args.config, data=args.data, **more)


def _serve(args: argparse.Namespace) -> int:
    print("倾听 Qingting starts 正在启动", flush=True)
    gc.disable()  # what imports make stays: looking through it again and again would take a tenth of the start
    import uvloop

    from .serve import serve

    gc.freeze()
    gc.enable()
    config = _config(args, host=args.host, port=args.port, tls=args.tls)
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        return runner.run(serve(config, demo_tenant=args.demo, voice=not args.no_voice))


def _doctor(args: argparse.Namespace) -> int:
    from .doctor import report

    return report(_config(args), as_json=args.json)


def _health(args: argparse.Namespace) -> int:
    from .probe import health

    print(health(_config(args)))
    return 0


def _tables(args: argparse.Namespace) -> int:
    from .service import tables

    print(tables(_config(args), args.to))
    return 0


def _backup(args: argparse.Namespace) -> int:
    from .backup import backup

    print(backup(_config(args), args.target, with_secrets=args.with_secrets))
    return 0


def _restore(args: argparse.Namespace) -> int:
    from .backup import restore

    print(restore(args.source, _config(args), erasures=args.erasures))
    return 0


def _tenant(args: argparse.Namespace) -> int:
    from .datalock import holder
    from .serve import make_tenant

    config = _config(args)
    password = asyncio.run(make_tenant(config, args.code, args.name, args.admin))
    print(f"tenant {args.code}: sign in as {args.code}/{args.admin} with the one-time password {password}")
    if holder(config.data) is not None:
        print("the centre that runs serves it after its next start")
    return 0


def _password(args: argparse.Namespace) -> int:
    from .serve import new_password

    print(f"one-time password for {args.name}: {asyncio.run(new_password(_config(args), args.name))}")
    return 0


def _flow_lint(args: argparse.Namespace) -> int:
    from .configuring import load
    from .observability import configure_logging
    from .runtime.flow_among import lint_among
    from .runtime.flow_tools.command import lint, speech, told
    from .speech.engines import prompt_store

    text = load(args.file)
    well, lines = lint(text, Path(args.file).parent, args.profile)
    if well and args.config:
        problems, warnings = lint_among(text, load(args.config))
        well, lines = not problems, [*told(problems), *told(warnings, what="warning: ")]
    if well and args.speech:
        configure_logging("warning")
        well, more = asyncio.run(speech(text, Path(args.file).parent, prompt_store(configs.load()), args.profile))
        lines += more
    return _print(well, lines)


def _flow_run(args: argparse.Namespace) -> int:
    from .runtime.flow_tools.command import converse, walk

    if not args.inputs and sys.stdin.isatty():
        converse(args.file, input, print, args.language)
        return 0
    return _print(*walk(args.file, args.inputs, args.language))


def _flow_test(args: argparse.Namespace) -> int:
    from .runtime.flow_tools.command import test

    return _print(*test(args.files))


def _flow_diff(args: argparse.Namespace) -> int:
    from .runtime.flow_tools.command import diff

    return _print(*diff(args.old, args.new))


def _flow_schema(args: argparse.Namespace) -> int:
    from .runtime.flow_tools.command import schema_text

    return _print(True, [schema_text()])


def _print(well: bool, lines: list[str]) -> int:
    for line in lines:
        print(line)
    return 0 if well else 1


def _demo_systems(args: argparse.Namespace) -> int:
    import uvicorn

    from .web.demo_systems import systems

    print(
        f"services: billing = http://127.0.0.1:{args.port}/billing, grid = http://127.0.0.1:{args.port}/grid",
        flush=True,
    )
    uvicorn.run(systems(), host="127.0.0.1", port=args.port, log_level="warning", access_log=False)
    return 0


def _configuration(args: argparse.Namespace) -> int:
    from .configuring import bring_in, export, load, save

    if args.what == "export":
        save(asyncio.run(export(_config(args), args.tenant)), args.file)
        return 0
    text = load(args.file)
    print(asyncio.run(bring_in(_config(args), args.tenant, text, only_look=args.what == "check")))
    return 0


def _simulate(args: argparse.Namespace) -> int:
    from .runtime.simulate.command import simulate

    print(simulate(args.scenario, seed=args.seed, days=args.days, as_json=args.json, chart=args.chart))
    return 0


def _explain(args: argparse.Namespace) -> int:
    from .history import explain_contact

    locale = next(filter(None, map(os.environ.get, ("LC_ALL", "LC_MESSAGES", "LANG"))), "")
    language = args.language or ("zh" if locale.startswith("zh") else "en")
    print(asyncio.run(explain_contact(_config(args), args.contact, args.tenant, language, args.json)))
    return 0


def _replay(args: argparse.Namespace) -> int:
    from .history import replay_tenant, what_if

    config = _config(args)
    if args.policy is not None:
        print(asyncio.run(what_if(config, args.tenant, args.first, args.last, args.policy, args.json)))
        return 0
    words, same = asyncio.run(replay_tenant(config, args.tenant, args.first, args.last, args.fold_only))
    print(words)
    return 0 if same else 1
