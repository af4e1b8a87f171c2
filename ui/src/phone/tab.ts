/** Only one tab of a browser holds the phone: a Web Lock says which, a channel asks for it. */

export class PhoneTab {
  private release: (() => void) | null = null;
  private waiting: AbortController | null = null;
  private channel: BroadcastChannel | null = null;

  constructor(
    private readonly name: string,
    private readonly on: {
      held: () => void;
      elsewhere: () => void;
      /** Another tab asks for the phone; false keeps it (a call is on). */
      mayYield: () => boolean;
      yielded: () => void;
      /** The tab that holds the phone is in a call and keeps it. */
      kept: () => void;
    },
  ) {}

  start(): void {
    this.channel = new BroadcastChannel(this.name);
    this.channel.onmessage = (event: MessageEvent<string>) => this.asked(event.data);
    void this.queue(true);
  }

  stop(): void {
    this.waiting?.abort();
    this.release?.();
    this.release = null;
    this.channel?.close();
    this.channel = null;
  }

  /** Ask the other tab; `held` follows when it yields, `kept` when it does not. */
  takeOver(): void {
    this.channel?.postMessage("yield");
  }

  private asked(message: string): void {
    if (message === "kept" && !this.release) this.on.kept();
    if (message !== "yield" || !this.release) return;
    if (!this.on.mayYield()) {
      this.channel?.postMessage("kept");
      return;
    }
    this.on.yielded();
    this.release();
    this.release = null;
    void this.queue(false);
  }

  private async queue(first: boolean): Promise<void> {
    const holding = () =>
      new Promise<void>((resolve) => {
        this.release = resolve;
        this.on.held();
      });
    if (first) {
      const got = await navigator.locks.request(this.name, { ifAvailable: true }, async (lock) => {
        if (!lock) return false;
        await holding();
        return true;
      });
      if (got) return;
    }
    this.on.elsewhere();
    this.waiting = new AbortController();
    try {
      await navigator.locks.request(this.name, { signal: this.waiting.signal }, holding);
    } catch (error) {
      if (!(error instanceof DOMException && error.name === "AbortError")) throw error;
    }
  }
}
