import { Button, Checkbox, Drawer } from "antd";
import { useState } from "react";
import { Link } from "react-router";
import { api, pathId } from "../../api/client";
import type { FloorAgent, FloorQueue, Presence } from "../../api/types";
import { useMay } from "../../app/session";
import { Since } from "../../components/Clock";
import { State } from "../../components/State";
import { useLabelled } from "../../components/useNames";
import { useTell } from "../../components/useTell";
import { listed, useWords } from "../../i18n";
import { useCollection, useItem } from "../../live/hooks";
import { floorStream } from "../../live/stream";
import { Pending } from "./Pending";
import { useReason } from "./useReason";

/** One agent close up, and what a supervisor may do about their presence. */
export function AgentCard({ id, close, siteName }: { id: string; close: () => void; siteName: (id: string) => string }) {
  const { t } = useWords();
  const may = useMay();
  const agent = useItem<FloorAgent>(floorStream, "agents", id);
  const queues = useCollection<FloorQueue>(floorStream, "queues");
  const reasonName = useReason();
  if (!agent) return null;
  const names = queues.filter((queue) => agent.queues.includes(queue.id)).map((queue) => queue.name);
  return (
    <Drawer open onClose={close} size={340} title={`${agent.name} · ${agent.number}`} mask={false}>
      <div data-testid="agent-card">
        <p style={{ marginTop: 0 }}>
          <State state={agent.state} /> {agent.reason && reasonName(agent.reason)} <Since at={agent.since} />{" "}
          <Pending pending={agent.pending} />
        </p>
        <dl className="facts">
          <dt>{t("floor.site")}</dt>
          <dd>
            {siteName(agent.site)}
            {agent.from_site && <em className="tag">{t("floor.servesSite", { site: siteName(agent.from_site) })}</em>}
          </dd>
          <dt>{t("floor.queues")}</dt>
          <dd>{listed(names) || "–"}</dd>
          <dt>{t("floor.answeredToday")}</dt>
          <dd>{agent.answered_today}</dd>
        </dl>
        {agent.contact && may("contacts.view") && (
          <p>
            <Link to={`/contacts/${pathId(agent.contact)}`}>{t("floor.openContact")}</Link>
          </p>
        )}
        {may("floor.act") && <Act agent={agent} />}
      </div>
    </Drawer>
  );
}

function Act({ agent }: { agent: FloorAgent }) {
  const { t, named } = useWords();
  const tell = useTell();
  const reasons = useLabelled("reasons").filter((reason) => !reason.retired);
  const [busy, setBusy] = useState("");
  const [force, setForce] = useState(false);
  const change = async (presence: Presence, reason = "") => {
    setBusy(presence + reason);
    try {
      await api.post(`/floor/agents/${pathId(agent.id)}/presence`, { presence, reason, force });
      tell.done(t("floor.actDone"));
    } catch (error) {
      tell.failed(error);
    } finally {
      setBusy("");
    }
  };
  return (
    <section className="act">
      <h2>{t("floor.act")}</h2>
      <p className="faint">{t("floor.actNote")}</p>
      <p>
        <Checkbox checked={force} onChange={(event) => setForce(event.target.checked)} data-testid="act-force">
          {t("floor.actForce")}
        </Checkbox>
      </p>
      <div className="act-buttons">
        <Button onClick={() => void change("available")} loading={busy === "available"} data-testid="act-available">
          {t("desk.available")}
        </Button>
        {reasons.map((reason) => (
          <Button
            key={reason.id}
            onClick={() => void change("not_ready", reason.id)}
            loading={busy === `not_ready${reason.id}`}
            data-testid={`act-reason-${reason.id}`}
          >
            {t("desk.notReady")} · {named(reason.names)}
          </Button>
        ))}
        <Button onClick={() => void change("offline")} loading={busy === "offline"} data-testid="act-offline">
          {t("desk.offline")}
        </Button>
      </div>
    </section>
  );
}
