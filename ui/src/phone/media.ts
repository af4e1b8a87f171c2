/** Microphone and ICE: what the browser must give before a call can have sound. */

import type { RTCSession } from "jssip/lib/RTCSession";
import { audioChoice, microphone, playThrough } from "./audio";
import type { Obstacle } from "./machine";

/** What this browser, or its address, lacks for any call. */
export function lacking(): Obstacle | "" {
  if (!window.isSecureContext) return "insecure";
  // Typed as always there; WebKitGTK and browsers with WebRTC switched off have neither.
  const devices = navigator.mediaDevices as MediaDevices | undefined;
  return "RTCPeerConnection" in window && devices?.getUserMedia ? "" : "no_webrtc";
}

/** Empty when there is a microphone that we may use. Asks the person if the browser has not yet. */
export async function askForMicrophone(): Promise<Obstacle | ""> {
  const missing = lacking();
  if (missing) return missing;
  try {
    const stream = await navigator.mediaDevices.getUserMedia(microphone());
    for (const track of stream.getTracks()) track.stop();
    return "";
  } catch (error) {
    return obstacleOf(error);
  }
}

export function obstacleOf(error: unknown): Obstacle {
  switch (error instanceof DOMException ? error.name : "") {
    case "NotFoundError":
    case "OverconstrainedError":
      return "microphone_missing";
    case "NotReadableError":
    case "AbortError":
      return "microphone_busy";
    default:
      return "microphone_refused";
  }
}

/**
 * Calls `changed` when the person gives or takes the permission in the browser's own settings. One that was given for
 * a while only (Firefox, Safari) runs out without being refused: the browser will ask again.
 */
export async function watchMicrophonePermission(changed: (state: "granted" | "denied") => void): Promise<() => void> {
  try {
    const status = await navigator.permissions.query({ name: "microphone" });
    const listener = () => {
      if (status.state !== "prompt") changed(status.state);
    };
    status.addEventListener("change", listener);
    return () => status.removeEventListener("change", listener);
  } catch {
    // Not every browser knows this permission's name; a press on "try again" serves there.
    return () => undefined;
  }
}

/**
 * Plays what the other side says; host candidates are enough after a short wait, so ICE never delays an answer.
 * `silent` is told when the browser plays nothing until the person has touched the page, and when it does.
 */
export function wire(session: RTCSession, audio: HTMLAudioElement, silent: (on: boolean) => void = () => undefined): void {
  const listen = (connection: RTCPeerConnection) => {
    connection.addEventListener("track", (event) => {
      audio.srcObject = event.streams[0] ?? new MediaStream([event.track]);
      void playThrough(audio, audioChoice().speaker).then(() => sound(audio, silent));
    });
  };
  // For an incoming call the connection is made on answering, for an outgoing one it may exist already.
  const existing = session.connection as RTCPeerConnection | null | undefined;
  if (existing) listen(existing);
  session.on("peerconnection", ({ peerconnection }) => listen(peerconnection));
  let timer: ReturnType<typeof setTimeout> | undefined;
  session.on("icecandidate", ({ ready }) => {
    timer ??= setTimeout(ready, 400);
  });
}

async function sound(audio: HTMLAudioElement, silent: (on: boolean) => void): Promise<void> {
  try {
    await audio.play();
    silent(false);
  } catch (error) {
    // A newer call took the element, or the browser wants a gesture first: then the next one will do.
    if (!(error instanceof DOMException && error.name === "NotAllowedError")) return;
    silent(true);
    const again = () => {
      for (const gesture of gestures) removeEventListener(gesture, again);
      void sound(audio, silent);
    };
    for (const gesture of gestures) addEventListener(gesture, again);
  }
}

const gestures = ["pointerdown", "keydown"] as const;

/** The call's microphone gives way to the one chosen now; who was muted stays so. */
export async function exchangeMicrophone(session: RTCSession): Promise<void> {
  const sender = microphoneOf(session);
  if (!sender) return;
  const stream = await navigator.mediaDevices.getUserMedia(microphone());
  const [track] = stream.getAudioTracks();
  if (!track) return;
  const before = sender.track;
  track.enabled = before?.enabled ?? true;
  await sender.replaceTrack(track);
  before?.stop();
  // JsSIP stops the microphone that it opened itself, not this one.
  const stop = () => track.stop();
  session.on("ended", stop);
  session.on("failed", stop);
  if (session.isEnded()) stop();
}

export function microphoneOf(session: RTCSession): RTCRtpSender | undefined {
  const connection = session.connection as RTCPeerConnection | null | undefined;
  return connection?.getSenders().find((sender) => sender.track?.kind === "audio");
}

/** One hidden element for what the other side says. */
export function audioOutput(): HTMLAudioElement {
  const existing = document.getElementById("remote-audio");
  if (existing instanceof HTMLAudioElement) return existing;
  const audio = document.createElement("audio");
  audio.id = "remote-audio";
  audio.autoplay = true;
  document.body.append(audio);
  return audio;
}
