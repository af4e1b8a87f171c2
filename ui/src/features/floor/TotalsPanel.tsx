import { Popover } from "antd";
import type { FloorTotals } from "../../api/types";
import { useWords } from "../../i18n";
import { codeWords } from "../../i18n/explain";
import { useItem } from "../../live/hooks";
import { floorStream } from "../../live/stream";

/** The whole house in one line; what is broken stands above it. */
export function TotalsPanel() {
  const { t } = useWords();
  const totals = useItem<FloorTotals>(floorStream, "totals", "now");
  if (!totals) return null;
  const refused = Object.entries(totals.refused_today);
  const sum = refused.reduce((all, [, n]) => all + n, 0);
  return (
    <>
      {totals.journal === "failed" && (
        <div className="floor-alarm" role="alert" data-testid="journal-failed">
          {t("floor.journalFailed")}
        </div>
      )}
      {totals.engine === "down" && (
        <div className="floor-alarm" role="alert" data-testid="engine-down">
          {t("floor.engineDown")}
        </div>
      )}
      <dl className="totals" data-testid="totals">
        <Total words={t("floor.waiting")} value={totals.waiting} test="total-waiting" />
        <Total words={t("floor.talking")} value={totals.talking} test="total-talking" />
        <Total words={t("floor.selfService")} value={totals.in_self_service} test="total-self-service" />
        <Total words={t("floor.agentsOn")} value={totals.agents_on} test="total-agents" />
        {sum > 0 && (
          <Popover
            trigger="click"
            content={
              <table className="key-table">
                <tbody>
                  {refused.map(([code, count]) => (
                    <tr key={code}>
                      <td>{codeWords(code, code)}</td>
                      <td className="number">{count}</td>
                    </tr>
                  ))}
                </tbody>
              </table>
            }
          >
            <button type="button" className="total-button">
              <Total words={t("floor.refused")} value={sum} test="total-refused" />
            </button>
          </Popover>
        )}
      </dl>
    </>
  );
}

function Total({ words, value, test }: { words: string; value: number; test: string }) {
  return (
    <div className="total">
      <dt>{words}</dt>
      <dd data-testid={test}>{value}</dd>
    </div>
  );
}
