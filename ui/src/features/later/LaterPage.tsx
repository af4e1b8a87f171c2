import { Tabs } from "antd";
import { useSearchParams } from "react-router";
import { useWords } from "../../i18n";
import { Callbacks } from "./Callbacks";
import { useList } from "./List";
import { Messages } from "./Messages";
import type { Callback, Message } from "./shapes";
import "./later.css";

/** To whom we have still to come back. */
export function LaterPage() {
  const { t } = useWords();
  const [search, setSearch] = useSearchParams();
  const callbacks = useList<Callback>("/callbacks").list.data?.items.length;
  const messages = useList<Message>("/messages").list.data?.items.length;
  const label = (words: string, count: number | undefined) => (
    <>
      {words} {count !== undefined && <span className="later-count">{count}</span>}
    </>
  );
  return (
    <div className="page later" data-testid="later">
      <div className="page-head">
        <h1>{t("later.title")}</h1>
      </div>
      <Tabs
        activeKey={search.get("show") === "messages" ? "messages" : "callbacks"}
        onChange={(show) => setSearch(show === "messages" ? { show } : {}, { replace: true })}
        items={[
          { key: "callbacks", label: label(t("later.callbacks"), callbacks), children: <Callbacks /> },
          { key: "messages", label: label(t("later.messages"), messages), children: <Messages /> },
        ]}
      />
    </div>
  );
}
