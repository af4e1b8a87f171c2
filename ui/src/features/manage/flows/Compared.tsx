import { useQuery } from "@tanstack/react-query";
import { Select, Skeleton } from "antd";
import { useState } from "react";
import { api, pathId } from "../../../api/client";
import { Failure } from "../../../components/Failure";
import { useWords } from "../../../i18n";
import type { Flow } from "./FlowEditor";
import type { Version } from "./Versions";

type Choices = [string, string][];

interface Change {
  node: string;
  what: string;
  language: string;
  was: string;
  now: string;
}

interface Comparison {
  orders: { node: string; was: Choices; now: Choices }[];
  added: string[];
  removed: string[];
  kinds: Change[];
  ways: Change[];
  texts: Change[];
  settings: Change[];
}

const parts = ["kinds", "ways", "texts", "settings"] as const;
const draft_number = 0;

/** What a version changes against another, by meaning; choices first, for callers know their order by heart. */
export function Compared(props: { flow: Flow; version: number; versions: Version[]; draft: string }) {
  const { flow, version, versions, draft } = props;
  const { t } = useWords();
  const before = versions.find((it) => it.version < version && it.state !== "withdrawn")?.version ?? draft_number;
  const [other, setOther] = useState(before);
  const { data, error, refetch } = useQuery({
    queryKey: ["flow-compared", flow.id, version, other, other === draft_number ? draft : ""],
    queryFn: () =>
      api.get<Comparison>(
        other === draft_number
          ? `/flows/${pathId(flow.id)}/compare?old=${version}&new=${draft_number}`
          : `/flows/${pathId(flow.id)}/compare?old=${other}&new=${version}`,
      ),
  });
  const { data: text } = useQuery({
    queryKey: ["flow-version", flow.id, version],
    queryFn: () => api.get<{ text: string }>(`/flows/${pathId(flow.id)}/versions/${version}`),
  });
  const nothing = data && parts.every((part) => data[part].length === 0) && !data.orders.length && !data.added.length && !data.removed.length;
  return (
    <section className="flow-compared" data-testid="flow-compared">
      <header>
        <label>
          {t("flows.comparedWith")}{" "}
          <Select
            size="small"
            value={other}
            onChange={setOther}
            options={[
              { value: draft_number, label: t("flows.theDraft") },
              ...versions.filter((it) => it.version !== version).map((it) => ({ value: it.version, label: t("flows.version", { version: it.version }) })),
            ]}
            style={{ minWidth: 140 }}
            aria-label={t("flows.comparedWith")}
          />
        </label>
      </header>
      {error && !data && <Failure error={error} retry={() => void refetch()} />}
      {!data && !error && <Skeleton active title={false} />}
      {nothing && <p className="quiet">{t("flows.same")}</p>}
      {data && data.orders.length > 0 && (
        <>
          <h3 className="over">{t("flows.orders")}</h3>
          {data.orders.map((it) => (
            <div key={it.node} className="flow-order" data-testid="flow-order">
              <code>{it.node}</code>
              <Keys choices={it.was} others={it.now} />
              <span aria-hidden>→</span>
              <Keys choices={it.now} others={it.was} />
            </div>
          ))}
        </>
      )}
      {data && data.added.length > 0 && <Nodes title={t("flows.added")} names={data.added} />}
      {data && data.removed.length > 0 && <Nodes title={t("flows.removed")} names={data.removed} />}
      {data &&
        parts.map(
          (part) =>
            data[part].length > 0 && (
              <div key={part}>
                <h3>{t(`flows.part_${part}`)}</h3>
                <dl className="flow-changes">
                  {data[part].map((it, index) => (
                    <div key={index}>
                      <dt>
                        <code>{it.node || flow.name}</code> {it.what} {it.language && <small className="faint">{it.language}</small>}
                      </dt>
                      <dd>
                        {it.was && <del>{it.was}</del>} {it.now && <ins>{it.now}</ins>}
                      </dd>
                    </div>
                  ))}
                </dl>
              </div>
            ),
        )}
      {text && (
        <details>
          <summary>{t("flows.wholeText")}</summary>
          <pre>{text.text}</pre>
        </details>
      )}
    </section>
  );
}

function Keys({ choices, others }: { choices: Choices; others: Choices }) {
  const there = new Map(others);
  return (
    <ol className="flow-keys">
      {choices.map(([key, node], index) => (
        <li key={key} className={there.get(key) === node && others[index]?.[0] === key ? "" : "changed"}>
          <kbd>{key}</kbd> {node}
        </li>
      ))}
    </ol>
  );
}

function Nodes({ title, names }: { title: string; names: string[] }) {
  return (
    <p>
      <strong>{title}</strong>{" "}
      {names.map((name) => (
        <code key={name}>{name} </code>
      ))}
    </p>
  );
}
