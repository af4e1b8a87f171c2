/** Durations, numbers and instants as a floor reads them. */

/** m:ss, from an hour h:mm:ss; never negative. */
export function duration(seconds: number): string {
  const whole = Math.max(0, Math.floor(seconds));
  const s = whole % 60;
  const m = Math.floor(whole / 60) % 60;
  const h = Math.floor(whole / 3600);
  const two = (n: number) => String(n).padStart(2, "0");
  return h > 0 ? `${h}:${two(m)}:${two(s)}` : `${m}:${two(s)}`;
}

/** Live figures carry no decimals. A figure that does not exist is a dash, never 0. */
export function percent(share: number | null | undefined): string {
  return share === null || share === undefined || Number.isNaN(share) ? "–" : `${Math.round(share * 100)}%`;
}

/** Grouped as people read it aloud: 138 1234 5678, 010 8888 6666, +44 20 …; unknown forms stay as they are. */
export function phoneNumber(number: string): string {
  // A caller from the page has a credential's name in place of a number.
  if (number.startsWith("web-")) return "";
  const mobile = /^(?:\+86)?(1\d{2})(\d{4}|\*{4})(\d{4})$/.exec(number);
  if (mobile) return `${mobile[1] ?? ""} ${mobile[2] ?? ""} ${mobile[3] ?? ""}`;
  const land = /^\+86(10|2\d|[3-9]\d{2})(\d{3,4})(\d{4})$/.exec(number);
  if (land) return `0${land[1] ?? ""} ${land[2] ?? ""} ${land[3] ?? ""}`;
  return number;
}

const pad = (n: number) => String(n).padStart(2, "0");

/** hh:mm today, else with the day; always this browser's time zone. */
export function instant(at: number, now: number = Date.now() / 1000): string {
  const date = new Date(at * 1000);
  const clock = `${pad(date.getHours())}:${pad(date.getMinutes())}`;
  const today = new Date(now * 1000);
  if (date.toDateString() === today.toDateString()) return clock;
  const day = `${pad(date.getMonth() + 1)}-${pad(date.getDate())}`;
  return date.getFullYear() === today.getFullYear() ? `${day} ${clock}` : `${date.getFullYear()}-${day} ${clock}`;
}

export function fullInstant(at: number): string {
  const date = new Date(at * 1000);
  return `${date.getFullYear()}-${pad(date.getMonth() + 1)}-${pad(date.getDate())} ${pad(date.getHours())}:${pad(
    date.getMinutes(),
  )}:${pad(date.getSeconds())}`;
}
