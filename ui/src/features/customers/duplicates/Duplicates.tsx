import { useInfiniteQuery, useQueryClient, type InfiniteData } from "@tanstack/react-query";
import { Button, Segmented } from "antd";
import { useEffect, useEffectEvent, useRef, useState } from "react";
import { Link, useSearchParams } from "react-router";
import { api, pathId } from "../../../api/client";
import { useMay } from "../../../app/session";
import { Failure } from "../../../components/Failure";
import { instant } from "../../../components/format";
import { useTell } from "../../../components/useTell";
import { useWords } from "../../../i18n";
import { isTyping } from "../../desk/keys";
import { compared, Comparison, reasonWords, type Acts } from "./Comparison";
import "./duplicates.css";
import { keyOf, type Compared, type Desk, type Pair } from "./shapes";

interface Merged {
  id: string;
  target: string;
  names: [string, string];
}

/** Pairs that may be the same, decided one after the other: J K go, ← → choose, M merges, N is not the same, U undoes. */
export function Duplicates() {
  const { t } = useWords();
  const may = useMay();
  const tell = useTell();
  const client = useQueryClient();
  const [search, setSearch] = useSearchParams();
  const [state, setState] = useState<"open" | "distinct">("open");
  const [at, setAt] = useState("");
  const [stands, setStands] = useState<"a" | "b">("a");
  const [busy, setBusy] = useState(false);
  const [merged, setMerged] = useState<Merged | null>(null);
  const edits = may("customers.edit");

  const key = ["customer-duplicates", state];
  const desk = useInfiniteQuery({
    queryKey: key,
    queryFn: ({ pageParam, signal }) => api.get<Desk>("/customer-duplicates", { state, limit: 50, cursor: pageParam }, signal),
    initialPageParam: "",
    getNextPageParam: (last) => last.next,
    refetchInterval: (query) => (query.state.data?.pages[0]?.sweep.running ? 2000 : false),
  });
  const told = desk.data?.pages[0];
  const pairs = unique(desk.data?.pages.flatMap((page) => page.items) ?? []);
  const refresh = () => client.invalidateQueries({ queryKey: ["customer-duplicates"] });
  const sweep = async (anew: boolean) => {
    try {
      await api.post("/customer-duplicates/sweep", { anew });
      // What was asked before it began would be taken for the answer.
      await client.cancelQueries({ queryKey: ["customer-duplicates"] });
      await refresh();
    } catch (failure) {
      tell.failed(failure);
    }
  };
  const begin = useEffectEvent(() => {
    if (edits) void sweep(false);
  });
  useEffect(() => begin(), []);

  // Two of somebody's own choice stand in the address.
  const [a, b] = [search.get("a") ?? "", search.get("b") ?? ""];
  const own = a !== "" && b !== "";
  const index = Math.max(0, pairs.findIndex((pair) => keyOf(pair) === at));
  const pair = own ? { a: { id: a }, b: { id: b } } : pairs[index];

  const go = (to: number) => {
    const next = pairs[Math.max(0, Math.min(pairs.length - 1, to))];
    if (own) setSearch({}, { replace: true });
    setStands("a");
    setAt(next ? keyOf(next) : "");
    if (to >= pairs.length - 5 && desk.hasNextPage && !desk.isFetching) void desk.fetchNextPage();
  };
  /** Decided: the next one takes its place at once. */
  const leave = () => {
    const gone = pair ? keyOf(pair) : "";
    const next = pairs[index + 1] ?? pairs[index - 1];
    setStands("a");
    if (own) setSearch({}, { replace: true });
    else setAt(next ? keyOf(next) : "");
    client.setQueryData<InfiniteData<Desk>>(key, (old) => old && { ...old, pages: old.pages.map((page) => ({ ...page, items: page.items.filter((it) => keyOf(it) !== gone) })) });
  };
  const act = async (work: () => Promise<void>) => {
    if (busy) return;
    setBusy(true);
    try {
      await work();
    } catch (failure) {
      tell.failed(failure);
    } finally {
      setBusy(false);
      await refresh();
    }
  };
  const merge = (both: Compared, side: "a" | "b") =>
    void act(async () => {
      const target = both[side];
      const source = both[side === "a" ? "b" : "a"];
      const seen = { [target.id]: target.version, [source.id]: source.version };
      const { merge: id } = await api.post<{ merge: string }>(`/customers/${pathId(target.id)}/merges`, { source: source.id, seen });
      setMerged({ id, target: target.id, names: [source.name || t("customers.nameless"), target.name || t("customers.nameless")] });
      leave();
    });
  const decide = (to: "distinct" | "later" | "open") =>
    void act(async () => {
      if (!pair) return;
      await api.put(`/customer-duplicates/${pathId(pair.a.id)}/${pathId(pair.b.id)}`, { state: to });
      leave();
    });
  const undo = () =>
    void act(async () => {
      if (!merged) return;
      const { items } = await api.delete<{ items: { id: string }[] }>(`/customers/${pathId(merged.target)}/merges/${pathId(merged.id)}`);
      setMerged(null);
      tell.done(t("duplicates.undone"));
      const [one, other] = items.map((it) => it.id).sort();
      setAt(`${one} ${other}`);
    });
  const acts: Acts = {
    merge,
    distinct: state === "open" ? () => decide("distinct") : null,
    later: state === "open" && !own ? () => decide("later") : null,
    open: state === "distinct" && !own ? () => decide("open") : null,
  };

  const onKey = useEffectEvent((event: KeyboardEvent) => {
    const typing = isTyping(event.target) && !(event.target instanceof HTMLInputElement && event.target.type === "radio");
    if (typing || event.ctrlKey || event.metaKey || event.altKey || event.repeat) return;
    const both = pair && client.getQueryData<Compared>(compared(pair.a.id, pair.b.id).queryKey);
    const keys: Record<string, (() => void) | null | undefined> = {
      j: () => go(index + 1),
      k: () => go(index - 1),
      ArrowLeft: () => setStands("a"),
      ArrowRight: () => setStands("b"),
      m: edits && both ? () => merge(both, stands) : null,
      n: edits ? acts.distinct : null,
      l: edits ? acts.later : null,
      u: merged ? undo : null,
    };
    const action = keys[event.key.length === 1 ? event.key.toLowerCase() : event.key];
    if (!action) return;
    event.preventDefault();
    action();
  });
  useEffect(() => {
    const listen = (event: KeyboardEvent) => onKey(event);
    window.addEventListener("keydown", listen);
    return () => window.removeEventListener("keydown", listen);
  }, []);

  return (
    <div className="page duplicates" data-testid="page-duplicates">
      <div className="page-head">
        <h1>{t("customers.duplicates")}</h1>
        <span className="quiet" role="status" data-testid="sweep" data-running={told?.sweep.running}>
          {told?.sweep.running ? t("duplicates.sweeping") : told?.sweep.ended_at ? t("duplicates.swept", { time: instant(told.sweep.ended_at) }) : ""}
          {told?.sweep.full && ` ${t("duplicates.full")}`}
        </span>
        {edits && (
          <Button onClick={() => void sweep(true)} disabled={told?.sweep.running} data-testid="sweep-again">
            {t("duplicates.again")}
          </Button>
        )}
        <Link to="/customers">{t("customers.title")}</Link>
      </div>
      <div className="filters">
        <Segmented<"open" | "distinct">
          value={state}
          onChange={(next) => {
            setState(next);
            setAt("");
            if (own) setSearch({}, { replace: true });
          }}
          options={[
            { value: "open", label: t("duplicates.open", { count: told?.counts.open ?? 0 }) },
            { value: "distinct", label: t("duplicates.dismissed", { count: told?.counts.distinct ?? 0 }) },
          ]}
        />
        <span className="faint duplicates-keys">{t("duplicates.keys")}</span>
      </div>
      {merged && (
        <p className="duplicates-done" role="status" data-testid="merged">
          {t("duplicates.done", { source: merged.names[0], target: merged.names[1] })}{" "}
          <Button size="small" loading={busy} onClick={undo} data-testid="undo">
            {t("duplicates.undo")} <kbd>U</kbd>
          </Button>
        </p>
      )}
      {desk.error && !told ? (
        <Failure error={desk.error} retry={() => void desk.refetch()} />
      ) : (
        <div className="duplicates-body">
          <Pairs pairs={pairs} at={own ? -1 : index} go={go} />
          <section className="panel">
            {pair ? (
              <Comparison key={keyOf(pair)} a={pair.a.id} b={pair.b.id} stands={stands} setStands={setStands} busy={busy} acts={acts} />
            ) : (
              <div className="empty duplicates-empty" data-testid="no-pairs">
                <strong>{t(state === "distinct" ? "duplicates.noneDismissed" : desk.isPending || told?.sweep.running ? "duplicates.sweeping" : "duplicates.none")}</strong>
                {state === "open" && !desk.isPending && !told?.sweep.running && <p className="quiet">{t("duplicates.noneHint")}</p>}
              </div>
            )}
          </section>
        </div>
      )}
    </div>
  );
}

