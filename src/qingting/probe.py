"""What the centre on this machine says of itself.

Small enough to be asked once a second: neither the centre nor its parts are imported for it.
"""

from __future__ import annotations

import ssl
import urllib.error
import urllib.request

from .config import Config
from .errors import Unavailable

ANSWER_S = 5.0


def health(config: Config) -> str:
    """What `/health` says, JSON. Raises `Unavailable("serve.no_answer" | "serve.down")`, the latter with `said`."""
    host = {"0.0.0.0": "127.0.0.1", "::": "[::1]"}.get(config.host, config.host)
    url = f"{'https' if config.tls else 'http'}://{host}:{config.port}/health"
    # It is our own address; which names its certificate has is the doctor's matter.
    anyone = ssl._create_unverified_context() if config.tls else None
    direct = urllib.request.build_opener(urllib.request.ProxyHandler({}), urllib.request.HTTPSHandler(context=anyone))
    try:
        with direct.open(url, timeout=ANSWER_S) as answer:
            return str(answer.read(10_000).decode())
    except urllib.error.HTTPError as e:
        said = e.read(10_000).decode(errors="replace")
        raise Unavailable("serve.down", f"{url} says {said}", said=said) from e
    except OSError as e:
        raise Unavailable("serve.no_answer", f"{url} does not answer: {e}") from e
