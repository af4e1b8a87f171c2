import { useQuery } from "@tanstack/react-query";
import { Button, Skeleton } from "antd";
import { Link } from "react-router";
import { api, pathId } from "../../api/client";
import type { ContactRow, Page } from "../../api/types";
import { useMay } from "../../app/session";
import { Failure } from "../../components/Failure";
import { duration, instant, phoneNumber } from "../../components/format";
import { useWords } from "../../i18n";
import { useCollection } from "../../live/hooks";
import { deskStream } from "../../live/stream";
import { useDial, useDeskSetup, usePhone } from "./hooks";
import type { DeskPanel } from "./panel";

function RecentContacts() {
  const { t, named } = useWords();
  const may = useMay();
  const { data: setup } = useDeskSetup();
  const phone = usePhone();
  // The list is asked for again whenever an assignment comes or goes.
  const working = useCollection<{ id: string }>(deskStream, "assignments");
  const mark = working.map((each) => each.id).join();
  const { data, error, refetch } = useQuery({
    queryKey: ["desk", "recent", mark],
    queryFn: () => api.get<Page<ContactRow>>("/desk/recent"),
    placeholderData: (before) => before,
  });
  const { busy, dial } = useDial();
  const mayDial = may("desk.dial_out") || setup?.agent.dial_out === true;
  const rows = data?.items;
  return (
    <section className="recent" aria-label={t("desk.recent")}>
      <h2>{t("desk.recent")}</h2>
      {error && !rows ? <Failure error={error} retry={() => void refetch()} /> : null}
      {!rows && !error && <Skeleton active title={false} paragraph={{ rows: 5 }} />}
      {rows?.length === 0 && <p className="faint">{t("desk.recentEmpty")}</p>}
      <ol>
        {rows?.map((row) => (
          <li key={row.id} data-testid="recent-row">
            <Link to={`/contacts/${pathId(row.id)}`}>
              <span className="recent-who">
                <span aria-label={t(row.direction === "out" ? "desk.out" : "desk.in")}>{row.direction === "out" ? "↗" : "↙"}</span>{" "}
                {row.customer?.name || phoneNumber(row.number) || t(row.erased ? "desk.erased" : "desk.withheld")}
              </span>
              <span className="faint">
                {[instant(row.at), duration(row.talk_s ?? 0), named(row.disposition_names)].filter(Boolean).join(" · ")}
              </span>
            </Link>
            {mayDial && row.number && working.length === 0 && phone.stage === "registered" && (
              <Button
                size="small"
                type="text"
                disabled={busy}
                onClick={() => void dial(row.number)}
              >
                {t("desk.redial")}
              </Button>
            )}
          </li>
        ))}
      </ol>
    </section>
  );
}

export const recentPanel: DeskPanel = { id: "recent", place: "side", Panel: RecentContacts, keys: {} };
