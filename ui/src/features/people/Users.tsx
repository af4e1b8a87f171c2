import { useQuery } from "@tanstack/react-query";
import { Button, Table, type TableColumnsType } from "antd";
import { useState } from "react";
import { Failure } from "../../components/Failure";
import { instant } from "../../components/format";
import { allPages, useNames } from "../../components/useNames";
import { listed, maybe, useWords } from "../../i18n";
import { serverClock } from "../../live/clock";
import "./people.css";
import type { Listed } from "./shapes";
import { UserEditor } from "./UserEditor";

export function Users() {
  const { t } = useWords();
  const agentName = useNames("agents");
  const { data, error, refetch, isPending } = useQuery({ queryKey: ["users"], queryFn: () => allPages<Listed>("/users") });
  const [open, setOpen] = useState<Listed | "new" | null>(null);
  const columns: TableColumnsType<Listed> = [
    {
      title: t("people.name"),
      render: (_, user) => (
        <button type="button" className="linkish plain" onClick={() => setOpen(user)}>
          {user.name}
        </button>
      ),
    },
    { title: t("people.displayName"), dataIndex: "display_name" },
    { title: t("people.mail"), dataIndex: "mail" },
    { title: t("people.roles"), render: (_, user) => listed(user.roles.map((role) => maybe(`people.role_${role}`, role))) },
    { title: t("people.agent"), render: (_, user) => (user.agent ? agentName(user.agent) : "") },
    { title: t("people.secondFactor"), render: (_, user) => (user.second_factor ? t("common.yes") : <span className="faint">–</span>) },
    { title: t("people.state"), render: (_, user) => <UserState user={user} /> },
    { title: t("people.lastSeen"), render: (_, user) => (user.last_seen ? instant(user.last_seen) : t("people.never")) },
  ];
  return (
    <div className="page people" data-testid="page-users">
      <div className="page-head">
        <h1>{t("people.users")}</h1>
        <Button type="primary" onClick={() => setOpen("new")} data-testid="invite">
          {t("people.invite")}
        </Button>
      </div>
      {error && !data ? (
        <Failure error={error} retry={() => void refetch()} />
      ) : (
        <Table<Listed>
          rowKey="id"
          size="small"
          columns={columns}
          dataSource={data ?? []}
          loading={{ spinning: isPending, delay: 300 }}
          pagination={(data?.length ?? 0) > 100 ? { pageSize: 100, showSizeChanger: false } : false}
          onRow={(user) => ({ "data-testid": "user-row", "data-user": user.name }) as never}
        />
      )}
      {open && <UserEditor key={open === "new" ? "new" : open.id} user={open === "new" ? null : open} close={() => setOpen(null)} />}
    </div>
  );
}

function UserState({ user }: { user: Listed }) {
  const { t } = useWords();
  const mail = user.mail_state === "failed" ? t("people.mailFailed") : user.mail_state === "waiting" ? t("people.mailWaiting") : "";
  if (!user.active) return <span className="faint">{t("people.inactive")}</span>;
  if (user.locked_until && user.locked_until > serverClock.now()) {
    return <span className="over">{t("people.locked", { time: instant(user.locked_until) })}</span>;
  }
  return (
    <>
      {user.invited ? t("people.invited") : t("people.active")}{" "}
      {mail && <span className={user.mail_state === "failed" ? "over" : "faint"}>{mail}</span>}
    </>
  );
}
