import { useEffect, useRef, useState } from "react";

const longest_s = 120;

/** The microphone, from a button to a sound; `seconds` runs while it listens. */
export function useRecorder(done: (sound: Blob) => void, failed: (why: "denied" | "none") => void) {
  const [seconds, setSeconds] = useState<number | null>(null);
  const recorder = useRef<MediaRecorder | null>(null);
  const asked = useRef(0);
  const stop = () => {
    asked.current += 1;
    if (recorder.current?.state === "recording") recorder.current.stop();
  };
  const start = async () => {
    const mine = ++asked.current;
    let stream: MediaStream;
    try {
      stream = await navigator.mediaDevices.getUserMedia({ audio: { echoCancellation: false, noiseSuppression: false } });
    } catch (error) {
      failed(error instanceof DOMException && error.name === "NotFoundError" ? "none" : "denied");
      return;
    }
    const release = () => stream.getTracks().forEach((track) => track.stop());
    if (mine !== asked.current) {
      release();
      return;
    }
    const parts: Blob[] = [];
    const made = new MediaRecorder(stream);
    recorder.current = made;
    made.ondataavailable = (event) => parts.push(event.data);
    made.onstop = () => {
      release();
      setSeconds(null);
      if (parts.length > 0) done(new Blob(parts, { type: made.mimeType }));
    };
    made.start();
    setSeconds(0);
  };
  const running = seconds !== null;
  useEffect(() => {
    if (!running) return undefined;
    const began = Date.now();
    const timer = setInterval(() => {
      const now = (Date.now() - began) / 1000;
      setSeconds(now);
      if (now >= longest_s) recorder.current?.stop();
    }, 250);
    return () => clearInterval(timer);
  }, [running]);
  useEffect(
    () => () => {
      asked.current += 1;
      const made = recorder.current;
      if (made) made.onstop = () => made.stream.getTracks().forEach((track) => track.stop());
      if (made?.state === "recording") made.stop();
    },
    [],
  );
  return { seconds, start, stop };
}
