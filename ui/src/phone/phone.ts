/** The agent's browser phone: JsSIP behind the machine. One per page; the desk starts it. */

import type { RTCSession } from "jssip/lib/RTCSession";
import type { RTCSessionEvent, UA } from "jssip/lib/UA";
import { api, ApiError } from "../api/client";
import type { PhoneCredentials } from "../api/types";
import { serverClock } from "../live/clock";
import { answersNow, phone, phoneOff, type Obstacle, type PhoneEvent, type PhoneState } from "./machine";
import { audioChoice, microphone, onAudioChoice, playThrough } from "./audio";
import {
  askForMicrophone,
  audioOutput,
  exchangeMicrophone,
  lacking,
  microphoneOf,
  obstacleOf,
  watchMicrophonePermission,
  wire,
} from "./media";
import { CredentialSocket } from "./sip-socket";
import { PhoneTab } from "./tab";

const register_again_ms = 2000;
/** How long a call may knock while the one before it says goodbye. */
const knocking_ms = 3000;

type Invite = { getHeader(name: string): string | undefined };

export class Phone {
  state: PhoneState = phoneOff;

  private listeners = new Set<() => void>();
  private tab: PhoneTab | null = null;
  private ua: UA | null = null;
  private socket: CredentialSocket | null = null;
  private credentials: PhoneCredentials | null = null;
  private session: RTCSession | null = null;
  /** A call that came before the last one's goodbye did. */
  private knocking: RTCSession | null = null;
  private retry: ReturnType<typeof setTimeout> | undefined;
  private unwatch: () => void = () => undefined;
  private forget: () => void = () => undefined;
  /** Told when another tab keeps the phone because it is in a call. */
  onKept: () => void = () => undefined;
  /** Told when a microphone cannot be changed to in a call. */
  onMicrophone: (why: Obstacle) => void = () => undefined;

  readonly subscribe = (listener: () => void): (() => void) => {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  };

  readonly read = (): PhoneState => this.state;

  /** Idempotent. `user` keeps two people's phones on one machine apart. */
  start(user: string): void {
    if (this.state.stage !== "off") return;
    this.say({ t: "started" });
    const missing = lacking() || ("locks" in navigator ? "" : "no_webrtc");
    if (missing) {
      this.block(missing);
      return;
    }
    void watchMicrophonePermission((now) => {
      if (now === "granted" && this.state.stage === "blocked" && this.state.obstacle !== "elsewhere") void this.connect();
      if (now === "denied" && !this.state.call) this.block("microphone_refused");
    }).then((unwatch) => (this.unwatch = unwatch));
    this.forget = onAudioChoice(() => this.audioChosen());
    this.tab = new PhoneTab(`qingting-phone-${user}`, {
      held: () => void this.connect(),
      elsewhere: () => this.say({ t: "blocked", by: "elsewhere" }),
      mayYield: () => this.state.call === null,
      yielded: () => this.disconnect(),
      kept: () => this.onKept(),
    });
    this.tab.start();
  }

  stop(): void {
    this.tab?.stop();
    this.tab = null;
    this.unwatch();
    this.forget();
    this.disconnect();
    this.say({ t: "stopped" });
  }

  takeOver(): void {
    this.tab?.takeOver();
  }

  /** After the person mended what stood in the way. */
  tryAgain(): void {
    if (this.state.stage === "blocked" && this.state.obstacle !== "elsewhere") void this.connect();
  }

  answer(assignment: string): void {
    this.say({ t: "answer_pressed", assignment });
    this.answerIfDue();
  }

  mute(on: boolean): void {
    if (!this.session) return;
    if (on) this.session.mute({ audio: true });
    else this.session.unmute({ audio: true });
    this.say({ t: "muted", on });
  }

  sendKey(key: string): void {
    // RFC 4733 through the media path, where the far side listens.
    this.session?.sendDTMF(key, { transportType: "RFC2833" as never, duration: 120 });
  }

  /** What is heard of this person in the call that is up. */
  microphone(): MediaStreamTrack | null {
    return (this.session && microphoneOf(this.session)?.track) ?? null;
  }

  /** Ends this side of the call without the server: the way out when it does not answer. */
  hangUp(): void {
    this.session?.terminate();
  }

  /** Also in the middle of a call: headsets are changed then, and only then is it heard that they should be. */
  private audioChosen(): void {
    void playThrough(audioOutput(), audioChoice().speaker);
    if (this.session && this.state.call?.state === "up") this.exchange(this.session);
  }

  private exchange(session: RTCSession): void {
    exchangeMicrophone(session).then(
      () => this.watchUnplugged(session),
      // The call goes on with the microphone that it has, if it has one.
      (error: unknown) => this.onMicrophone(obstacleOf(error)),
    );
  }

  /** A headset that is pulled out ends its microphone: the call goes on with what is left. */
  private watchUnplugged(session: RTCSession): void {
    const track = microphoneOf(session)?.track;
    track?.addEventListener("ended", () => {
      if (this.session === session) this.exchange(session);
    });
  }

