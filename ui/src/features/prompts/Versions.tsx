import { Button } from "antd";
import { duration, instant } from "../../components/format";
import { useWords } from "../../i18n";
import type { Recording } from "./shapes";

export function Versions(props: {
  recordings: Recording[];
  busy: string;
  hear: (number: number) => Promise<void>;
  /** None for who may not change it. */
  choose: ((number: number) => Promise<void>) | null;
}) {
  const { recordings, busy, hear, choose } = props;
  const { t } = useWords();
  return (
    <div className="prompt-section">
      <h3>{t("prompts.versions")}</h3>
      <table className="prompt-versions" data-testid="prompt-versions">
        <tbody>
          {recordings.map((each) => (
            <tr key={each.number} data-testid="prompt-version">
              <td>{t("prompts.version", { n: each.number })}</td>
              <td>{duration(each.seconds)}</td>
              <td>{t(`prompts.source_${each.source}`)}</td>
              <td className="quiet">
                {each.by} · {instant(each.at)}
              </td>
              <td>
                <Button size="small" type="text" onClick={() => void hear(each.number)} loading={busy === `hear-${each.number}`}>
                  {t("prompts.hear")}
                </Button>
                {each.current && <span className="quiet">{t("prompts.inUse")}</span>}
                {choose && (
                  <Button
                    size="small"
                    type="text"
                    onClick={() => void choose(each.current ? 0 : each.number)}
                    loading={busy === `choose-${each.current ? 0 : each.number}`}
                    data-testid={each.current ? "prompt-to-engine" : "prompt-choose"}
                  >
                    {t(each.current ? "prompts.toEngine" : "prompts.choose")}
                  </Button>
                )}
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}
