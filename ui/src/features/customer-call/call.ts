/** One call of a customer: short-lived credentials, one INVITE to the entry point, audio both ways. */

import type { RTCSession } from "jssip/lib/RTCSession";
import type { UA } from "jssip/lib/UA";
import { api, ApiError } from "../../api/client";
import type { WebCall } from "../../api/types";
import { microphone } from "../../phone/audio";
import { askForMicrophone, audioOutput, obstacleOf, wire } from "../../phone/media";
import { CredentialSocket } from "../../phone/sip-socket";
import { CallNews } from "./live";
import { customerCall, noCall, type CustomerCall, type CustomerCallEvent, type Told } from "./machine";

const now = () => Date.now() / 1000;

export class CustomerPhone {
  state: CustomerCall = noCall;

  private listeners = new Set<() => void>();
  private ua: UA | null = null;
  private session: RTCSession | null = null;
  private news: CallNews | null = null;

  readonly subscribe = (listener: () => void): (() => void) => {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  };

  readonly read = (): CustomerCall => this.state;

  async call(entry: string, language: string): Promise<void> {
    if (this.ua || this.state.stage === "asking") return;
    this.news?.close();
    this.say({ t: "pressed" });
    const obstacle = await askForMicrophone();
    if (obstacle) {
      this.say({ t: "blocked", by: obstacle });
      return;
    }
    this.say({ t: "dialling" });
    try {
      const credentials = await api.post<WebCall>("/public/calls", { entry, language });
      this.news = new CallNews(credentials.live, credentials.token, (told) => this.heard(told), now);
      await this.dial(credentials);
    } catch (error) {
      this.over(error instanceof ApiError ? error.code : "call.failed");
    }
  }

  private async dial(credentials: WebCall): Promise<void> {
    const { default: JsSIP } = await import("jssip");
    const { endpoint, secret, realm, target } = credentials;
    const socket = new CredentialSocket(credentials, () => Promise.resolve(credentials), () => 0);
    const ua = new JsSIP.UA({
      sockets: socket,
      uri: `sip:${endpoint}@${realm}`,
      authorization_user: endpoint,
      password: secret,
      register: false,
      session_timers: false,
      connection_recovery_min_interval: 1,
      connection_recovery_max_interval: 4,
      user_agent: "Qingting",
    });
    this.ua = ua;
    ua.on("disconnected", () => {
      // Before the call began there is nothing to wait for; during it the sound goes on.
      if (this.session) this.say({ t: "shaky", on: true });
      else this.over("network.down");
    });
    ua.on("connected", () => {
      this.say({ t: "shaky", on: false });
      if (!this.session) this.invite(ua, target.startsWith("sip:") ? target : `sip:${target}@${realm}`, credentials);
    });
    ua.start();
  }

  private invite(ua: UA, target: string, credentials: WebCall): void {
    const session = ua.call(target, {
      mediaConstraints: microphone(),
      pcConfig: { iceServers: credentials.ice_servers },
    });
    this.session = session;
    wire(session, audioOutput());
    session.on("confirmed", () => this.say({ t: "up", at: now() }));
    session.on("getusermediafailed", (error: unknown) => this.say({ t: "blocked", by: obstacleOf(error) }));
    session.on("ended", (event) => this.over("", event.originator === ("local" as never) ? "customer" : ""));
    session.on("failed", (event) => {
      const status = (event.message as { status_code?: number } | null)?.status_code ?? 0;
      const busy = status === 486 || status === 503 || status === 600;
      this.over(event.originator === ("local" as never) ? "" : busy ? "call.busy" : "call.failed");
    });
  }

  hangUp(): void {
    if (this.session) this.session.terminate();
    else this.over("");
  }

  mute(on: boolean): void {
    if (on) this.session?.mute({ audio: true });
    else this.session?.unmute({ audio: true });
    this.say({ t: "muted", on });
  }

  sendKey(key: string): void {
    this.session?.sendDTMF(key, { transportType: "RFC2833" as never, duration: 160 });
  }

  private heard(told: Told): void {
    this.say({ t: "told", told });
    if (told.stage !== "ended") return;
    this.news?.close();
    // The line's own end may have missed us: it was sent to a connection that the network or a restart has taken.
    const { session } = this;
    setTimeout(() => {
      if (session && session === this.session) session.terminate();
    }, 1500);
  }

  private over(failure: string, cause: "customer" | "" = ""): void {
    const { news } = this;
    // Who ended it is told a moment later.
    if (news) setTimeout(() => news.close(), failure ? 0 : 5000);
    const ua = this.ua;
    this.ua = null;
    this.session = null;
    if (ua) {
      ua.removeAllListeners();
      // After the last message has left.
      setTimeout(() => ua.stop(), 200);
    }
    this.say({ t: "over", at: now(), failure, cause });
  }

  private say(event: CustomerCallEvent): void {
    const next = customerCall(this.state, event);
    if (next === this.state) return;
    this.state = next;
    for (const listener of this.listeners) listener();
  }
}
