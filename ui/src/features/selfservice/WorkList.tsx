import { useWords } from "../../i18n";
import { percent } from "../../components/format";
import type { NodeRow } from "./shapes";

const most = 12;

/** Where most callers are served badly: what the team looks at first. */
export function WorkList({ nodes, choose }: { nodes: NodeRow[]; choose: (node: string) => void }) {
  const { t } = useWords();
  const weak = nodes.filter((it) => it.weakness > 0).slice(0, most);
  return (
    <>
      <h2>{t("selfservice.weak")}</h2>
      <p className="faint">{t("selfservice.weakNote")}</p>
      {weak.length === 0 && <p className="quiet">{t("selfservice.noWeak")}</p>}
      <ol className="ss-weak" data-testid="weak">
        {weak.map((it) => (
          <li key={it.node}>
            <button type="button" onClick={() => choose(it.node)}>
              <strong>{it.node}</strong>
              <span className="number">{percent(it.weakness)}</span>
              <span className="quiet">
                {[
                  it.lost_rate ? t("selfservice.weakLost", { share: percent(it.lost_rate) }) : "",
                  it.loop_rate ? t("selfservice.weakLoops", { share: percent(it.loop_rate) }) : "",
                  it.failures ? t("selfservice.weakFailures", { count: it.failures }) : "",
                ]
                  .filter(Boolean)
                  .join(" · ")}
              </span>
            </button>
          </li>
        ))}
      </ol>
    </>
  );
}
