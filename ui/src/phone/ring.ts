/** What an offer sounds and looks like from another window: a two-tone ring and the page's title. */

import { audioChoice } from "./audio";
import { outlet, soundContext, tone } from "./sounds";

const every_ms = 2500;

let silence: (() => void) | null = null;

/** On the chosen ringer: often a loudspeaker, while calls are in the headset. */
export function startRinging(): void {
  if (silence) return;
  let wanted = true;
  silence = () => (wanted = false);
  void outlet(audioChoice().ringer)
    .catch(() => outlet(""))
    .then(({ node, close }) => {
      if (!wanted) {
        close();
        return;
      }
      const loud = new GainNode(node.context);
      loud.connect(node);
      const ring = () => {
        const audio = soundContext();
        if (audio.state === "running") tone(loud, [440, 480], audio.currentTime, 0.85);
      };
      ring();
      const timer = setInterval(ring, every_ms);
      silence = () => {
        clearInterval(timer);
        loud.disconnect();
        close();
      };
    });
}

/** At once, also in the middle of a ring: somebody may be speaking already. */
export function stopRinging(): void {
  silence?.();
  silence = null;
}

/** Two short tones before a call that connects by itself: nobody should begin in the middle of a word. */
export function announce(): void {
  void outlet(audioChoice().ringer)
    .catch(() => outlet(""))
    .then(({ node, close }) => {
      const audio = soundContext();
      if (audio.state !== "running") {
        close();
        return;
      }
      tone(node, [660], audio.currentTime, 0.14);
      tone(node, [880], audio.currentTime + 0.18, 0.2);
      setTimeout(close, 1000);
    });
}

let flash: ReturnType<typeof setInterval> | undefined;
let quietTitle = "";

export function startFlashing(words: string): void {
  if (flash !== undefined) return;
  quietTitle = document.title;
  document.title = words;
  flash = setInterval(() => {
    document.title = document.title === words ? quietTitle : words;
  }, 900);
}

export function stopFlashing(): void {
  if (flash === undefined) return;
  clearInterval(flash);
  flash = undefined;
  document.title = quietTitle;
}
