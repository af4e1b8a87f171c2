"""app_queue on an Asterisk of its own, as well tuned as we know how: `app_queue/` beside this file."""

from __future__ import annotations

import asyncio
from pathlib import Path

from qingting.config import Config, Voice
from qingting.telephony.asterisk import configure
from qingting.telephony.asterisk.engine import Engine
from qingting.telephony.asterisk.modules import MODULES

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


class AppQueueSide:
    name = "app_queue"

    def __init__(self, data: Path, runtime: Path, voice: Voice, agents: int, phones_port: int) -> None:
        self.engine = Engine.find(Config(data=data, runtime=runtime, voice=voice))
        self.recordings = data / "recordings"
        self.recordings.mkdir(parents=True)
        layout = self.engine.layout
        configure.write(voice, layout, self.engine.installation)
        names = [f"p{n:04}" for n in range(agents)]
        words = {
            "SIP_PORT": str(voice.sip_port),
            "RECORDINGS": str(self.recordings),
            "MEMBERS": "\n".join(f"member => PJSIP/{name}" for name in names),
            "AGENTS": "\n".join(
                f"[{name}](agent)\naors={name}\n[{name}](contact)\ncontact=sip:{name}@127.0.0.1:{phones_port}\n"
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
        (layout.etc / "manager.conf").write_text(
            f"[general]\nenabled=yes\nbindaddr=127.0.0.1\nport={voice.ami_port}\n"
        )
        (layout.etc / "logger.conf").write_text(
            "[general]\nqueue_log=no\n[logfiles]\nmessages.log => notice,warning,error\n"
        )

    async def start(self) -> None:
        await self.engine.process.start()
        await asyncio.sleep(2.5)  # contacts are looked at for the first time

    async def stop(self) -> None:
        await self.engine.process.stop()

    def engine_pid(self) -> int:
        pid = self.engine.process.pid()
        assert pid is not None
        return pid
