import { useQuery, useQueryClient } from "@tanstack/react-query";
import { Button, Input, Skeleton, Switch } from "antd";
import { useState } from "react";
import { Link } from "react-router";
import { api, pathId } from "../../api/client";
import { useMay } from "../../app/session";
import { Failure } from "../../components/Failure";
import { phoneNumber } from "../../components/format";
import { useTell } from "../../components/useTell";
import { listed, useWords } from "../../i18n";
import { fieldProblems } from "../../i18n/explain";
import { Erase } from "./Erase";

interface Customer {
  id: string;
  version: number;
  name: string;
  numbers: string[];
  note: string;
  since: string;
  attributes: Record<string, string | number>;
  vip: boolean;
  calls_today: number;
  calls_year: number;
}

export function CustomerBox({ id }: { id: string }) {
  const { t } = useWords();
  const may = useMay();
  const [editing, setEditing] = useState(false);
  const path = `/customers/${pathId(id)}`;
  const { data, error, refetch } = useQuery({ queryKey: ["customer", id], queryFn: () => api.get<Customer>(path) });
  return (
    <section data-testid="customer">
      <h2>{t("contacts.customerTitle")}</h2>
      {error && <Failure error={error} retry={() => void refetch()} />}
      {!data && !error && <Skeleton active paragraph={{ rows: 1 }} />}
      {data && !editing && (
        <>
          <p className="customer-line">
            <Link to={`/customers/${pathId(data.id)}`} data-testid="to-record">
              <strong>{data.name || t("record.unnamed")}</strong>
            </Link>{" "}
            {listed(data.numbers.map(phoneNumber))}{" "}
            {data.vip && <em className="tag">{t("contacts.vip")}</em>}{" "}
            {data.since && <span className="quiet">{t("contacts.customerSince", { day: data.since })}</span>}{" "}
            <span className="quiet">{t("contacts.customerCalls", { today: data.calls_today, year: data.calls_year })}</span>
            {may("customers.edit") && (
              <Button type="link" size="small" onClick={() => setEditing(true)}>
                {t("common.edit")}
              </Button>
            )}
            {may("customers.erase") && <Erase id={id} name={data.name} />}
          </p>
          {data.note && <p className="contact-note">{data.note}</p>}
        </>
      )}
      {data && editing && <Edit customer={data} close={() => setEditing(false)} />}
    </section>
  );
}

/** By hand; a tag may make a VIP as well. */
function saidVip(customer: Customer): boolean {
  return customer.attributes.vip === "yes";
}

function Edit({ customer, close }: { customer: Customer; close: () => void }) {
  const { t } = useWords();
  const tell = useTell();
  const client = useQueryClient();
  const [name, setName] = useState(customer.name);
  const [note, setNote] = useState(customer.note);
  const [since, setSince] = useState(customer.since);
  const [vip, setVip] = useState(saidVip(customer));
  const [problems, setProblems] = useState<Record<string, string>>({});
  const [busy, setBusy] = useState(false);
  const save = async () => {
    setBusy(true);
    try {
      const attributes = { ...customer.attributes, vip: vip ? "yes" : "" };
      const body = { name, note, since: since.trim(), attributes, numbers: customer.numbers, version: customer.version };
      await api.put(`/customers/${pathId(customer.id)}`, body);
      await client.invalidateQueries({ queryKey: ["customer", customer.id] });
      close();
    } catch (error) {
      const found = fieldProblems(error);
      if (found.since) setProblems(found);
      else tell.failed(error);
      setBusy(false);
    }
  };
  return (
    <form
      className="customer-edit"
      onSubmit={(event) => {
        event.preventDefault();
        void save();
      }}
    >
      <Input value={name} onChange={(event) => setName(event.target.value)} maxLength={80} aria-label={t("common.name")} />
      <Input.TextArea
        value={note}
        onChange={(event) => setNote(event.target.value)}
        maxLength={2000}
        autoSize={{ minRows: 2 }}
        aria-label={t("contacts.notes")}
      />
      <label>
        {t("contacts.since")}{" "}
        <Input
          value={since}
          onChange={(event) => setSince(event.target.value)}
          maxLength={10}
          placeholder="2021-05-01"
          status={problems.since ? "error" : undefined}
          style={{ width: 130 }}
          data-testid="customer-since"
        />{" "}
        {problems.since && <span className="over">{problems.since}</span>}
      </label>
      <label>
        <Switch size="small" checked={vip} onChange={setVip} data-testid="customer-vip" /> {t("contacts.vip")}
      </label>
      <div>
        <Button type="primary" htmlType="submit" loading={busy}>
          {t("common.save")}
        </Button>{" "}
        <Button onClick={close}>{t("common.cancel")}</Button>
      </div>
    </form>
  );
}
