"""Writes all of Asterisk's configuration, anew at each start: what people configure is pushed at run time.

Nothing in the dialplan reaches the outside: every context ends in our application, or waits for it; that of other
sites rings phones of ours (`sites.py`). There is
no anonymous endpoint. HTTP and AMI stand on loopback whatever `sip_host` says.
"""

from __future__ import annotations

import shutil
from collections.abc import Mapping, Sequence
from pathlib import Path

from qingting.config import Voice
from qingting.machine import own_addresses, resolved

from . import sites
from .layout import APPLICATION, SYSTEM, Layout
from .modules import MODULES
from .music import Music
from .provision import Installation

LONGEST_CALL_S = 4 * 3600
"""No channel lives longer, whoever forgot it."""
LONGEST_FALLBACK_S = 3600
RETRY_S = 3
"""How often the fallback asks whether an application answers again."""

SYSTEM_AUTHORITIES = "/etc/ssl/certs/ca-certificates.crt"

CONTEXTS = ("trunk", "trunk-asserted", "phone", "web")
"""Which lead to our application."""

Lines = Sequence[str]


def write(
    voice: Voice, layout: Layout, installation: Installation, certificate: tuple[Path, Path] | None = None
) -> None:
    """`certificate` (chain, key) is what callers over TLS are shown."""
    layout.make()
    files: dict[str, Mapping[str, Lines]] = {
        "asterisk.conf": _asterisk(layout, installation),
        "modules.conf": {
            "modules": ["autoload=no", *(f"load={m}" for m in MODULES if (installation.modules / m).exists())]
        },
        "logger.conf": {
            "general": ["dateformat=%F %T.%3q", "rotatestrategy=rotate"],
            "logfiles": ["messages.log => notice,warning,error"],
        },
        "stasis.conf": {"declined_message_types": _DECLINED},
        "cdr.conf": {"general": ["enable=no"]},
        "cel.conf": {"general": ["enable=no"]},
        "http.conf": {
            "general": [
                "enabled=yes",
                "bindaddr=127.0.0.1",
                f"bindport={voice.http_port}",
                "sessionlimit=20000",
                "session_inactivity=30000",
                "session_keep_alive=2000000000",
                "enable_static=no",
                "enable_status=no",
            ]
        },
        "ari.conf": {
            "general": ["enabled=yes", "pretty=no", "websocket_write_timeout=5000"],
            APPLICATION: ["type=user", "read_only=no", f"password={layout.secret('ari')}"],
        },
        "manager.conf": _manager(voice, layout),
        "rtp.conf": {"general": _rtp(voice), "ice_host_candidates": _seen_from_outside(voice)},
        "sorcery.conf": {
            "res_pjsip": [f"{kind}=memory" for kind in ("endpoint", "auth", "aor")],
            "res_pjsip_endpoint_identifier_ip": ["identify=memory"],
            "res_pjsip_outbound_registration": ["registration=memory"],
        },
        "pjsip.conf": _pjsip(voice, certificate),
        "indications.conf": _TONES,
        "extensions.conf": {"general": ["static=yes", "writeprotect=yes"]}
        | {c: _dialplan(c, layout) for c in CONTEXTS}
        | sites.dialplan(LONGEST_CALL_S),
    }
    for name in ("acl", "ccss", "features", "pjproject", "udptl", "websocket_client"):
        files[f"{name}.conf"] = {}  # their defaults; a missing file is an error in its log
    for name, sections in files.items():
        _put(layout.etc / name, sections)
    Music(layout).refresh()
    _put_fallback_message(layout, installation)


def _asterisk(layout: Layout, installation: Installation) -> dict[str, Lines]:
    return {
        "directories": [
            f"astetcdir => {layout.etc}",
            f"astmoddir => {installation.modules}",
            f"astvarlibdir => {layout.lib}",
            f"astdbdir => {layout.lib}",
            f"astkeydir => {layout.lib}",
            f"astdatadir => {installation.share}",
            f"astagidir => {layout.lib}",
            f"astspooldir => {layout.spool}",
            f"astrundir => {layout.run}",
            f"astlogdir => {layout.log}",
            f"astsbindir => {layout.run}",
        ],
        "options": [
            f"systemname={SYSTEM}",
            "verbose=0",
            "nocolor=yes",
            "documentation_language=en_US",
            "transmit_silence=no",
            "internal_timing=yes",
            "maxfiles=65536",
            "hideconnect=yes",
        ],
    }


