import { useQuery } from "@tanstack/react-query";
import { Button, Select, Skeleton } from "antd";
import { useMemo, useRef, useState } from "react";
import { Link, useParams, useSearchParams } from "react-router";
import { api, pathId } from "../../api/client";
import { Failure } from "../../components/Failure";
import { useWords } from "../../i18n";
import { ByDay } from "./ByDay";
import { Drawing } from "./Drawing";
import { Gauge } from "./Gauge";
import { Legend } from "./Legend";
import { measureOf, measures, mostOf } from "./measures";
import { NodePanel } from "./NodePanel";
import { Numbers } from "./Numbers";
import { Range } from "./Range";
import { useRange } from "./range";
import "./selfservice.css";
import type { Graph, OneFlow } from "./shapes";
import { WorkList } from "./WorkList";

const zooms = [0.4, 0.6, 0.8, 1, 1.25];

/** One flow drawn with what callers did in it, a version and some days at a time. */
export function FlowPage() {
  const { flow = "" } = useParams();
  const { t } = useWords();
  const range = useRange();
  const [search, setSearch] = useSearchParams();
  const [zoom, setZoom] = useState(3);
  const panel = useRef<HTMLDivElement>(null);
  const set = (name: string, value: string) => {
    setSearch((before) => {
      if (value) before.set(name, value);
      else before.delete(name);
      return before;
    }, { replace: true });
  };
  const path = `/self-service/flows/${pathId(flow)}`;
  const overview = useQuery({
    queryKey: ["self-service", flow, range.days, 0],
    queryFn: ({ signal }) => api.get<OneFlow>(path, { days: range.days }, signal),
    placeholderData: (before) => before,
  });
  const known = overview.data?.versions ?? [];
  const version = Number(search.get("version")) || (known.find((it) => it.contacts > 0)?.version ?? overview.data?.published_version ?? 0);
  const compared = Number(search.get("with")) || 0;
  const figures = (of: number) => ({
    queryKey: ["self-service", flow, range.days, "version", of],
    queryFn: ({ signal }: { signal: AbortSignal }) => api.get<OneFlow>(path, { days: range.days, version: of }, signal),
    enabled: of > 0,
    refetchInterval: 60_000,
  });
  const one = useQuery(figures(version));
  const other = useQuery(figures(compared));
  const graph = useQuery({
    queryKey: ["self-service-graph", flow, version],
    queryFn: ({ signal }) => api.get<Graph>(`${path}/graph`, { version }, signal),
    enabled: version > 0,
    staleTime: Infinity,
  });
  const measure = measureOf(search.get("measure"));
  const nodes = useMemo(() => new Map(one.data?.nodes.map((it) => [it.node, it])), [one.data]);
  const others = useMemo(() => (other.data ? new Map(other.data.nodes.map((it) => [it.node, it])) : undefined), [other.data]);
  const most = mostOf(measure, [...nodes.values()].map(measure.of));
  const chosen = search.get("node") ?? "";
  const choose = (node: string) => {
    set("node", node === chosen ? "" : node);
    if (node !== chosen) requestAnimationFrame(() => panel.current?.scrollIntoView({ block: "nearest" }));
  };
  const drawn = graph.data?.nodes.find((it) => it.id === chosen);
  if (overview.error && !overview.data) return <Failure error={overview.error} retry={() => void overview.refetch()} />;
  return (
    <div className="page ss-page" data-testid="self-service-flow">
      <div className="page-head">
        <h1>
          <Link to={`/self-service?days=${range.days}`} className="quiet">
            ‹ {t("selfservice.title")}
          </Link>{" "}
          {overview.data?.name ?? ""}
        </h1>
        <Range days={range.days} choose={range.choose} />
        <Select
          value={version || null}
          placeholder={t("selfservice.version")}
          aria-label={t("selfservice.version")}
          data-testid="version"
          onChange={(value) => set("version", String(value))}
          options={known.map((it) => ({ value: it.version, label: t("selfservice.versionOf", { n: it.version, count: it.contacts }) }))}
          style={{ width: 190 }}
        />
        <Select
          value={compared}
          aria-label={t("selfservice.compare")}
          onChange={(value) => set("with", value ? String(value) : "")}
          options={[
            { value: 0, label: t("selfservice.compareNone") },
            ...known.filter((it) => it.version !== version).map((it) => ({ value: it.version, label: t("selfservice.compareWith", { n: it.version }) })),
          ]}
          style={{ width: 180 }}
        />
      </div>
      {one.error && !one.data && <Failure error={one.error} retry={() => void one.refetch()} />}
      {graph.error && <Failure error={graph.error} retry={() => void graph.refetch()} />}
      {overview.data && version === 0 && (
        <div className="empty">
          <strong>{t("selfservice.unpublished")}</strong>
          <p className="quiet">{t("selfservice.unpublishedHint")}</p>
        </div>
      )}
      {version > 0 && !graph.error && (!one.data || !graph.data) && <Skeleton active paragraph={{ rows: 10 }} />}
      {one.data && graph.data && (
        <>
          <section className="panel ss-top">
            <div>
              <h2>{t("selfservice.containment")}</h2>
              <Gauge value={one.data.total.containment} target={one.data.target} />
              {other.data && (
                <p className="quiet">
                  {t("selfservice.versionN", { n: compared })} <Gauge small value={other.data.total.containment} target={one.data.target} />
                </p>
              )}
            </div>
            <Numbers it={one.data.total} currency={one.data.currency} />
            <ByDay days={one.data.trend} target={one.data.target} currency={one.data.currency} />
          </section>
          <div className="ss-body">
            <section className="panel ss-canvas">
              <header>
                <Select
                  value={measure.id}
                  aria-label={t("selfservice.measure")}
                  data-testid="measure"
                  onChange={(value) => set("measure", value)}
                  options={measures.map((it) => ({ value: it.id, label: t(it.words) }))}
                  style={{ width: 150 }}
                />
                <Legend measure={measure} most={most} />
                <span className="ss-zoom">
                  <Button size="small" disabled={zoom === 0} onClick={() => setZoom(zoom - 1)} aria-label={t("selfservice.smaller")}>
                    −
                  </Button>
                  <Button size="small" disabled={zoom === zooms.length - 1} onClick={() => setZoom(zoom + 1)} aria-label={t("selfservice.larger")}>
                    +
                  </Button>
                </span>
              </header>
              {one.data.total.contacts === 0 && <p className="quiet">{t("selfservice.nobody")}</p>}
              <div className="ss-scroll">
                <Drawing
                  graph={graph.data}
                  nodes={nodes}
                  others={others}
                  ways={one.data.ways}
                  measure={measure}
                  most={most}
                  chosen={chosen}
                  choose={choose}
                  zoom={zooms[zoom] ?? 1}
                />
              </div>
            </section>
            <aside className="panel ss-side" ref={panel}>
              {drawn ? (
                <NodePanel
                  path={path}
                  node={drawn}
                  row={nodes.get(chosen)}
                  other={others?.get(chosen)}
                  ways={one.data.ways}
                  query={{ days: range.days, version }}
                  measure={measure}
                  close={() => set("node", "")}
                />
              ) : (
                <WorkList nodes={one.data.nodes} choose={choose} />
              )}
            </aside>
          </div>
          <p className="faint">{t("selfservice.defined", { names: Object.values(one.data.definitions).join(", ") })}</p>
        </>
      )}
    </div>
  );
}
