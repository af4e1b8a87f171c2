import { Button, Popconfirm, Typography } from "antd";
import { useState } from "react";
import { api, pathId } from "../../api/client";
import { useTell } from "../../components/useTell";
import { useWords } from "../../i18n";
import type { Item } from "./kinds";

interface Issued {
  username: string;
  secret: string;
  host: string;
  port: number;
  transport: string;
}

/** A SIP desk phone's credentials: shown once, taken back at once. */
export function PhoneSecret({ agent, refresh }: { agent: Item; refresh: () => Promise<void> }) {
  const { t } = useWords();
  const tell = useTell();
  const [issued, setIssued] = useState<Issued | null>(null);
  const [has, setHas] = useState(agent.has_phone === true);
  const path = `/agents/${pathId(agent.id)}/phone`;
  const run = async (what: () => Promise<void>) => {
    try {
      await what();
      await refresh();
    } catch (error) {
      tell.failed(error);
    }
  };
  const issue = () =>
    run(async () => {
      setIssued(await api.post<Issued>(path));
      setHas(true);
    });
  const take = () =>
    run(async () => {
      await api.delete(path);
      setIssued(null);
      setHas(false);
    });
  return (
    <section className="act">
      <h2>
        {t("manage.phone")} {has && <span className="faint">{t("manage.phoneHas")}</span>}
      </h2>
      {issued && (
        <div data-testid="phone-issued">
          <p className="quiet">{t("manage.phoneNote")}</p>
          <dl className="facts">
            <dt>{t("manage.phoneUser")}</dt>
            <dd>
              <Typography.Text copyable>{issued.username}</Typography.Text>
            </dd>
            <dt>{t("manage.phoneSecret")}</dt>
            <dd>
              <Typography.Text copyable>{issued.secret}</Typography.Text>
            </dd>
            <dt>{t("manage.phoneServer")}</dt>
            <dd>
              {issued.host}:{issued.port} {issued.transport}
            </dd>
          </dl>
        </div>
      )}
      <div style={{ display: "flex", gap: 8, marginTop: 8 }}>
        <Button onClick={() => void issue()} data-testid="phone-issue">
          {t(has ? "manage.phoneRenew" : "manage.phoneIssue")}
        </Button>
        {has && (
          <Popconfirm title={t("manage.phoneTake")} onConfirm={() => void take()}>
            <Button danger>{t("manage.phoneTake")}</Button>
          </Popconfirm>
        )}
      </div>
    </section>
  );
}
