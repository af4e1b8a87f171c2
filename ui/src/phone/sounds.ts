/** Sounds of our own making, through a device of the person's choice. */

import { playThrough } from "./audio";

let context: AudioContext | null = null;

/** Browsers allow sound after the first press or key on a page; Safari takes it back when a call interrupts. */
export function soundContext(): AudioContext {
  context ??= new AudioContext();
  if (context.state !== "running") void context.resume();
  return context;
}

export interface Outlet {
  node: AudioNode;
  close: () => void;
}

/** Where to connect what shall be heard on `device` (empty: the system's). */
export async function outlet(device: string): Promise<Outlet> {
  const audio = soundContext();
  if (device === "") return { node: audio.destination, close: () => undefined };
  const node = audio.createMediaStreamDestination();
  const element = new Audio();
  element.srcObject = node.stream;
  await playThrough(element, device);
  await element.play();
  return {
    node,
    close: () => {
      element.pause();
      element.srcObject = null;
    },
  };
}

/** `hertz` together, from `at` (the context's seconds) for `seconds`, without clicks. */
export function tone(into: AudioNode, hertz: number[], at: number, seconds: number, loud = 0.12): void {
  for (const each of hertz) {
    const oscillator = into.context.createOscillator();
    const gain = into.context.createGain();
    oscillator.frequency.value = each;
    gain.gain.setValueAtTime(0, at);
    gain.gain.linearRampToValueAtTime(loud, at + 0.03);
    gain.gain.setValueAtTime(loud, at + seconds - 0.05);
    gain.gain.linearRampToValueAtTime(0, at + seconds);
    oscillator.connect(gain).connect(into);
    oscillator.start(at);
    oscillator.stop(at + seconds + 0.05);
  }
}

const notes = [523.25, 659.25, 783.99];

/** Three rising notes, to hear whether the earphones are the right ones. Resolves when they are over. */
export async function testTone(device: string): Promise<void> {
  const { node, close } = await outlet(device);
  const now = soundContext().currentTime + 0.05;
  notes.forEach((note, n) => tone(node, [note], now + n * 0.35, 0.3, 0.2));
  await new Promise((resolve) => setTimeout(resolve, 1200));
  close();
}