function unique(pairs: Pair[]): Pair[] {
  return [...new Map(pairs.map((pair) => [keyOf(pair), pair])).values()];
}

function Pairs({ pairs, at, go }: { pairs: Pair[]; at: number; go: (to: number) => void }) {
  const { t } = useWords();
  const list = useRef<HTMLOListElement>(null);
  useEffect(() => {
    list.current?.querySelector("[aria-current=true]")?.scrollIntoView({ block: "nearest" });
  }, [at]);
  if (pairs.length === 0) return null;
  return (
    <ol className="panel duplicates-pairs" ref={list}>
      {pairs.map((pair, i) => (
        <li key={keyOf(pair)}>
          <button type="button" aria-current={i === at} onClick={() => go(i)} data-testid="pair" data-pair={keyOf(pair)}>
            <span className="duplicates-names">
              <bdi>{pair.a.name || t("customers.nameless")}</bdi> <span className="faint">=?</span> <bdi>{pair.b.name || t("customers.nameless")}</bdi>
            </span>
            <span className="number">{pair.score === undefined ? instant(pair.at ?? 0) : `${Math.round(pair.score * 100)}%`}</span>
            <small className="quiet">
              {pair.why && reasonWords(pair.why)}
              {(pair.put_off ?? 0) > 0 && ` · ${t("duplicates.putOff")}`}
            </small>
          </button>
        </li>
      ))}
    </ol>
  );
}
