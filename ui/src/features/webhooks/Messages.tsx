import { useQuery, useQueryClient } from "@tanstack/react-query";
import { Button, Drawer, Segmented, Table } from "antd";
import { useState } from "react";
import { api, pathId } from "../../api/client";
import type { Page } from "../../api/types";
import { Failure } from "../../components/Failure";
import { instant } from "../../components/format";
import { useTell } from "../../components/useTell";
import { maybe, useWords } from "../../i18n";
import type { Webhook } from "./Webhooks";

interface Message {
  id: string;
  kind: string;
  at: number;
  state: "waiting" | "sent" | "dead";
  tries: number;
  due: number;
  attempts: { at: number; status: number; error: string; took_s: number }[];
}

/** What one webhook was told lately, and what it has not heard. */
export function Messages({ hook, close, refresh }: { hook: Webhook; close: () => void; refresh: () => Promise<void> }) {
  const { t } = useWords();
  const tell = useTell();
  const client = useQueryClient();
  const [state, setState] = useState<string>((hook.states.dead ?? 0) > 0 ? "dead" : "");
  const key = ["webhook-messages", hook.id, state];
  const { data, error, refetch } = useQuery({
    queryKey: key,
    queryFn: () => api.get<Page<Message>>(`/webhooks/${pathId(hook.id)}/messages`, { state, limit: 100 }),
    refetchInterval: 3000,
  });
  const again = async (id: string) => {
    try {
      await api.post(`/webhooks/${pathId(hook.id)}/messages/${pathId(id)}/send`);
      await Promise.all([client.invalidateQueries({ queryKey: key }), refresh()]);
    } catch (failure) {
      tell.failed(failure);
    }
  };
  const result = (message: Message) => {
    const last = message.attempts.at(-1);
    if (!last) return "";
    return last.error ? maybe(`webhooks.e_${last.error}`, last.error, { status: last.status }) : `${last.status}`;
  };
  return (
    <Drawer open onClose={close} title={`${hook.name} · ${t("webhooks.messages")}`} size="large">
      <Segmented
        value={state}
        onChange={setState}
        options={[
          { value: "", label: t("webhooks.all") },
          ...(["waiting", "sent", "dead"] as const).map((value) => ({ value, label: t(`webhooks.m_${value}`) })),
        ]}
      />
      {error && !data ? (
        <Failure error={error} retry={() => void refetch()} />
      ) : (
        <Table<Message>
          rowKey="id"
          size="small"
          dataSource={data?.items ?? []}
          pagination={false}
          locale={{ emptyText: <div className="empty">{t("webhooks.noMessages")}</div> }}
          columns={[
            { title: t("webhooks.when"), width: 110, render: (_, message) => instant(message.at) },
            { title: t("webhooks.kinds"), dataIndex: "kind" },
            {
              title: t("webhooks.state"),
              width: 90,
              render: (_, message) => <span className={message.state === "dead" ? "over" : ""}>{t(`webhooks.m_${message.state}`)}</span>,
            },
            { title: t("webhooks.tries"), dataIndex: "tries", align: "right", width: 70 },
            {
              title: t("webhooks.last"),
              render: (_, message) => (
                <>
                  {result(message)}
                  {message.state === "waiting" && message.tries > 0 && (
                    <span className="quiet"> · {t("webhooks.next", { time: instant(message.due) })}</span>
                  )}
                </>
              ),
            },
            {
              width: 100,
              render: (_, message) =>
                message.state !== "waiting" && (
                  <Button size="small" type="text" onClick={() => void again(message.id)}>
                    {t("webhooks.again")}
                  </Button>
                ),
            },
          ]}
        />
      )}
    </Drawer>
  );
}
