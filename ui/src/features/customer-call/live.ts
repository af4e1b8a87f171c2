/** The centre's words about this call, over a socket of its own; comes back by itself while the call goes on. */

import type { Told } from "./machine";

const again_ms = [1000, 2000, 4000, 8000];

export class CallNews {
  private socket: WebSocket | null = null;
  private timer: ReturnType<typeof setTimeout> | undefined;
  private failures = 0;
  private closed = false;
  /** Between this device's clock and the centre's, once for all: an instant of the centre stays one instant here. */
  private offset: number | null = null;

  constructor(
    private readonly path: string,
    private readonly token: string,
    private readonly tell: (told: Told) => void,
    private readonly now: () => number,
  ) {
    this.open();
  }

  private open(): void {
    const url = new URL(this.path, location.href);
    url.protocol = url.protocol.replace("http", "ws");
    const socket = new WebSocket(url, ["call", `token.${this.token}`]);
    this.socket = socket;
    socket.onmessage = (event) => {
      this.failures = 0;
      const { now, call } = JSON.parse(event.data as string) as { now: number; call: Told | null };
      this.offset ??= this.now() - now;
      if (call) this.tell("since" in call ? { ...call, since: call.since + this.offset } : call);
    };
    socket.onclose = (event) => {
      // 44xx: the centre has nothing more to tell here.
      if (this.closed || event.code >= 4400) return;
      const pause = again_ms[Math.min(this.failures++, again_ms.length - 1)];
      this.timer = setTimeout(() => this.open(), pause);
    };
  }

  close(): void {
    this.closed = true;
    clearTimeout(this.timer);
    this.socket?.close();
  }
}
