import { useEffect, useMemo, useState, useSyncExternalStore } from "react";
import { serverClock } from "./clock";
import type { LiveState, LiveStream } from "./stream";

/** The values of one collection in a stable order of ids. */
export function useCollection<T>(stream: LiveStream, collection: string): T[] {
  const items = useSyncExternalStore(stream.subscribe, () => (stream.state.collections[collection] ?? none) as Record<string, T>);
  return useMemo(() => Object.values(items), [items]);
}

/** The same, but at most once in `every_ms`: for what is costly to filter and sort, and must not jump about. */
export function useCalmCollection<T>(stream: LiveStream, collection: string, every_ms: number): T[] {
  const read = () => (stream.state.collections[collection] ?? none) as Record<string, T>;
  const [items, setItems] = useState<Record<string, T>>(read);
  useEffect(() => {
    let timer: ReturnType<typeof setTimeout> | undefined;
    let last = 0;
    const take = () => {
      timer = undefined;
      last = performance.now();
      setItems((stream.state.collections[collection] ?? none));
    };
    const leave = stream.subscribe(() => {
      timer ??= setTimeout(take, Math.max(0, last + every_ms - performance.now()));
    });
    return () => {
      clearTimeout(timer);
      leave();
    };
  }, [stream, collection, every_ms]);
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
