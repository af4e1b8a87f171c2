"""app_queue on an Asterisk of its own, as well tuned as we know how: `app_queue/` beside this file.

Alike on both sides: codecs offered, music while waiting, no announcements, recording only in the audio part,
phones looked at every 30 s, no call records, the same sipp scenarios. Different, in app_queue's favour: no manager
interface, though a centre needs it to see its queue (with it, a call cost about a tenth more), and members that are
configured rather than registered. It loads `bridge_native_rtp`, which we may not (`telephony/asterisk/modules.py`):
in the signalling part no media flows and it makes no difference (12.8 and 12.8 ms of CPU a call with it, 11.4 and
13.6 without, 300 calls at 50/s); in the audio part recording keeps every call from it.
"""

from __future__ import annotations

import asyncio
import time
from pathlib import Path

from qingting.config import Config
from qingting.telephony.asterisk import configure
from qingting.telephony.asterisk.engine import Engine
from qingting.telephony.asterisk.modules import MODULES

from . import cpu, load
from .side import Ports, audible, settle

TEMPLATES = Path(__file__).parent / "app_queue"
OURS_ONLY = (
    "res_ari",
    "res_stasis",
    "app_stasis",
    "res_http_websocket",
    "res_websocket_client",
    "res_pjsip_transport_websocket",
)
"""What Qingting loads and app_queue does not need."""
LOOKED_AT_S = 1.0
"""Within which all contacts are looked at for the first time (`max_initial_qualify_time`)."""


class AppQueueSide:
    """Its Asterisk boots in `ready`, in half a second: until then nothing of it stands in Qingting's way."""

    def __init__(self, data: Path, runtime: Path, ports: Ports, agents: int) -> None:
        voice = ports.engine
        self._engine = Engine.find(Config(data=data, runtime=runtime, voice=voice))
        self._recordings = data / "recordings"
        self._recordings.mkdir(parents=True)
        layout = self._engine.layout
        configure.write(voice, layout, self._engine.installation)
        names = [f"p{n:04}" for n in range(agents)]
        words = {
            "SIP_PORT": str(voice.sip_port),
            "RECORDINGS": str(self._recordings),
            "MEMBERS": "\n".join(f"member => PJSIP/{name}" for name in names),
            "AGENTS": "\n".join(
                f"[{name}](agent)\naors={name}\n[{name}](contact)\ncontact=sip:{name}@127.0.0.1:{ports.phones}\n"
                for name in names
            ),
        }
        for template in TEMPLATES.glob("*.conf"):
            text = template.read_text()
            for word, value in words.items():
                text = text.replace(f"@{word}@", value)
            (layout.etc / template.name).write_text(text)
        modules = [m for m in MODULES if not m.startswith(OURS_ONLY)]
        modules += ["app_queue.so", "bridge_native_rtp.so"]
        lines = ["[modules]", "autoload=no", *(f"load={m}" for m in modules)]
        (layout.etc / "modules.conf").write_text("\n".join(lines) + "\n")
        stasis = layout.etc / "stasis.conf"  # app_queue needs the messages of agents and of devices
        needed = ("agent", "device_state")
        kept = [line for line in stasis.read_text().splitlines(True) if not any(word in line for word in needed)]
        stasis.write_text("".join(kept))
        (layout.etc / "sorcery.conf").write_text("")
        (layout.etc / "manager.conf").write_text("[general]\nenabled=no\n")
        (layout.etc / "logger.conf").write_text(
            "[general]\nqueue_log=no\n[logfiles]\nmessages.log => notice,warning,error\n"
        )

    def ready(self, phones: load.Phones) -> None:
        phones.answer()
        asyncio.run(self._engine.process.start())
        time.sleep(LOOKED_AT_S)
        settle(self.books)

    def books(self) -> tuple[float, float]:
        pid = self._engine.process.pid()
        assert pid is not None
        return cpu.of(pid), 0.0

    def channels_recorded(self) -> int:
        return audible(self._recordings)

    def stop(self) -> None:
        asyncio.run(self._engine.process.stop())