_TONES: dict[str, Lines] = {
    "general": ["country=cn"],
    "cn": [
        "description=China",
        "ringcadence=1000,4000",
        "dial=450",
        "busy=450/350,0/350",
        "ring=450/1000,0/4000",
        "congestion=450/700,0/700",
    ],
}
"""What we play ourselves: who hears an outside phone ring that sends no tone of its own, hears this one."""

_DECLINED = [
    f"decline={kind}"
    for kind in (
        "ast_channel_agent_login_type",
        "ast_channel_agent_logoff_type",
        "ast_channel_monitor_start_type",
        "ast_channel_monitor_stop_type",
        "ast_channel_varset_type",
        "ast_device_state_message_type",
        "ast_rtp_rtcp_sent_type",
        "ast_rtp_rtcp_received_type",
        "cel_generic_type",
    )
]
"""Messages nobody here listens to; not making them saves work on every call."""


_UNHEARD = (
    *("Newchannel", "Newstate", "Newexten", "NewCallerid", "NewConnectedLine", "NewAccountCode", "Rename"),
    *("HangupRequest", "SoftHangupRequest", "Hangup", "DialBegin", "DialState", "DialEnd"),
    *("BridgeCreate", "BridgeEnter", "BridgeLeave", "BridgeDestroy", "BridgeMerge", "BridgeInfoChannel"),
    *("MusicOnHoldStart", "MusicOnHoldStop", "Hold", "Unhold", "VarSet"),
    *("MixMonitorStart", "MixMonitorStop", "MixMonitorMute", "DeviceStateChange", "ExtensionStatus", "UserEvent"),
)
"""What the manager's socket would tell of each call: ARI tells it, and to write it twice is dear."""


def _manager(voice: Voice, layout: Layout) -> dict[str, Lines]:
    return {
        "general": [
            "enabled=yes",
            "webenabled=no",
            "bindaddr=127.0.0.1",
            f"port={voice.ami_port}",
            "displayconnects=no",
            "timestampevents=no",
            f"disabledevents={','.join(_UNHEARD)}",
        ],
        APPLICATION: [
            f"secret={layout.secret('ami')}",
            "deny=0.0.0.0/0.0.0.0",
            "permit=127.0.0.1/255.255.255.255",
            "read=system,security,dtmf",
            "write=system,call",
            "writetimeout=5000",
            *(
                f"eventfilter(name({name}))="
                for name in (
                    "ContactStatus",
                    "InvalidAccountID",
                    "InvalidPassword",
                    "ChallengeResponseFailed",
                    "FailedACL",
                    "DTMFBegin",
                    "DTMFEnd",
                )
            ),
        ],
    }


def _rtp(voice: Voice) -> Lines:
    lines = [
        f"rtpstart={voice.rtp_first}",
        f"rtpend={voice.rtp_last}",
        "icesupport=yes",
        "strictrtp=yes",
        "rtcpinterval=5000",
    ]
    if voice.stun:
        lines.append(f"stunaddr={voice.stun}")
    return lines


def _seen_from_outside(voice: Voice) -> Lines:
    """Browsers are told the outside's address beside our own: their offers bypass what SIP is told of NAT."""
    if not voice.external_address:
        return []
    outside = resolved(voice.external_address)
    inside = [address for address in own_addresses() if ":" not in address and not address.startswith("127.")]
    return [f"{address} => {outside},include_local_address" for address in inside if outside not in ("", address)]


