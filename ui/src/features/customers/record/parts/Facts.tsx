import { useQuery } from "@tanstack/react-query";
import { api } from "../../../../api/client";
import { instant } from "../../../../components/format";
import { useWords } from "../../../../i18n";
import type { Customer, CustomField, Scalar } from "../shapes";
import { Box } from "./Box";

export function useFields(): CustomField[] {
  const { data } = useQuery({ queryKey: ["customer-fields"], queryFn: () => api.get<{ items: CustomField[] }>("/customer-fields"), staleTime: 60_000 });
  return [...(data?.items ?? [])].sort((a, b) => a.position - b.position || a.id.localeCompare(b.id));
}

/** The tenant's own fields, attributes for rules, addresses: whatever of it there is. */
export function Facts({ customer }: { customer: Customer }) {
  const { t, named } = useWords();
  const fields = useFields().filter((field) => customer.fields[field.id] !== undefined);
  const attributes = Object.entries(customer.attributes);
  return (
    <>
      {fields.length > 0 && (
        <Box title={t("record.fields")} testid="fields">
          <dl className="facts">
            {fields.map((field) => (
              <div key={field.id} style={{ display: "contents" }}>
                <dt>{named(field.names) || field.id}</dt>
                <dd>
                  <Value value={customer.fields[field.id] ?? null} />
                </dd>
              </div>
            ))}
          </dl>
        </Box>
      )}
      {attributes.length > 0 && (
        <Box title={t("record.attributes")} note={t("record.attributesHint")} testid="attributes">
          <dl className="facts">
            {attributes.map(([name, value]) => (
              <div key={name} style={{ display: "contents" }}>
                <dt>{name}</dt>
                <dd>{String(value)}</dd>
              </div>
            ))}
          </dl>
        </Box>
      )}
      {customer.addresses.length > 0 && (
        <Box title={t("record.addresses")} testid="addresses">
          <ul className="record-list">
            {customer.addresses.map((it) => (
              <li key={it.text}>
                <span>
                  {it.text} <span className="faint">{it.purpose}</span>
                </span>
                <time className="faint">{instant(it.used_at)}</time>
              </li>
            ))}
          </ul>
        </Box>
      )}
    </>
  );
}

function Value({ value }: { value: Scalar }) {
  const { t } = useWords();
  if (typeof value === "boolean") return <>{t(value ? "common.yes" : "common.no")}</>;
  return <>{value === null ? "–" : typeof value === "number" ? value.toLocaleString() : value}</>;
}
