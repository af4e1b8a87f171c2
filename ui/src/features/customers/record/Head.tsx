import { useQueryClient } from "@tanstack/react-query";
import { Button } from "antd";
import { useState } from "react";
import { useNavigate } from "react-router";
import { takeFile } from "../../../api/client";
import { useMay } from "../../../app/session";
import { instant, phoneNumber } from "../../../components/format";
import { useTell } from "../../../components/useTell";
import { maybe, useWords } from "../../../i18n";
import { Erase } from "../../contacts/Erase";
import { Edit } from "./Edit";
import type { Customer } from "./shapes";

/** Who this is, at a glance, and what can be done with the record as a whole. */
export function Head({ customer, path }: { customer: Customer; path: string }) {
  const { t } = useWords();
  const may = useMay();
  const tell = useTell();
  const navigate = useNavigate();
  const client = useQueryClient();
  const [editing, setEditing] = useState(false);
  const facts = [
    t(`record.${customer.kind}`),
    customer.language,
    customer.born && t("record.born", { day: customer.born }),
    customer.since && t("record.since", { day: customer.since }),
    customer.external_id && t("record.externalId", { id: customer.external_id }),
  ].filter(Boolean);
  const exported = async () => {
    try {
      await takeFile(`${path}/export`, t("record.exported", { name: customer.id }));
    } catch (error) {
      tell.failed(error);
    }
  };
  return (
    <header className="record-head">
      <div className="record-who">
        <h1 data-testid="record-name">{customer.name || <span className="faint">{t("record.unnamed")}</span>}</h1>
        {customer.vip && <em className="tag">{t("record.vip")}</em>}
        <span className="quiet">{facts.join(" · ")}</span>
        <span className="record-acts">
          {may("customers.edit") && (
            <Button type="primary" onClick={() => setEditing(true)} data-testid="record-edit-open">
              {t("record.edit")}
            </Button>
          )}
          {may("numbers.view") && <Button onClick={() => void exported()}>{t("record.export")}</Button>}
          {may("customers.erase") && <Erase id={customer.id} name={customer.name} done={() => void navigate("/customers")} />}
        </span>
      </div>
      <ul className="record-identities">
        {customer.identities.map((it) => (
          <li key={`${it.kind} ${it.value}`} title={t("record.levelNote", { origin: it.origin || "–", at: instant(it.at) })}>
            <span className="quiet">{maybe(`record.k_${it.kind}`, it.kind)}</span> {it.kind === "phone" ? phoneNumber(it.value) : it.value}{" "}
            <small className={`level ${it.level}`}>
              {{ claimed: "○", confirmed: "◐", proven: "●" }[it.level]} {t(`record.level_${it.level}`)}
            </small>
          </li>
        ))}
        <li className="quiet" data-testid="record-calls">
          {customer.last_contact_at
            ? `${t("record.calls", { today: customer.calls_today, year: customer.calls_year })} · ${t("record.lastContact", { at: instant(customer.last_contact_at) })}`
            : t("record.never")}
        </li>
      </ul>
      {customer.note && <p className="contact-note">{customer.note}</p>}
      {editing && (
        <Edit
          customer={customer}
          path={path}
          close={() => setEditing(false)}
          done={() => {
            setEditing(false);
            void client.invalidateQueries({ queryKey: ["customer"] });
            void client.invalidateQueries({ queryKey: ["customer-timeline"] });
            void client.invalidateQueries({ queryKey: ["customer-line"] });
          }}
        />
      )}
    </header>
  );
}
