import { useMemo, useSyncExternalStore } from "react";
import { serverClock } from "./clock";
import type { LiveState, LiveStream } from "./stream";

/** The values of one collection in a stable order of ids. */
export function useCollection<T>(stream: LiveStream, collection: string): T[] {
  const items = useSyncExternalStore(stream.subscribe, () => (stream.state.collections[collection] ?? none) as Record<string, T>);
  return useMemo(() => Object.values(items), [items]);
}

export function useItem<T>(stream: LiveStream, collection: string, id: string): T | null {
  return useSyncExternalStore(
    stream.subscribe,
    () => (stream.state.collections[collection]?.[id] as T | undefined) ?? null,
  );
}

export function useStreamStatus(stream: LiveStream): LiveState["status"] {
  return useSyncExternalStore(stream.subscribe, () => stream.state.status);
}

const none = {};

// One ticker for the whole page: all durations change in the same instant.
let ticker: ReturnType<typeof setInterval> | undefined;
let second = 0;
const tickListeners = new Set<() => void>();

function subscribeTick(listener: () => void): () => void {
  tickListeners.add(listener);
  ticker ??= setInterval(() => {
    const now = Math.floor(serverClock.now());
    if (now === second) return;
    second = now;
    for (const each of tickListeners) each();
  }, 200);
  return () => {
    tickListeners.delete(listener);
    if (tickListeners.size === 0) {
      clearInterval(ticker);
      ticker = undefined;
    }
  };
}

/** The server's instant in whole seconds, drawn again each second. */
export function useNow(): number {
  return useSyncExternalStore(subscribeTick, () => (second ||= Math.floor(serverClock.now())));
}
