/** Two records and what they would say together, line by line. */

import { instant, phoneNumber } from "../../../components/format";
import { listed, maybe, t } from "../../../i18n";
import { fieldWords, languageName } from "../list/columns";
import type { Field } from "../shapes";
import type { Compared, Whole } from "./shapes";

export interface Line {
  id: string;
  title: string;
  a: string;
  b: string;
  merged: string;
}

type Said = [id: string, title: string, of: (one: Whole) => string];

export function lines(told: Compared, stands: "a" | "b", fields: Field[], named: (field: Field) => string): Line[] {
  const known = (kind: string) => (one: Whole) =>
    listed(one.identities.filter((it) => it.kind === kind).map((it) => (kind === "phone" ? phoneNumber(it.value) : it.value)));
  const kinds = [...new Set([...told.a.identities, ...told.b.identities].map((it) => it.kind))].filter((kind) => kind !== "phone" && kind !== "mail");
  const said: Said[] = [
    ["name", t("customers.name"), (one) => one.name],
    ["numbers", t("customers.numbers"), known("phone")],
    ["mail", t("customers.mail"), known("mail")],
    ...kinds.map((kind): Said => [kind, maybe(`duplicates.i_${kind}`, kind), known(kind)]),
    ["external_id", t("customers.externalId"), (one) => one.external_id],
    ["kind", t("customers.kind"), (one) => t(`customers.k_${one.kind}`)],
    ["born", t("duplicates.born"), (one) => one.born],
    ["addresses", t("duplicates.address"), (one) => listed(one.addresses.map((it) => it.text))],
    ["language", t("customers.language"), (one) => languageName(one.language)],
    ["since", t("customers.since"), (one) => one.since],
    ["note", t("customers.note"), (one) => one.note],
    ["tags", t("customers.tags"), (one) => listed([...new Set(one.tags.map((it) => it.tag))])],
    [
      "consents",
      t("customers.consent"),
      (one) =>
        listed(
          one.consents.map(
            (it) =>
              `${maybe(`customers.p_${it.purpose}`, it.purpose)} ${maybe(`customers.m_${it.medium}`, it.medium)} ${t(it.given ? "customers.given" : "customers.refused")}`,
          ),
        ),
    ],
    ...fields.map((field): Said => [`field:${field.id}`, named(field), (one) => fieldWords(field, one.fields[field.id])]),
    ["notes", t("duplicates.notes"), (one) => (one.notes.length > 0 ? String(one.notes.length) : "")],
  ];
  const rows = said.map(([id, title, of]) => ({ id, title, a: of(told.a), b: of(told.b), merged: of(told.merged[stands]) }));
  const calls = (one: Whole) => (one.calls_year ? t("duplicates.calls", { count: one.calls_year }) : "");
  const beside = [
    { id: "calls", title: t("duplicates.contacts"), a: calls(told.a), b: calls(told.b), merged: "" },
    { id: "created", title: t("duplicates.created"), a: instant(told.a.created_at), b: instant(told.b.created_at), merged: "" },
  ];
  return [...rows, ...beside].filter((row) => row.a || row.b);
}

/** Said by both, and otherwise: worth a look. */
export const differs = (line: Line) => line.a !== "" && line.b !== "" && line.a !== line.b;
