/** The server's clock as seen from here.
 *
 * Each message carries the server's `now`. It travels for an unknown time, so the message that travelled
 * least gives the largest difference to our clock: that is the best estimate of the offset.
 */
export class ServerClock {
  private samples: number[] = [];

  constructor(
    private readonly local: () => number = () => Date.now() / 1000,
    private readonly keep = 8,
  ) {}

  heard(serverNow: number): void {
    this.samples.push(serverNow - this.local());
    if (this.samples.length > this.keep) this.samples.shift();
  }

  /** Seconds to add to the local clock. */
  get offset(): number {
    return this.samples.length === 0 ? 0 : Math.max(...this.samples);
  }

  now(): number {
    return this.local() + this.offset;
  }
}

/** One clock for all streams of this page. */
export const serverClock = new ServerClock();
