/** JsSIP's transport with an address that may change: each connection may bring fresh credentials. */

import type { Socket } from "jssip/lib/Socket";
import type { PhoneCredentials } from "../api/types";

const handshake_ms = 8000;

export class CredentialSocket implements Socket {
  via_transport = location.protocol === "https:" ? "WSS" : "WS";
  url: string;
  sip_uri: string;
  onconnect: () => void = () => undefined;
  ondisconnect: (error: boolean, code?: number, reason?: string) => void = () => undefined;
  ondata: <T>(data: T) => void = () => undefined;

  private socket: WebSocket | null = null;
  private pending = false;
  /** Refused or expired: the next connection asks for new credentials first. */
  private stale = false;

  constructor(
    private credentials: PhoneCredentials,
    /** Fetches fresh ones and applies them to the user agent. Rejects when there are none. */
    private readonly renew: () => Promise<PhoneCredentials>,
    private readonly now: () => number,
  ) {
    this.url = address(credentials.ws);
    this.sip_uri = `sip:${new URL(this.url).host};transport=ws`;
  }

  expire(): void {
    this.stale = true;
  }

  connect(): void {
    if (this.pending || this.isConnected() || this.isConnecting()) return;
    this.disconnect();
    this.pending = true;
    void this.open();
  }

  private async open(): Promise<void> {
    if (this.stale || this.credentials.expires_at - this.now() < 20) {
      try {
        this.credentials = await this.renew();
        this.url = address(this.credentials.ws);
        this.stale = false;
      } catch (error) {
        // JsSIP asks again after its pause; the caller of `renew` has said what is wrong.
        if (this.pending) {
          this.pending = false;
          this.ondisconnect(true, 0, error instanceof Error ? error.message : "no credentials");
        }
        return;
      }
    }
    if (!this.pending) return;
    this.pending = false;
    // Not in the address, which would end up in logs.
    const { token } = this.credentials;
    const socket = new WebSocket(this.url, token ? ["sip", `token.${token}`] : "sip");
    this.socket = socket;
    let opened = false;
    const giveUp = setTimeout(() => socket.close(), handshake_ms);
    socket.binaryType = "arraybuffer";
    socket.onopen = () => {
      opened = true;
      clearTimeout(giveUp);
      this.onconnect();
    };
    socket.onmessage = (event) => this.ondata(event.data as unknown);
    socket.onclose = (event) => {
      clearTimeout(giveUp);
      if (this.socket === socket) this.socket = null;
      if (!opened) this.stale = true;
      this.ondisconnect(!event.wasClean, event.code, event.reason);
    };
  }

  disconnect(): void {
    this.pending = false;
    const socket = this.socket;
    this.socket = null;
    if (socket) {
      socket.onopen = socket.onclose = socket.onmessage = null;
      socket.close();
    }
  }

  send(message: string | ArrayBufferLike | Blob | ArrayBufferView): boolean {
    if (!this.isConnected()) return false;
    this.socket?.send(message);
    return true;
  }

  isConnected(): boolean {
    return this.socket?.readyState === WebSocket.OPEN;
  }

  isConnecting(): boolean {
    return this.pending || this.socket?.readyState === WebSocket.CONNECTING;
  }
}

/** `ws` of the credentials is a path of this host or a whole address. */
function address(ws: string): string {
  const url = new URL(ws, location.href);
  url.protocol = url.protocol.replace("http", "ws");
  return url.href;
}
