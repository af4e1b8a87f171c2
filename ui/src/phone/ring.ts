/** What an offer sounds and looks like from another window: a two-tone ring and the page's title. */

let context: AudioContext | null = null;
let timer: ReturnType<typeof setInterval> | undefined;

function tone(audio: AudioContext, at: number): void {
  for (const hertz of [440, 480]) {
    const oscillator = audio.createOscillator();
    const gain = audio.createGain();
    oscillator.frequency.value = hertz;
    gain.gain.setValueAtTime(0, at);
    gain.gain.linearRampToValueAtTime(0.12, at + 0.03);
    gain.gain.setValueAtTime(0.12, at + 0.8);
    gain.gain.linearRampToValueAtTime(0, at + 0.85);
    oscillator.connect(gain).connect(audio.destination);
    oscillator.start(at);
    oscillator.stop(at + 0.9);
  }
}

/** Browsers allow sound after the first press or key; the first one on the page unlocks it. */
export function unlockSound(): void {
  context ??= new AudioContext();
  if (context.state === "suspended") void context.resume();
}

export function startRinging(): void {
  if (timer !== undefined) return;
  context ??= new AudioContext();
  const audio = context;
  if (audio.state === "suspended") void audio.resume();
  const ring = () => {
    if (audio.state === "running") tone(audio, audio.currentTime);
  };
  ring();
  timer = setInterval(ring, 2500);
}

export function stopRinging(): void {
  clearInterval(timer);
  timer = undefined;
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
