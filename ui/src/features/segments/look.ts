import { useEffect, useMemo, useState } from "react";
import { request } from "../../api/client";
import { fieldProblems } from "../../i18n/explain";
import { paths, written, type Group } from "./rule";
import type { Looked } from "./shapes";

const pause_ms = 500;

/** What a rule that is being written finds, and what is wrong with it: asked again when nothing was typed for a moment. */
export function useLook(tree: Group) {
  const [looked, setLooked] = useState<Looked | null>(null);
  const [error, setError] = useState<unknown>(null);
  const [seen, setSeen] = useState("");
  const rule = useMemo(() => written(tree), [tree]);
  const text = JSON.stringify(rule);
  useEffect(() => {
    const stop = new AbortController();
    const ask = async () => {
      try {
        setLooked(await request<Looked>("POST", "/customer-segments/look", { rule: JSON.parse(text) as unknown }, stop.signal));
        setError(null);
      } catch (failure) {
        if (stop.signal.aborted) return;
        setLooked(null);
        setError(failure);
      }
      setSeen(text);
    };
    const timer = setTimeout(() => void ask(), pause_ms);
    return () => {
      clearTimeout(timer);
      stop.abort();
    };
  }, [text]);
  const problems = useMemo(() => fieldProblems(error), [error]);
  return { rule, looked, error, problems, paths: useMemo(() => paths(tree), [tree]), busy: seen !== text };
}
