import { useInfiniteQuery } from "@tanstack/react-query";
import { Button, Skeleton } from "antd";
import { useEffect, useRef, useState } from "react";
import { Link } from "react-router";
import { api, pathId } from "../../../api/client";
import type { Page } from "../../../api/types";
import { Failure } from "../../../components/Failure";
import { duration, fullInstant, instant } from "../../../components/format";
import { useNames } from "../../../components/useNames";
import { maybe, useWords } from "../../../i18n";
import { isLoud, outcomeWords } from "../../contacts/shown";
import { usePurposes } from "../usePurposes";
import { originWords, scoreWords, situationWords } from "./line/told";
import type { Moment } from "./shapes";

const kinds = ["contact", "experience", "note", "consent", "request", "merged"] as const;

/** Everything that happened, the newest first; more comes as one scrolls. */
export function TimelineBox({ path }: { path: string }) {
  const { t } = useWords();
  const [kind, setKind] = useState("");
  const line = useInfiniteQuery({
    queryKey: ["customer-timeline", path, kind],
    queryFn: ({ pageParam, signal }) =>
      api.get<Page<Moment>>(`${path}/timeline`, { limit: 50, cursor: pageParam, kinds: kind }, signal),
    initialPageParam: "",
    getNextPageParam: (last) => last.next,
  });
  const shown = line.data?.pages.flatMap((page) => page.items) ?? [];
  const { hasNextPage, isFetchingNextPage, isFetchNextPageError, fetchNextPage } = line;

  const foot = useRef<HTMLDivElement>(null);
  useEffect(() => {
    const element = foot.current;
    if (!element || !hasNextPage || isFetchNextPageError) return;
    const observer = new IntersectionObserver((seen) => {
      if (seen.some((it) => it.isIntersecting) && !isFetchingNextPage) void fetchNextPage();
    });
    observer.observe(element);
    return () => observer.disconnect();
  }, [hasNextPage, isFetchingNextPage, isFetchNextPageError, fetchNextPage]);

  return (
    <section data-testid="record-timeline">
      <header className="record-timeline-head">
        <h2>{t("record.timeline")}</h2>
        <div className="record-kinds" role="group" aria-label={t("record.timeline")}>
          {["", ...kinds].map((it) => (
            <button key={it} type="button" aria-pressed={kind === it} onClick={() => setKind(it)} data-testid={`kind-${it || "all"}`}>
              {it ? maybe(`record.t_${it}`, it) : t("common.all")}
            </button>
          ))}
        </div>
      </header>
      {line.error && !line.data && <Failure error={line.error} retry={() => void line.refetch()} />}
      {line.isPending && <Skeleton active paragraph={{ rows: 6 }} />}
      {line.data && shown.length === 0 && (
        <p className="record-none">{t(kind ? "record.timelineNone" : "record.timelineEmpty")}</p>
      )}
      <ol className="record-moments">
        {shown.map((it) => (
          <li key={it.id} data-kind={it.kind}>
            <time title={fullInstant(it.at)}>{instant(it.at)}</time>
            <span className="record-kind">{maybe(`record.t_${it.kind}`, it.kind)}</span>
            <div>
              <Told it={it} />
            </div>
          </li>
        ))}
      </ol>
      <div ref={foot} className="record-foot">
        {hasNextPage ? (
          <Button type="link" size="small" loading={isFetchingNextPage} onClick={() => void fetchNextPage()}>
            {t("record.loadMore")}
          </Button>
        ) : (
          shown.length > 8 && <span className="faint">{t("record.timelineEnd")}</span>
        )}
      </div>
    </section>
  );
}

interface ContactDetail {
  outcome: string;
  queue: string;
  agent: string;
  wait_s: number;
  talk_s: number;
  disposition: string;
  direction: string;
  steps: { via: string; words: { zh?: string; en?: string } }[];
  notes: { text: string }[];
}

function Told({ it }: { it: Moment }) {
  const { t } = useWords();
  const { purposeName } = usePurposes();
  const text = (name: string) => (typeof it.detail[name] === "string" ? it.detail[name] : "");
  const by = text("user_name") && <span className="faint"> {t("record.by", { name: text("user_name") })}</span>;
  switch (it.kind) {
    case "contact":
      return <Contact id={it.id.slice("contact:".length)} detail={it.detail as unknown as ContactDetail} />;
    case "request":
      return <>{typeof it.detail.ended_at === "number" ? t("record.requestDone", { at: instant(it.detail.ended_at) }) : t("record.requestOpen")}</>;
    case "note":
      return (
        <>
          <span className="record-text">{text("text")}</span>
          {by}
        </>
      );
    case "consent":
      return (
        <>
          {purposeName(text("purpose"))} · {maybe(`record.m_${text("medium")}`, text("medium"))}:{" "}
          <strong>{t(it.detail.given ? "record.given" : "record.refused")}</strong> <span className="quiet">{text("how")}</span>
          {by}
        </>
      );
    case "merged":
      return (
        <>
          {t("record.mergedWords")} <span className="quiet">{text("why") && t("record.mergeWhy", { why: text("why") })}</span>
          {by}
        </>
      );
    case "experience":
      return (
        <>
          {situationWords(text("situation"))}: <strong>{scoreWords(typeof it.detail.score === "number" ? it.detail.score : null)}</strong>{" "}
          <span className="quiet">{originWords(text("origin"))}</span> <span className="record-text">{text("note")}</span>
          {by}
        </>
      );
  }
}

function Contact({ id, detail }: { id: string; detail: ContactDetail }) {
  const { t, named } = useWords();
  const queue = useNames("queues");
  const agent = useNames("agents");
  const disposition = useNames("dispositions");
  const path = detail.steps.map((step) => named(step.words)).filter(Boolean);
  return (
    <>
      <Link to={`/contacts/${pathId(id)}`} className={isLoud(detail.outcome) ? "over" : ""}>
        {detail.direction === "out" ? "↗" : "↙"} {outcomeWords(detail.outcome)}
      </Link>{" "}
      {[queue(detail.queue), agent(detail.agent), disposition(detail.disposition)].filter(Boolean).join(" · ")}
      <span className="quiet">
        {detail.wait_s > 0 && ` ${t("record.waitedFor", { wait: duration(detail.wait_s) })}`}
        {detail.talk_s > 0 && ` ${t("record.talkedFor", { talk: duration(detail.talk_s) })}`}
      </span>
      {path.length > 0 && <div className="faint">{t("record.pressed", { path: path.join(" → ") })}</div>}
      {detail.notes.map((note, n) => (
        <div key={n} className="record-text">
          {note.text}
        </div>
      ))}
    </>
  );
}
