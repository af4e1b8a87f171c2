import { useEffect, useRef, useState } from "react";
import { useDark } from "../../app/theme-choice";
import type { Waveform as Peaks } from "../../api/types";
import { useWords } from "../../i18n";

const laneHeight = 56;
type Side = "customer" | "agent";

/** Customer above, agent below; what has been heard is darker; paused stretches are hatched. */
export function Waveform(props: {
  peaks: Peaks | null;
  seconds: number;
  at: number;
  paused: [number, number][];
  seek: (to: number) => void;
  /** The customer's words alone. */
  alone?: boolean;
}) {
  const { t } = useWords();
  const dark = useDark();
  const canvas = useRef<HTMLCanvasElement>(null);
  const [width, setWidth] = useState(600);
  const { peaks, seconds, at, paused, alone = false } = props;
  const height = alone ? laneHeight : 2 * laneHeight;

  useEffect(() => {
    const box = canvas.current?.parentElement;
    if (!box) return;
    const observer = new ResizeObserver(() => setWidth(box.clientWidth));
    observer.observe(box);
    return () => observer.disconnect();
  }, []);

  useEffect(() => {
    const element = canvas.current;
    const context = element?.getContext("2d");
    if (!element || !context) return;
    const scale = window.devicePixelRatio || 1;
    element.width = width * scale;
    element.height = height * scale;
    context.scale(scale, scale);
    draw(context, { width, height, peaks, seconds, at, paused, sides: alone ? ["customer"] : ["customer", "agent"] });
  }, [width, height, alone, peaks, seconds, at, paused, dark]);

  const position = (event: React.PointerEvent) =>
    (event.nativeEvent.offsetX / Math.max(1, width)) * seconds;
  return (
    <>
      <canvas
        ref={canvas}
        style={{ width: "100%", height }}
        onPointerDown={(event) => {
          event.currentTarget.setPointerCapture(event.pointerId);
          props.seek(position(event));
        }}
        onPointerMove={(event) => event.buttons === 1 && props.seek(position(event))}
        data-testid="waveform"
      />
      <span className="wave-label">{t("contacts.channelCustomer")}</span>
      {!alone && <span className="wave-label low">{t("contacts.channelAgent")}</span>}
      {paused.length > 0 && <span className="wave-legend">▨ {t("contacts.pausedPart")}</span>}
    </>
  );
}

function draw(
  context: CanvasRenderingContext2D,
  it: { width: number; height: number; peaks: Peaks | null; seconds: number; at: number; paused: [number, number][]; sides: Side[] },
): void {
  const style = getComputedStyle(document.documentElement);
  const colour = (name: string) => style.getPropertyValue(name).trim();
  context.clearRect(0, 0, it.width, it.height);
  const x = (time: number) => (time / Math.max(0.001, it.seconds)) * it.width;
  hatch(context, it.height, it.paused.map(([from, to]) => [x(from), x(to)]), colour("--held"));
  const middle = { customer: laneHeight * 0.54, agent: laneHeight * 1.54 };
  const tall = laneHeight * 0.42;
  for (const channel of it.sides) {
    const peaks = it.peaks?.channels[channel] ?? [];
    const step = 3;
    for (let left = 0; left < it.width; left += step) {
      const first = Math.floor((left / it.width) * peaks.length);
      const last = Math.max(first + 1, Math.floor(((left + step) / it.width) * peaks.length));
      const peak = Math.max(0, ...peaks.slice(first, last));
      const size = Math.max(1, peak * tall * 2);
      context.fillStyle = colour(left <= x(it.at) ? (channel === "customer" ? "--ink" : "--talk") : "--line-2");
      context.fillRect(left, middle[channel] - size / 2, step - 1, size);
    }
  }
  context.fillStyle = colour("--ink");
  context.fillRect(x(it.at), 0, 1.5, it.height);
}

function hatch(context: CanvasRenderingContext2D, height: number, spans: [number, number][], colour: string): void {
  context.save();
  context.strokeStyle = colour;
  context.globalAlpha = 0.55;
  for (const [from, to] of spans) {
    context.save();
    context.beginPath();
    context.rect(from, 0, Math.max(2, to - from), height);
    context.clip();
    context.beginPath();
    for (let left = from - height; left < to; left += 7) {
      context.moveTo(left, height);
      context.lineTo(left + height, 0);
    }
    context.stroke();
    context.restore();
  }
  context.restore();
}
