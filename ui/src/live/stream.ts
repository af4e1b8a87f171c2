/** A live stream that keeps itself alive: reconnects, catches up from where it was, says when it is stale. */

import { api, ApiError } from "../api/client";
import { backoff } from "./backoff";
import { serverClock } from "./clock";
import { hear, nothingHeard, parse, type Heard } from "./reducer";

export interface LiveState extends Heard {
  status: "connecting" | "live" | "lost";
  /** Server instant of the last sign of life; 0 before the first. */
  heardAt: number;
}

/** Two pings and some. */
const silence_s = 35;

export class LiveStream {
  state: LiveState = { ...nothingHeard, status: "connecting", heardAt: 0 };

  private socket: WebSocket | null = null;
  private listeners = new Set<() => void>();
  private attempt = 0;
  private retry: ReturnType<typeof setTimeout> | undefined;
  private watchdog: ReturnType<typeof setTimeout> | undefined;
  private running = false;

  constructor(private readonly name: "desk" | "floor") {}

  readonly subscribe = (listener: () => void): (() => void) => {
    this.listeners.add(listener);
    if (!this.running) this.start();
    return () => {
      this.listeners.delete(listener);
      // A page that swaps panels subscribes again at once: only a stream that nobody wants is closed.
      setTimeout(() => {
        if (this.listeners.size === 0) this.stop();
      }, 1000);
    };
  };

  readonly read = (): LiveState => this.state;

  private start(): void {
    this.running = true;
    window.addEventListener("online", this.retryNow);
    this.connect();
  }

  stop(): void {
    if (!this.running) return;
    this.running = false;
    window.removeEventListener("online", this.retryNow);
    clearTimeout(this.retry);
    clearTimeout(this.watchdog);
    this.drop();
    this.state = { ...nothingHeard, status: "connecting", heardAt: 0 };
  }

  private readonly retryNow = (): void => {
    if (this.socket === null && this.running) {
      clearTimeout(this.retry);
      this.connect();
    }
  };

  private connect(): void {
    const url = new URL(`/api/v1/live/${this.name}`, location.href);
    url.protocol = url.protocol.replace("http", "ws");
    if (this.state.stream) {
      url.searchParams.set("stream", this.state.stream);
      url.searchParams.set("since", String(this.state.seq));
    }
    const socket = new WebSocket(url);
    this.socket = socket;
    this.watch();
    socket.onmessage = (event) => {
      if (this.socket === socket) this.receive(String(event.data));
    };
    socket.onclose = (event) => {
      if (this.socket !== socket) return;
      // The server says in the close code what a handshake cannot: 4000 + the HTTP status.
      if (event.code === 4401) void this.checkSession();
      this.lost();
    };
  }

  private receive(text: string): void {
    const message = parse(text);
    if (message.t === "bye") {
      if (message.code.startsWith("session.")) void this.checkSession();
      return;
    }
    serverClock.heard(message.now);
    this.attempt = 0;
    this.watch();
    this.publish({ ...hear(this.state, message), status: "live", heardAt: serverClock.now() });
  }

  /** No sign of life for too long: the connection is half open, whatever the browser thinks. */
  private watch(): void {
    clearTimeout(this.watchdog);
    this.watchdog = setTimeout(() => this.lost(), silence_s * 1000);
  }

  private lost(): void {
    clearTimeout(this.watchdog);
    this.drop();
    if (!this.running) return;
    this.attempt += 1;
    if (this.state.status !== "lost") this.publish({ ...this.state, status: "lost" });
    this.retry = setTimeout(() => this.connect(), backoff(this.attempt, 0.5, 8) * 1000);
  }

  private async checkSession(): Promise<void> {
    try {
      await api.get("/session");
    } catch (error) {
      if (!(error instanceof ApiError)) throw error;
      // 401 has already led to the sign-in page; anything else is the outage that we are waiting out.
    }
  }

  private drop(): void {
    const socket = this.socket;
    this.socket = null;
    if (socket) {
      socket.onmessage = null;
      socket.onclose = null;
      socket.close();
    }
  }

  private publish(next: Heard & Pick<LiveState, "status" | "heardAt">): void {
    this.state = next;
    for (const listener of this.listeners) listener();
  }
}

export const deskStream = new LiveStream("desk");
export const floorStream = new LiveStream("floor");