  private async connect(): Promise<void> {
    this.say({ t: "connecting" });
    const obstacle = await askForMicrophone();
    if (obstacle) {
      this.block(obstacle);
      return;
    }
    this.say({ t: "microphone_granted" });
    try {
      this.credentials = await api.get<PhoneCredentials>("/desk/phone");
    } catch (error) {
      this.noCredentials(error);
      return;
    }
    const { default: JsSIP } = await import("jssip");
    this.disconnect();
    const { endpoint, secret, realm } = this.credentials;
    this.socket = new CredentialSocket(this.credentials, () => this.renew(), () => serverClock.now());
    const ua = new JsSIP.UA({
      sockets: this.socket,
      uri: `sip:${endpoint}@${realm}`,
      authorization_user: endpoint,
      password: secret,
      register_expires: 120,
      session_timers: false,
      connection_recovery_min_interval: 1,
      connection_recovery_max_interval: 4,
      user_agent: "Qingting",
    });
    this.ua = ua;
    ua.on("registered", () => this.say({ t: "registered" }));
    ua.on("unregistered", () => this.say({ t: "connection_lost" }));
    ua.on("disconnected", () => this.say({ t: "connection_lost" }));
    ua.on("registrationFailed", (event) => this.registrationFailed(ua, event.response));
    ua.on("newRTCSession", (event: RTCSessionEvent) => {
      if (event.originator === ("remote" as never)) this.rings(event.session, event.request);
    });
    ua.start();
  }

  private async renew(): Promise<PhoneCredentials> {
    try {
      const fresh = await api.get<PhoneCredentials>("/desk/phone");
      if (this.credentials && fresh.endpoint !== this.credentials.endpoint && !this.state.call) {
        // Another name is another user agent.
        queueMicrotask(() => void this.connect());
      }
      this.credentials = fresh;
      this.ua?.set("password", fresh.secret);
      return fresh;
    } catch (error) {
      if (error instanceof ApiError && error.status === 403) this.block("no_phone");
      throw error;
    }
  }

  private noCredentials(error: unknown): void {
    if (error instanceof ApiError && !error.retryable) {
      this.block("no_phone");
      return;
    }
    this.say({ t: "connection_lost" });
    clearTimeout(this.retry);
    this.retry = setTimeout(() => void this.connect(), register_again_ms);
  }

  private registrationFailed(ua: UA, response: { status_code: number } | null): void {
    this.say({ t: "connection_lost" });
    clearTimeout(this.retry);
    const refused = response?.status_code === 401 || response?.status_code === 403 || response?.status_code === 404;
    this.retry = setTimeout(() => {
      if (this.ua !== ua || !ua.isConnected()) return;
      if (!refused) ua.register();
      else
        void this.renew().then(
          () => ua.register(),
          () => this.registrationFailed(ua, response),
        );
    }, register_again_ms);
  }

  /** The centre offers the next call at once when one is over; its ring may overtake the goodbye of the last. */
  private knocks(last: RTCSession, session: RTCSession, request: Invite): void {
    if (this.knocking) {
      session.terminate({ status_code: 486 });
      return;
    }
    this.knocking = session;
    const busy = setTimeout(() => session.terminate({ status_code: 486 }), knocking_ms);
    const leave = () => {
      clearTimeout(busy);
      if (this.knocking === session) this.knocking = null;
    };
    session.on("failed", leave);
    const enter = () => {
      if (this.knocking !== session) return;
      leave();
      this.rings(session, request);
    };
    last.on("ended", enter);
    last.on("failed", enter);
  }

  private rings(session: RTCSession, request: Invite): void {
    if (this.session) {
      this.knocks(this.session, session, request);
      return;
    }
    const id = session.id;
    this.session = session;
    wire(session, audioOutput(), (on) => this.say({ t: "silent", on }));
    let broke = "";
    session.on("confirmed", () => {
      this.watchUnplugged(session);
      this.say({ t: "call_up", id });
    });
    session.on("getusermediafailed", (error: unknown) => {
      broke = "microphone";
      this.block(obstacleOf(error));
    });
    session.on("peerconnection:setremotedescriptionfailed", () => (broke = "media"));
    session.on("peerconnection:createanswerfailed", () => (broke = "media"));
    const over = () => {
      if (this.session === session) this.session = null;
      this.say({ t: "call_over", id, broke });
    };
    session.on("ended", over);
    session.on("failed", over);
    this.say({
      t: "rings",
      id,
      assignment: request.getHeader("X-Qingting-Assignment") ?? "",
      number: session.remote_identity.uri.user,
      auto: request.getHeader("X-Qingting-Auto") === "1",
    });
    this.answerIfDue();
  }

  private answerIfDue(): void {
    if (!this.session || !answersNow(this.state)) return;
    this.say({ t: "answer_sent", id: this.session.id });
    this.session.answer({
      mediaConstraints: microphone(),
      pcConfig: { iceServers: this.credentials?.ice_servers ?? [] },
    });
  }

  private block(by: Obstacle): void {
    this.disconnect();
    this.say({ t: "blocked", by });
  }

  private disconnect(): void {
    clearTimeout(this.retry);
    const ua = this.ua;
    this.ua = null;
    this.socket = null;
    if (ua) {
      ua.removeAllListeners();
      ua.stop();
    }
  }

  private say(event: PhoneEvent): void {
    const next = phone(this.state, event);
    if (next === this.state) return;
    this.state = next;
    for (const listener of this.listeners) listener();
  }
}

export const deskPhone = new Phone();
