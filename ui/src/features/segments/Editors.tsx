import { useQuery, useQueryClient } from "@tanstack/react-query";
import { Button, Input, Select, Switch } from "antd";
import { useState, type ReactNode } from "react";
import { useNavigate, useParams } from "react-router";
import { api, pathId } from "../../api/client";
import { Failure } from "../../components/Failure";
import { phoneNumber } from "../../components/format";
import { useLeave } from "../../components/useLeave";
import { useTell } from "../../components/useTell";
import { useWords } from "../../i18n";
import { explain, fieldProblems } from "../../i18n/explain";
import { Builder } from "./Builder";
import { Count } from "./Count";
import { useLook } from "./look";
import { empty, read, type Group, type Json } from "./rule";
import { layers, type Layer, type Segment, type Tagging, type Taggings } from "./shapes";

/** One segment, made or changed. */
export function SegmentEditor() {
  const { id = "new" } = useParams();
  const { data, error, refetch } = useQuery({
    queryKey: ["segment", id],
    queryFn: () => api.get<Segment>(`/customer-segments/${pathId(id)}`),
    enabled: id !== "new",
    gcTime: 0,
  });
  if (error) return <Failure error={error} retry={() => void refetch()} />;
  if (id !== "new" && !data) return null;
  return <SegmentForm key={data?.version ?? 0} old={data ?? null} />;
}

function SegmentForm({ old }: { old: Segment | null }) {
  const { t, language } = useWords();
  const client = useQueryClient();
  const [names, setNames] = useState<Record<string, string>>({ ...old?.names });
  const input = (which: "zh" | "en") => (
    <Input
      aria-label={t(`segments.name_${which}`)}
      placeholder={t(`segments.name_${which}`)}
      autoFocus={!old && which === language}
      maxLength={60}
      value={names[which] ?? ""}
      onChange={(event) => setNames({ ...names, [which]: event.target.value })}
      data-testid={`name-${which}`}
    />
  );
  const own = language === "zh" ? (["zh", "en"] as const) : (["en", "zh"] as const);
  const said = Object.fromEntries(Object.entries(names).filter(([, words]) => words.trim() !== ""));
  return (
    <Frame
      title={old ? t("segments.edit") : t("segments.new")}
      back="/manage/segments"
      start={old?.rule ?? null}
      ready={Object.keys(said).length > 0}
      touched={JSON.stringify(said) !== JSON.stringify(old?.names ?? {})}
      save={async (rule) => {
        if (old) await api.put(`/customer-segments/${pathId(old.id)}`, { names: said, rule, version: old.version });
        else await api.post("/customer-segments", { names: said, rule });
        await client.invalidateQueries({ queryKey: ["segments"] });
      }}
    >
      {own.map((which) => (
        <label key={which}>
          <span>{t(`segments.name_${which}`)}</span>
          {input(which)}
        </label>
      ))}
    </Frame>
  );
}

/** One rule that gives a tag, made or changed. */
export function TaggingEditor() {
  const { id = "new" } = useParams();
  const { data, error, refetch } = useQuery({ queryKey: ["taggings"], queryFn: () => api.get<Taggings>("/customer-taggings") });
  if (error) return <Failure error={error} retry={() => void refetch()} />;
  if (!data) return null;
  return <TaggingForm key={id} old={data.items.find((each) => each.id === id) ?? null} />;
}

