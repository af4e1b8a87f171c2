/** Microphone and ICE: what the browser must give before a call can have sound. */

import type { RTCSession } from "jssip/lib/RTCSession";
import type { Obstacle } from "./machine";

export const microphone: MediaStreamConstraints = {
  audio: { echoCancellation: true, noiseSuppression: true, autoGainControl: true },
  video: false,
};

/** Empty when there is a microphone that we may use. Asks the person if the browser has not yet. */
export async function askForMicrophone(): Promise<Obstacle | ""> {
  // Typed as always there; in an insecure page it is not.
  const devices = navigator.mediaDevices as MediaDevices | undefined;
  if (!window.isSecureContext || !devices) return "insecure";
  try {
    const stream = await devices.getUserMedia(microphone);
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

/** Calls `changed` when the person gives or takes the permission in the browser's own settings. */
export async function watchMicrophonePermission(changed: (granted: boolean) => void): Promise<() => void> {
  try {
    const status = await navigator.permissions.query({ name: "microphone" });
    const listener = () => changed(status.state === "granted");
    status.addEventListener("change", listener);
    return () => status.removeEventListener("change", listener);
  } catch {
    // Firefox does not know this permission's name; a press on "try again" serves there.
    return () => undefined;
  }
}

/** Plays what the other side says; host candidates are enough after a short wait, so ICE never delays an answer. */
export function wire(session: RTCSession, audio: HTMLAudioElement): void {
  const listen = (connection: RTCPeerConnection) => {
    connection.addEventListener("track", (event) => {
      audio.srcObject = event.streams[0] ?? new MediaStream([event.track]);
      void audio.play().catch((error: unknown) => {
        // Autoplay refused: cannot be, after a gesture and with a live microphone; say it where engineers look.
        console.warn("remote audio did not start", error);
      });
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
