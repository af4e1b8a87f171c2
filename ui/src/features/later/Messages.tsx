import { Button, Popconfirm } from "antd";
import { useState } from "react";
import { api, pathId } from "../../api/client";
import { useMay } from "../../app/session";
import { instant } from "../../components/format";
import { useWords } from "../../i18n";
import { Player } from "../contacts/Player";
import "../contacts/contacts.css";
import { CustomerNumber, List, useList, type Column } from "./List";
import type { Message } from "./shapes";
import { Spoken } from "./Spoken";

type Act = ReturnType<typeof useList<Message>>["act"];

/** The oldest first; one person at a time sees to each. */
export function Messages() {
  const { t } = useWords();
  const may = useMay();
  const { list, act } = useList<Message>("/messages");
  const [heard, setHeard] = useState("");
  const columns: Column<Message>[] = [
    { title: t("later.taken"), width: 100, render: (_, it) => instant(it.taken) },
    { title: t("later.who"), width: 140, render: (_, it) => <CustomerNumber number={it.number} /> },
    { title: t("later.queue"), width: 120, ellipsis: true, dataIndex: "queue_name" },
    {
      title: t("later.text"),
      render: (_, it) =>
        it.spoken ? (
          <Spoken it={it} open={heard === it.id} toggle={() => setHeard(heard === it.id ? "" : it.id)} />
        ) : (
          <span className="later-text">{it.text || it.demand}</span>
        ),
    },
    { title: t("later.claim"), width: 180, render: (_, it) => <Claim it={it} act={act} /> },
    { width: 300, render: (_, it) => may("callbacks.act") && <Acts it={it} act={act} /> },
  ];
  return (
    <section aria-label={t("later.messages")} data-testid="messages">
      <List
        list={list}
        columns={columns}
        none="later.noMessages"
        hint="later.noMessagesHint"
        rowClass={(it) => (it.claim?.mine ? "later-mine" : it.claim ? "later-theirs" : "")}
        expanded={heard}
        below={(it) => it.recording && <Player recording={it.recording} />}
      />
    </section>
  );
}

/** Who sees to it since when; nobody: it is there to be taken. */
function Claim({ it, act }: { it: Message; act: Act }) {
  const { t } = useWords();
  const may = useMay();
  const path = `/messages/${pathId(it.id)}/claim`;
  const { claim } = it;
  if (!claim) {
    return may("callbacks.act") ? (
      <Button size="small" onClick={() => act(() => api.post(path, {}))} data-testid="message-take">
        {t("later.take")}
      </Button>
    ) : (
      <span className="faint">{t("later.nobody")}</span>
    );
  }
  return (
    <span className="later-claim" data-testid="message-claim" title={t("later.claimUntil", { at: instant(claim.until) })}>
      <span>
        {claim.mine ? <strong>{t("later.mine")}</strong> : claim.name || t("common.somebody")}{" "}
        <span className="quiet">{t("later.claimSince", { at: instant(claim.since) })}</span>
      </span>
      {claim.mine && (
        <button type="button" className="linkish" onClick={() => act(() => api.delete(path))} data-testid="message-release">
          {t("later.release")}
        </button>
      )}
      {!claim.mine && may("callbacks.take_over") && (
        <Popconfirm title={t("later.takeOverAsk", { name: claim.name })} onConfirm={() => act(() => api.post(path, { over: true }))}>
          <button type="button" className="linkish" data-testid="message-take-over">
            {t("later.takeOver")}
          </button>
        </Popconfirm>
      )}
    </span>
  );
}

function Acts({ it, act }: { it: Message; act: Act }) {
  const { t } = useWords();
  const path = `/messages/${pathId(it.id)}`;
  const mine = it.claim?.mine ?? false;
  const theirs = it.claim !== null && !mine;
  const close = (how: string) => act(() => api.post(`${path}/close`, { how }), "later.closed");
  return (
    <span className="later-acts" title={theirs ? t("later.theirs") : undefined}>
      <Button
        size="small"
        type={mine ? "primary" : "text"}
        disabled={!it.number || theirs}
        onClick={() => act(() => api.post(`${path}/callback`, {}), "later.calledBack")}
        data-testid="message-callback"
      >
        {t("later.callBack")}
      </Button>
      <Button size="small" type={mine ? "default" : "text"} disabled={theirs} onClick={() => close("answered")} data-testid="message-answered">
        {t("later.answered")}
      </Button>
      <Button size="small" type={mine ? "default" : "text"} disabled={theirs} onClick={() => close("spam")} data-testid="message-spam">
        {t("later.spam")}
      </Button>
    </span>
  );
}
