/** What a person may choose about hearing and being heard. Pure; `audio.ts` keeps it. */

export interface AudioChoice {
  /** Ids of devices; empty for the system's. One that is unplugged gives way to the system's. */
  microphone: string;
  speaker: string;
  ringer: string;
  echoCancellation: boolean;
  noiseSuppression: boolean;
  autoGainControl: boolean;
}

/** As browsers think best for speech: an agent sits among talking agents. */
export const usualAudio: AudioChoice = {
  microphone: "",
  speaker: "",
  ringer: "",
  echoCancellation: true,
  noiseSuppression: true,
  autoGainControl: true,
};

/** What was kept, as far as it makes sense. */
export function parseAudio(text: string | null): AudioChoice {
  let found: unknown = null;
  try {
    found = JSON.parse(text ?? "null");
  } catch {
    // Not ours: as if nothing had been kept.
  }
  const given = (typeof found === "object" ? found : null) as Record<string, unknown> | null;
  const entries = Object.entries(usualAudio).map(([name, usual]) => {
    const value = given?.[name];
    return [name, typeof value === typeof usual ? value : usual] as const;
  });
  return Object.fromEntries(entries) as unknown as AudioChoice;
}

/** A device that is gone is passed over (`ideal`), so that its owner can still take calls. */
export function constraintsOf(choice: AudioChoice): MediaStreamConstraints {
  const { echoCancellation, noiseSuppression, autoGainControl } = choice;
  const device = choice.microphone ? { deviceId: { ideal: choice.microphone } } : {};
  return { audio: { echoCancellation, noiseSuppression, autoGainControl, ...device }, video: false };
}
