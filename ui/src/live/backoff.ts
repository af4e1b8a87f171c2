/** Full jitter within a window that doubles from `first_s` to `most_s`; never under a quarter of the window. */
export function backoff(attempt: number, first_s: number, most_s: number, random: () => number = Math.random): number {
  const window = Math.min(most_s, first_s * 2 ** Math.max(0, attempt - 1));
  return window * (0.25 + 0.75 * random());
}
