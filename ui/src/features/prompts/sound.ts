/** Sounds as the server takes them: one channel, 8 kHz, 16 bit WAV; made here of whatever this browser can read. */

const rate_hz = 8_000;
const silence = 0.01;
const margin_s = 0.15;

export async function toWav(file: Blob, trim: boolean): Promise<Blob> {
  const context = new AudioContext();
  try {
    const sound = await context.decodeAudioData(await file.arrayBuffer());
    const all = mono(sound);
    const [from, to] = trim ? loud(all, sound.sampleRate) : [0, all.length];
    return wav(await resampled(all.subarray(from, to), sound.sampleRate));
  } finally {
    await context.close();
  }
}

function mono(sound: AudioBuffer): Float32Array<ArrayBuffer> {
  const out = new Float32Array(sound.length);
  for (let n = 0; n < sound.numberOfChannels; n++) {
    const channel = sound.getChannelData(n);
    for (let i = 0; i < out.length; i++) out[i] = (out[i] ?? 0) + (channel[i] ?? 0) / sound.numberOfChannels;
  }
  return out;
}

/** From where to where something is heard, with a little room; all of it when nothing is. */
export function loud(samples: Float32Array, rate: number): [number, number] {
  let first = 0;
  while (first < samples.length && Math.abs(samples[first] ?? 0) < silence) first++;
  if (first === samples.length) return [0, samples.length];
  let last = samples.length - 1;
  while (Math.abs(samples[last] ?? 0) < silence) last--;
  const margin = Math.round(margin_s * rate);
  return [Math.max(0, first - margin), Math.min(samples.length, last + margin)];
}

async function resampled(samples: Float32Array<ArrayBuffer>, rate: number): Promise<Float32Array> {
  const length = Math.max(1, Math.round((samples.length * rate_hz) / rate));
  const context = new OfflineAudioContext(1, length, rate_hz);
  const source = context.createBufferSource();
  source.buffer = context.createBuffer(1, Math.max(1, samples.length), rate);
  source.buffer.copyToChannel(samples, 0);
  source.connect(context.destination);
  source.start();
  return (await context.startRendering()).getChannelData(0);
}

export function wav(samples: Float32Array): Blob {
  const view = new DataView(new ArrayBuffer(44 + samples.length * 2));
  const write = (at: number, text: string) => {
    for (let i = 0; i < text.length; i++) view.setUint8(at + i, text.charCodeAt(i));
  };
  write(0, "RIFF");
  view.setUint32(4, 36 + samples.length * 2, true);
  write(8, "WAVEfmt ");
  view.setUint32(16, 16, true);
  view.setUint16(20, 1, true);
  view.setUint16(22, 1, true);
  view.setUint32(24, rate_hz, true);
  view.setUint32(28, rate_hz * 2, true);
  view.setUint16(32, 2, true);
  view.setUint16(34, 16, true);
  write(36, "data");
  view.setUint32(40, samples.length * 2, true);
  samples.forEach((sample, i) => view.setInt16(44 + i * 2, Math.max(-1, Math.min(1, sample)) * 32_767, true));
  return new Blob([view], { type: "audio/wav" });
}