def _pjsip(voice: Voice, certificate: tuple[Path, Path] | None) -> dict[str, Lines]:
    nat: list[str] = []
    if voice.external_address:
        nat += [
            f"external_media_address={voice.external_address}",
            f"external_signaling_address={voice.external_address}",
        ]
        networks = voice.local_networks or ("10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "127.0.0.0/8")
        nat += [f"local_net={network}" for network in networks]
    bind = f"{voice.sip_host}:{voice.sip_port}"
    sections: dict[str, Lines] = {
        "system": ["type=system", "threadpool_initial_size=4", "threadpool_max_size=32"],
        "global": [
            "type=global",
            "user_agent=Qingting",
            "endpoint_identifier_order=username,ip",
            "keep_alive_interval=60",
            "max_initial_qualify_time=2",
        ],
        "udp": ["type=transport", "protocol=udp", f"bind={bind}", *nat],
        "tcp": ["type=transport", "protocol=tcp", f"bind={bind}", *nat],
        "ws": ["type=transport", "protocol=ws", "bind=127.0.0.1"],
    }
    # Always there, since calls to trunks over TLS need it too; without a certificate nobody can call us by it.
    sections["tls"] = [
        "type=transport",
        "protocol=tls",
        f"bind={voice.sip_host}:{voice.sip_tls_port}",
        "method=tlsv1_2",
        "allow_reload=yes",
        *nat,
    ]
    if voice.sip_tls_port and certificate is not None:
        chain, key = certificate
        sections["tls"] = [*sections["tls"], f"cert_file={chain.absolute()}", f"priv_key_file={key.absolute()}"]
    if voice.sip_tls_trust != "any":
        trust = Path(voice.sip_tls_trust or SYSTEM_AUTHORITIES).absolute()
        known = (
            [f"ca_list_file={trust}"] if trust.is_file() else []
        )  # without it nobody is believed; the doctor tells
        sections["tls"] = [*sections["tls"], "verify_server=yes", *known]
    return sections


# Letters that stand alone (h, i, s, t …) have a meaning in a dialplan and are never dialled.
_DIALLED = ("_[+*#0-9]!", "_[A-Za-z][A-Za-z0-9]!")


def _dialplan(context: str, layout: Layout) -> Lines:
    """Into the application; while none answers, music and a message, asking again every few seconds.

    The application's arguments are `in, kept or not, asserted identity`.
    """
    asserted = "${FILTER(+0-9A-Za-z:@.<>,${PJSIP_HEADER(read,P-Asserted-Identity)})}" if "asserted" in context else ""
    lines = []
    for pattern in _DIALLED:
        lines += [
            f"exten => {pattern},1,Set(TIMEOUT(absolute)={LONGEST_CALL_S})",
            f"same => n,Stasis({APPLICATION},in,0,{asserted})",
            'same => n,GotoIf($["${STASISSTATUS}" != "FAILED"]?done)',
            f"same => n,Set(TIMEOUT(absolute)={LONGEST_FALLBACK_S})",
            "same => n,Answer()",
            f"same => n(message),Playback({layout.sounds}/fallback)",
            "same => n,Set(QT_TURN=0)",
            "same => n(wait),StartMusicOnHold(default)",
            f"same => n,Wait({RETRY_S})",
            "same => n,StopMusicOnHold()",
            f"same => n,Stasis({APPLICATION},in,1,{asserted})",
            'same => n,GotoIf($["${STASISSTATUS}" != "FAILED"]?done)',
            "same => n,Set(QT_TURN=$[${QT_TURN} + 1])",
            "same => n,GotoIf($[${QT_TURN} < 8]?wait:message)",
            "same => n(done),Hangup()",
        ]
    return lines


def _put_fallback_message(layout: Layout, installation: Installation) -> None:
    """Asterisk's own English one, until a better one is put beside it as `fallback.wav`."""
    if any(layout.sounds.glob("fallback.*")):
        return
    for suffix in ("gsm", "wav", "ulaw"):
        theirs = installation.share / "sounds" / "en" / f"queue-thankyou.{suffix}"
        if theirs.exists():
            shutil.copyfile(theirs, layout.sounds / f"fallback.{suffix}")
            return


def _put(path: Path, sections: Mapping[str, Lines]) -> None:
    text = "".join(f"[{name}]\n" + "".join(f"{line}\n" for line in lines) + "\n" for name, lines in sections.items())
    new = path.with_suffix(".new")
    new.touch(mode=0o600)
    new.write_text(text)
    new.replace(path)
