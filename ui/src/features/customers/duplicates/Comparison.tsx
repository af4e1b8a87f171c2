import { useQuery } from "@tanstack/react-query";
import { Button, Skeleton } from "antd";
import { Link } from "react-router";
import { api, pathId } from "../../../api/client";
import { useMay } from "../../../app/session";
import { Failure } from "../../../components/Failure";
import { listed, t as say, useWords } from "../../../i18n";
import { useFields } from "../list/columns";
import { differs, lines } from "./compare";
import type { Compared } from "./shapes";

export interface Acts {
  merge: (told: Compared, stands: "a" | "b") => void;
  distinct: (() => void) | null;
  later: (() => void) | null;
  open: (() => void) | null;
}

/** Both records side by side, and what the merged one would say; whoever stands for both is chosen by ← and →. */
export function Comparison(props: { a: string; b: string; stands: "a" | "b"; setStands: (side: "a" | "b") => void; busy: boolean; acts: Acts }) {
  const { t, named } = useWords();
  const may = useMay();
  const fields = useFields();
  const { acts, stands, busy } = props;
  const { data, error, refetch } = useQuery(compared(props.a, props.b));
  if (error) return <Failure error={error} retry={() => void refetch()} />;
  if (!data) return <Skeleton active paragraph={{ rows: 10 }} className="duplicates-pending" />;
  const head = (side: "a" | "b") => (
    <th scope="col" className={stands === side ? "stands" : ""}>
      <Link to={`/customers/${pathId(data[side].id)}`}>
        <bdi>{data[side].name || t("customers.nameless")}</bdi>
      </Link>
      <label className="quiet">
        <input type="radio" name="stands" checked={stands === side} onChange={() => props.setStands(side)} data-testid={`stands-${side}`} /> {t("duplicates.stands")}
      </label>
    </th>
  );
  return (
    <div className="duplicates-compared" data-testid="comparison">
      <p className="duplicates-why">
        {data.why.length > 0 ? (
          <>
            <strong>{Math.round(data.score * 100)}%</strong> {reasonWords(data.why)}
          </>
        ) : (
          t("duplicates.nothingInCommon")
        )}
      </p>
      <div className="duplicates-table">
        <table>
          <thead>
            <tr>
              <td />
              {head("a")}
              {head("b")}
              <th scope="col">{t("duplicates.merged")}</th>
            </tr>
          </thead>
          <tbody>
            {lines(data, stands, fields, (field) => named(field.names) || field.id).map((line) => (
              <tr key={line.id} className={differs(line) ? "differs" : ""}>
                <th scope="row">
                  {line.title}
                  {differs(line) && <span className="sr-only"> ({t("duplicates.differs")})</span>}
                </th>
                <td>
                  <bdi>{line.a}</bdi>
                </td>
                <td>
                  <bdi>{line.b}</bdi>
                </td>
                <td className="duplicates-merged">
                  <bdi>{line.merged}</bdi>
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
      {may("customers.edit") && (
        <div className="duplicates-acts">
          <Button type="primary" loading={busy} onClick={() => acts.merge(data, stands)} data-testid="merge">
            {t("duplicates.merge", { name: data[stands].name || t("customers.nameless") })} <kbd>M</kbd>
          </Button>
          {acts.distinct && (
            <Button disabled={busy} onClick={acts.distinct} data-testid="not-same">
              {t("duplicates.distinct")} <kbd>N</kbd>
            </Button>
          )}
          {acts.later && (
            <Button disabled={busy} onClick={acts.later} data-testid="later">
              {t("duplicates.later")} <kbd>L</kbd>
            </Button>
          )}
          {acts.open && (
            <Button disabled={busy} onClick={acts.open} data-testid="take-back">
              {t("duplicates.takeBack")}
            </Button>
          )}
        </div>
      )}
      <p className="faint">{t("duplicates.mergeHint")}</p>
    </div>
  );
}

export function compared(a: string, b: string) {
  return {
    queryKey: ["customer-pair", a, b],
    queryFn: () => api.get<Compared>(`/customer-duplicates/${pathId(a)}/${pathId(b)}`),
    staleTime: 0,
    retry: false,
  };
}

export function reasonWords(why: Compared["why"]): string {
  return listed(why.map((reason) => say(`duplicates.w_${reason}`)));
}
