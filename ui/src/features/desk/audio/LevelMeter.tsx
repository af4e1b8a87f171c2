import { useEffect, useRef, useState } from "react";
import { constraintsOf, type AudioChoice } from "../../../phone/audio-choice";
import { deskPhone } from "../../../phone/phone";
import { soundContext } from "../../../phone/sounds";

const steps = 24;

/**
 * How loud the microphone is now: in a call what the customer hears, otherwise the chosen one, opened only while this
 * is to be seen. `opened` is told once it is, when devices have names.
 */
export function LevelMeter({ choice, label, opened }: { choice: AudioChoice; label: string; opened: () => void }) {
  const bar = useRef<HTMLDivElement>(null);
  const [failed, setFailed] = useState(false);
  const wanted = JSON.stringify(constraintsOf(choice));
  useEffect(() => {
    let over = false;
    let stop: () => void = () => undefined;
    void hear(wanted).then(
      ({ track, close }) => {
        if (over) {
          close();
          return;
        }
        setFailed(false);
        opened();
        const still = draw(track, bar.current);
        stop = () => {
          still();
          close();
        };
      },
      () => setFailed(true),
    );
    return () => {
      over = true;
      stop();
    };
  }, [wanted, opened]);
  return (
    <div
      ref={bar}
      className={`level ${failed ? "failed" : ""}`}
      role="meter"
      aria-label={label}
      aria-valuemin={0}
      aria-valuemax={steps}
      aria-valuenow={0}
      data-testid="microphone-level"
    >
      <i />
    </div>
  );
}

async function hear(wanted: string): Promise<{ track: MediaStreamTrack; close: () => void }> {
  // A second opening of the microphone would silence the call in some browsers.
  const talking = deskPhone.microphone();
  if (talking) return { track: talking, close: () => undefined };
  const stream = await navigator.mediaDevices.getUserMedia(JSON.parse(wanted) as MediaStreamConstraints);
  const close = () => stream.getTracks().forEach((track) => track.stop());
  const [track] = stream.getAudioTracks();
  if (!track) throw new Error("no microphone");
  return { track, close };
}

function draw(track: MediaStreamTrack, bar: HTMLElement | null): () => void {
  const context = soundContext();
  const source = context.createMediaStreamSource(new MediaStream([track]));
  const analyser = new AnalyserNode(context, { fftSize: 1024 });
  source.connect(analyser);
  const samples = new Float32Array(analyser.fftSize);
  const timer = setInterval(() => {
    analyser.getFloatTimeDomainData(samples);
    const energy = samples.reduce((sum, sample) => sum + sample * sample, 0) / samples.length;
    // −60 dB is silence, −6 dB as loud as can be.
    const share = Math.min(1, Math.max(0, (10 * Math.log10(energy + 1e-9) + 60) / 54));
    bar?.style.setProperty("--level", share.toFixed(2));
    bar?.setAttribute("aria-valuenow", String(Math.round(share * steps)));
  }, 80);
  return () => {
    clearInterval(timer);
    source.disconnect();
  };
}