function TaggingForm({ old }: { old: Tagging | null }) {
  const { t } = useWords();
  const client = useQueryClient();
  const [tag, setTag] = useState(old?.tag ?? "");
  const [layer, setLayer] = useState<Layer>(old?.layer ?? "value");
  const [enabled, setEnabled] = useState(old?.enabled ?? true);
  return (
    <Frame
      title={old ? t("segments.editRule") : t("segments.newRule")}
      back="/manage/segments/tags"
      start={old?.rule ?? null}
      ready={tag.trim() !== ""}
      touched={tag !== (old?.tag ?? "") || layer !== (old?.layer ?? "value") || enabled !== (old?.enabled ?? true)}
      save={async (rule) => {
        const body = { kind: "rule", tag: tag.trim(), layer, enabled, rule };
        if (old) await api.put(`/customer-taggings/${pathId(old.id)}`, { ...body, version: old.version });
        else await api.post("/customer-taggings", body);
        await client.invalidateQueries({ queryKey: ["taggings"] });
      }}
    >
      <label>
        <span>{t("segments.tag")}</span>
        <Input autoFocus={!old} maxLength={60} value={tag} onChange={(event) => setTag(event.target.value)} data-testid="rule-tag" />
      </label>
      <label>
        <span>{t("segments.layer")}</span>
        <Select<Layer> value={layer} onChange={setLayer} options={layers.map((value) => ({ value, label: t(`segments.layer_${value}`) }))} />
      </label>
      <label className="segments-switch">
        <span>{t("segments.enabled")}</span>
        <Switch checked={enabled} onChange={setEnabled} />
      </label>
    </Frame>
  );
}

interface FrameProps {
  title: string;
  back: string;
  start: Json | null;
  /** Whether what stands beside the rule will do. */
  ready: boolean;
  touched: boolean;
  save: (rule: Json) => Promise<void>;
  children: ReactNode;
}

/** A rule with what stands beside it on the left, who fits on the right. */
function Frame({ title, back, start, ready, touched, save, children }: FrameProps) {
  const { t } = useWords();
  const tell = useTell();
  const navigate = useNavigate();
  const ask = useLeave();
  const [before] = useState<Group>(() => (start ? read(start) : empty()));
  const [tree, setTree] = useState(before);
  const [busy, setBusy] = useState(false);
  const [refused, setRefused] = useState<{ words: string; tree: Group } | null>(null);
  const look = useLook(tree);
  const leave = () => void navigate(back);
  const keep = async () => {
    setBusy(true);
    try {
      await save(look.rule);
      tell.done(t("common.saved"));
      leave();
    } catch (error) {
      setRefused({ words: Object.values(fieldProblems(error))[0] ?? explain(error), tree });
    } finally {
      setBusy(false);
    }
  };
  return (
    <div className="page segments" data-testid="segment-editor">
      <div className="page-head">
        <h1>{title}</h1>
        <div className="segments-acts">
          <Button onClick={() => ask(touched || tree !== before, leave)}>{t("common.cancel")}</Button>
          <Button type="primary" loading={busy} disabled={!ready} onClick={() => void keep()} data-testid="save">
            {t("common.save")}
          </Button>
        </div>
      </div>
      {refused && (
        <p className="over" role="alert">
          {refused.words}
        </p>
      )}
      <div className="segments-editor">
        <div>
          <div className="segments-beside">{children}</div>
          <h2>{t("segments.rule")}</h2>
          <Builder tree={tree} onChange={setTree} paths={look.paths} problems={look.busy ? {} : look.problems} />
        </div>
        <Preview {...look} />
      </div>
    </div>
  );
}

function Preview({ looked, error, problems, busy }: ReturnType<typeof useLook>) {
  const { t } = useWords();
  const wrong = Object.keys(problems).length > 0;
  return (
    <aside className={busy ? "segments-preview is-busy" : "segments-preview"} aria-live="polite" aria-busy={busy} data-testid="preview">
      <h2>{t("segments.preview")}</h2>
      {error !== null && !busy ? (
        <p className={wrong ? "quiet" : "over"}>{wrong ? t("segments.incomplete") : explain(error)}</p>
      ) : (
        <p className="segments-many" data-testid="preview-count">
          <Count counted={looked} />
        </p>
      )}
      {looked && (
        <ul>
          {looked.items.map((each) => (
            <li key={each.id} data-testid="preview-member">
              <span>{each.name || t("segments.nameless")}</span>
              <span className="quiet">{each.numbers[0] ? phoneNumber(each.numbers[0]) : ""}</span>
            </li>
          ))}
        </ul>
      )}
      {looked && looked.items.length === 0 && looked.count === 0 && <p className="quiet">{t("segments.nobody")}</p>}
      {looked && (looked.count ?? 0) > looked.items.length && looked.items.length > 0 && <p className="quiet">{t("segments.andMore")}</p>}
    </aside>
  );
}
