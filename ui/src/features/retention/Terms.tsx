import { useQuery, useQueryClient } from "@tanstack/react-query";
import { Button, InputNumber, Table } from "antd";
import { useState } from "react";
import { api } from "../../api/client";
import { useMay } from "../../app/session";
import { instant } from "../../components/format";
import { useTell } from "../../components/useTell";
import { useWords } from "../../i18n";
import { bodyOf } from "../manage/body";
import type { Item } from "../manage/kinds";
import { bounds, type Kept, type KindKept, type Run } from "./shapes";

interface Counted {
  count: number;
  held: number;
  more: boolean;
}

/** A term for each kind; what would go by it can be counted before it is saved. */
export function Terms({ kept }: { kept: Kept }) {
  const { t } = useWords();
  const tell = useTell();
  const may = useMay();
  const client = useQueryClient();
  const edits = may("configuration.edit") && may("configuration.view");
  const { data: settings } = useQuery({ queryKey: ["settings"], queryFn: () => api.get<Item>("/settings"), enabled: edits });
  const [draft, setDraft] = useState<Record<string, number>>({});
  const [busy, setBusy] = useState(false);
  const daysOf = (kind: KindKept) => draft[kind.setting] ?? kind.days;
  const changed = kept.kinds.filter((kind) => daysOf(kind) !== kind.days);
  const shorter = changed.some((kind) => daysOf(kind) > 0 && (kind.days === 0 || daysOf(kind) < kind.days));
  const save = async () => {
    if (!settings) return;
    setBusy(true);
    try {
      await api.put("/settings", { ...bodyOf(settings, { retention: draft }), version: settings.version });
      await Promise.all([client.invalidateQueries({ queryKey: ["settings"] }), client.invalidateQueries({ queryKey: ["retention"] })]);
      setDraft({});
      tell.done(t("retention.saved"));
    } catch (failure) {
      tell.failed(failure);
      await client.invalidateQueries({ queryKey: ["settings"] });
    } finally {
      setBusy(false);
    }
  };
  return (
    <>
      <Table<KindKept>
        rowKey="kind"
        size="small"
        dataSource={kept.kinds}
        pagination={false}
        columns={[
          {
            title: t("retention.kind"),
            render: (_, kind) => (
              <>
                {t(`retention.k_${kind.kind}` as "retention.k_contacts")}{" "}
                <span className="quiet">{t(`retention.p_${kind.kind}` as "retention.p_contacts")}</span>
              </>
            ),
          },
          {
            title: t("retention.kept"),
            width: 250,
            render: (_, kind) => {
              const [least, most] = bounds[kind.setting] ?? [1, 36500];
              if (!edits) return kind.days || t("retention.forGoodShort");
              return (
                <span className="term">
                  <InputNumber
                    size="small"
                    min={least}
                    max={most}
                    precision={0}
                    value={daysOf(kind)}
                    onChange={(value) => value !== null && setDraft({ ...draft, [kind.setting]: value })}
                    aria-label={t(`retention.k_${kind.kind}` as "retention.k_contacts")}
                    data-testid={`term-${kind.kind}`}
                  />
                  {least === 0 && <span className="quiet">{t(kind.kind === "callers" ? "retention.withContact" : "retention.forGood")}</span>}
                </span>
              );
            },
          },
          { title: t("retention.would"), width: 170, render: (_, kind) => <Count key={daysOf(kind)} kind={kind.kind} days={daysOf(kind)} /> },
          { title: t("retention.last"), width: 210, render: (_, kind) => <Last run={kind.last} /> },
        ]}
      />
      {changed.length > 0 && (
        <div className="bar">
          <Button type="primary" loading={busy} onClick={() => void save()} data-testid="save">
            {t("retention.save")}
          </Button>
          {shorter && <span className="over">{t("retention.lowered")}</span>}
        </div>
      )}
    </>
  );
}

/** How many would go, when somebody asks: counting is no small work. */
function Count({ kind, days }: { kind: string; days: number }) {
  const { t } = useWords();
  const tell = useTell();
  const [counted, setCounted] = useState<Counted | null>(null);
  const [busy, setBusy] = useState(false);
  const count = async () => {
    setBusy(true);
    try {
      setCounted(await api.get<Counted>("/retention/preview", { kind, days }));
    } catch (failure) {
      tell.failed(failure);
    } finally {
      setBusy(false);
    }
  };
  if (days === 0) return null;
  if (!counted)
    return (
      <Button size="small" type="link" className="count" loading={busy} onClick={() => void count()} title={t("retention.countNote")} data-testid={`count-${kind}`}>
        {t("retention.count")}
      </Button>
    );
  const figure = counted.count.toLocaleString();
  return (
    <span data-testid={`counted-${kind}`}>
      {counted.more ? t("retention.moreThan", { many: figure }) : figure}
      {counted.held > 0 && <span className="quiet"> · {t("retention.held", { count: counted.held })}</span>}
    </span>
  );
}

function Last({ run }: { run: Run | null }) {
  const { t } = useWords();
  if (!run) return <span className="quiet">{t("retention.never")}</span>;
  return (
    <>
      {run.erased.toLocaleString()} · {instant(run.ended_at ?? run.started_at)} {run.trouble && <span className="over">{t("retention.failed", { why: run.trouble })}</span>}
    </>
  );
}
