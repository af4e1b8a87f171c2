/** How this person hears and is heard on this machine: kept in this browser, applied where sound is made. */

import { useSyncExternalStore } from "react";
import { constraintsOf, parseAudio, type AudioChoice } from "./audio-choice";

const kept = "qingting.audio";
const listeners = new Set<() => void>();
let current = parseAudio(localStorage.getItem(kept));

export function audioChoice(): AudioChoice {
  return current;
}

export function chooseAudio(change: Partial<AudioChoice>): void {
  current = { ...current, ...change };
  localStorage.setItem(kept, JSON.stringify(current));
  for (const listener of listeners) listener();
}

export function onAudioChoice(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

export function useAudioChoice(): AudioChoice {
  return useSyncExternalStore(onAudioChoice, audioChoice);
}

/** For `getUserMedia`, as chosen now. */
export function microphone(): MediaStreamConstraints {
  return constraintsOf(current);
}

/** Safari, and Firefox before 116, play where the system says. */
export const choosesOutput = "setSinkId" in HTMLMediaElement.prototype;

/** Without the device, or without the browser's help, it sounds where the system says. */
export async function playThrough(audio: HTMLAudioElement, device: string): Promise<void> {
  if (!choosesOutput || audio.sinkId === device) return;
  try {
    await audio.setSinkId(device);
  } catch {
    await audio.setSinkId("");
  }
}
