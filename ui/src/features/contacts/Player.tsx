import { useQuery } from "@tanstack/react-query";
import { Select, Segmented } from "antd";
import { useEffect, useMemo, useRef, useState } from "react";
import { api, base, pathId } from "../../api/client";
import type { Recording, Waveform as Peaks } from "../../api/types";
import { useMay } from "../../app/session";
import { duration } from "../../components/format";
import { useWords } from "../../i18n";
import { explain } from "../../i18n/explain";
import { Waveform } from "./Waveform";

type Channel = "both" | "customer" | "agent";

/** What a customer spoke to nobody: there is no other side. */
export const isMessage = (recording: Recording) => recording.assignment === "";

const speeds = [0.75, 1, 1.25, 1.5, 2];

export function Player({ recording }: { recording: Recording }) {
  const { t } = useWords();
  const may = useMay();
  const audio = useRef<HTMLAudioElement>(null);
  const [at, setAt] = useState(0);
  const [playing, setPlaying] = useState(false);
  const [speed, setSpeed] = useState(1);
  const [channel, setChannel] = useState<Channel>(isMessage(recording) ? "customer" : "both");
  const [failed, setFailed] = useState(false);
  const path = `/recordings/${pathId(recording.id)}`;
  const peaks = useQuery({ queryKey: ["waveform", recording.id], queryFn: () => api.get<Peaks>(`${path}/waveform`), staleTime: Infinity });

  const paused = useMemo(
    () =>
      recording.paused.map(([from, to]): [number, number] => [
        Math.max(0, from - recording.started),
        Math.min(recording.seconds, to === null ? recording.seconds : to - recording.started),
      ]),
    [recording],
  );

  useEffect(() => {
    if (!playing) return;
    let frame = 0;
    const follow = () => {
      setAt(audio.current?.currentTime ?? 0);
      frame = requestAnimationFrame(follow);
    };
    frame = requestAnimationFrame(follow);
    return () => cancelAnimationFrame(frame);
  }, [playing]);

  const seek = (to: number) => {
    const position = Math.max(0, Math.min(recording.seconds, to));
    setAt(position);
    if (audio.current) audio.current.currentTime = position;
  };
  const toggle = () => {
    const element = audio.current;
    if (!element) return;
    if (element.paused) {
      setFailed(false);
      element.play().catch(() => setFailed(true));
    } else element.pause();
  };
  const change = (next: Channel) => {
    // Another file of the same length: go on where we were.
    const element = audio.current;
    const was = { at: element?.currentTime ?? 0, playing: element ? !element.paused : false };
    setChannel(next);
    queueMicrotask(() => {
      if (!element) return;
      element.addEventListener(
        "loadedmetadata",
        () => {
          element.currentTime = was.at;
          element.playbackRate = speed;
          if (was.playing) element.play().catch(() => setFailed(true));
        },
        { once: true },
      );
    });
  };
  const keys = (event: React.KeyboardEvent) => {
    const move = { ArrowLeft: -5, ArrowRight: 5 }[event.key];
    if (move) seek(at + move);
    else if (event.key === " ") toggle();
    else if (event.key === "Home") seek(0);
    else return;
    event.preventDefault();
  };

  return (
    <div className="player" data-testid="player">
      <audio
        ref={audio}
        src={`${base}${path}/audio?channel=${channel}`}
        preload="none"
        onPlay={() => setPlaying(true)}
        onPause={() => setPlaying(false)}
        onEnded={() => setPlaying(false)}
        onSeeked={() => setAt(audio.current?.currentTime ?? 0)}
        onError={() => setFailed(true)}
      />
      <div
        className="player-wave"
        role="slider"
        tabIndex={0}
        aria-label={t("contacts.seek")}
        aria-valuemin={0}
        aria-valuemax={Math.round(recording.seconds)}
        aria-valuenow={Math.round(at)}
        aria-valuetext={duration(at)}
        onKeyDown={keys}
        title={t("contacts.playerKeys")}
      >
        <Waveform peaks={peaks.data ?? null} seconds={recording.seconds} at={at} paused={paused} seek={seek} alone={isMessage(recording)} />
      </div>
      <div className="player-bar">
        <button type="button" className="player-play" onClick={toggle} data-testid="play" aria-pressed={playing}>
          <svg width="12" height="12" viewBox="0 0 12 12" aria-hidden>
            {playing ? <path d="M2 1h3v10H2zM7 1h3v10H7z" fill="currentColor" /> : <path d="M2 1v10l9-5z" fill="currentColor" />}
          </svg>
          {t(playing ? "contacts.pause" : "contacts.play")}
        </button>
        <span className="player-time">
          {duration(at)} / {duration(recording.seconds)}
        </span>
        {!isMessage(recording) && (
          <Segmented<Channel>
            value={channel}
            onChange={change}
            size="small"
            options={[
              { value: "both", label: t("contacts.both") },
              { value: "customer", label: t("contacts.onlyCustomer") },
              { value: "agent", label: t("contacts.onlyAgent") },
            ]}
          />
        )}
        <Select
          size="small"
          value={speed}
          onChange={(next) => {
            setSpeed(next);
            if (audio.current) audio.current.playbackRate = next;
          }}
          options={speeds.map((value) => ({ value, label: `${value}×` }))}
          aria-label={t("contacts.speed")}
          style={{ width: 78 }}
        />
        {may("recordings.download") && (
          <a href={`${base}${path}/audio?channel=${isMessage(recording) ? "customer" : "both"}&download=1`} download data-testid="download">
            {t("contacts.download")}
          </a>
        )}
      </div>
      {(failed || peaks.error) && (
        <p className="over" role="alert">
          {peaks.error ? explain(peaks.error) : t("contacts.audioFailed")}
        </p>
      )}
    </div>
  );
}
