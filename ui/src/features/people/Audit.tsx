import { useInfiniteQuery } from "@tanstack/react-query";
import { Button, DatePicker, Select, Table } from "antd";
import type { Dayjs } from "dayjs";
import { useState } from "react";
import { api } from "../../api/client";
import type { Page } from "../../api/types";
import { Failure } from "../../components/Failure";
import { fullInstant } from "../../components/format";
import { maybe, t, useWords } from "../../i18n";
import "./people.css";

interface Entry {
  id: string;
  at: number;
  user: string;
  user_name: string;
  action: string;
  target: string;
  detail: Record<string, unknown>;
  address: string;
  via: string;
}

const groups = [
  "session",
  "password",
  "second_factor",
  "user",
  "token",
  "recording",
  "contact",
  "customer",
  "callback",
  "message",
  "agent",
  "flow",
  "phone",
  "queue",
  "trunk",
  "entry_point",
  "line",
  "site",
  "skill",
  "reason",
  "disposition",
  "hours",
  "destination",
  "setting",
] as const;

export function Audit() {
  const { t } = useWords();
  const [action, setAction] = useState("");
  const [range, setRange] = useState<[Dayjs | null, Dayjs | null] | null>(null);
  const from = range?.[0]?.unix();
  const to = range?.[1]?.unix();
  const audit = useInfiniteQuery({
    queryKey: ["audit", action, from, to],
    queryFn: ({ pageParam }) =>
      api.get<Page<Entry>>("/audit", { action: action && `${action}.`, from, to, limit: 100, cursor: pageParam }),
    initialPageParam: "",
    getNextPageParam: (last) => last.next,
    placeholderData: (before) => before,
  });
  const rows = audit.data?.pages.flatMap((page) => page.items) ?? [];
  return (
    <div className="page people" data-testid="page-audit">
      <div className="page-head">
        <h1>{t("people.audit")}</h1>
        <Select
          value={action}
          onChange={setAction}
          style={{ width: 170 }}
          aria-label={t("people.action")}
          options={[
            { value: "", label: t("people.anyAction") },
            ...groups.map((group) => ({ value: group, label: t(`people.act_${group}`) })),
          ]}
        />
        <DatePicker.RangePicker showTime={{ format: "HH:mm" }} format="MM-DD HH:mm" onChange={setRange} />
      </div>
      {audit.error && rows.length === 0 ? (
        <Failure error={audit.error} retry={() => void audit.refetch()} />
      ) : (
        <Table<Entry>
          rowKey="id"
          size="small"
          dataSource={rows}
          loading={{ spinning: audit.isPending, delay: 300 }}
          pagination={false}
          locale={{ emptyText: audit.isPending ? " " : <div className="empty">{t("people.auditEmpty")}</div> }}
          onRow={() => ({ "data-testid": "audit-row" }) as never}
          columns={[
            { title: t("people.at"), width: 160, render: (_, entry) => fullInstant(entry.at) },
            { title: t("people.who"), width: 150, ellipsis: true, render: (_, entry) => entry.user_name || entry.user || t("people.system") },
            { title: t("people.action"), width: 220, render: (_, entry) => <span title={entry.action}>{actionWords(entry.action)}</span> },
            { title: t("people.target"), width: 180, ellipsis: true, dataIndex: "target" },
            { title: t("people.detail"), ellipsis: true, render: (_, entry) => detailWords(entry.detail) },
            {
              title: t("people.via"),
              width: 80,
              render: (_, entry) => viaWords(entry.via),
            },
            { title: t("people.address"), width: 130, dataIndex: "address" },
          ]}
        />
      )}
      {audit.hasNextPage && (
        <div className="more">
          <Button onClick={() => void audit.fetchNextPage()} loading={audit.isFetchingNextPage}>
            {t("common.more")}
          </Button>
        </div>
      )}
    </div>
  );
}

/** What was done to what, in the reader's words; of a newer server, its own. */
function actionWords(action: string): string {
  const dot = action.indexOf(".");
  const what = action.slice(0, dot);
  const done = action.slice(dot + 1);
  return [maybe(`people.act_${what}`, what), maybe(`people.did_${done}`, done.replaceAll("_", " "))].filter(Boolean).join(" · ");
}

function viaWords(via: string): string {
  return t(via.startsWith("token:") ? "people.viaToken" : via === "session" ? "people.viaSession" : "people.system");
}

function detailWords(detail: Record<string, unknown>): string {
  return Object.entries(detail)
    .map(([name, value]) => `${name}: ${typeof value === "string" ? value : JSON.stringify(value)}`)
    .join(" · ");
}
