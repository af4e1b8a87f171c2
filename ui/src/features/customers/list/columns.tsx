import { useQuery } from "@tanstack/react-query";
import type { ReactNode } from "react";
import { useState } from "react";
import { api } from "../../../api/client";
import type { Page } from "../../../api/types";
import { useSession } from "../../../app/session";
import { instant, phoneNumber } from "../../../components/format";
import { language, listed, maybe, t, useWords } from "../../../i18n";
import type { Customer, Field } from "../shapes";

export interface Column {
  id: string;
  title: string;
  /** Of the grid's share. */
  width: string;
  number?: boolean;
  cell: (customer: Customer) => ReactNode;
}

const first = ["numbers", "kind", "tags", "external_id", "note", "changed_at"];

/** The tenant's own fields that are in use. */
export function useFields(): Field[] {
  const { data } = useQuery({
    queryKey: ["customer-fields"],
    queryFn: () => api.get<Page<Field>>("/customer-fields"),
    staleTime: 60_000,
  });
  return (data?.items ?? []).filter((field) => !field.retired);
}

export function useColumns(): { all: Column[]; shown: Column[]; choose: (ids: string[]) => void } {
  const { named } = useWords();
  const { user } = useSession();
  const kept = `qingting.customers.columns.${user.id}`;
  const [ids, setIds] = useState<string[]>(() => chosen(kept));
  const fields = useFields();
  const all = [
    ...plain,
    ...fields.map((field) => ({
      id: `field:${field.id}`,
      title: named(field.names) || field.id,
      width: "minmax(90px, 1fr)",
      number: field.type === "number" || field.type === "money",
      cell: (customer: Customer) => fieldWords(field, customer.fields[field.id]),
    })),
  ].map((column) => ({ ...column, title: "words" in column ? t(column.words) : column.title }));
  return {
    all,
    shown: all.filter((column) => ids.includes(column.id)),
    choose: (next) => {
      setIds(next);
      localStorage.setItem(kept, JSON.stringify(next));
    },
  };
}

function chosen(kept: string): string[] {
  try {
    const ids: unknown = JSON.parse(localStorage.getItem(kept) ?? "");
    return Array.isArray(ids) ? ids.map(String) : first;
  } catch {
    return first;
  }
}

export function fieldWords(field: Field, value: string | number | boolean | undefined): string {
  if (value === undefined) return "";
  if (typeof value === "boolean") return t(value ? "common.yes" : "common.no");
  if (field.type === "money") return Number(value).toLocaleString(language(), { minimumFractionDigits: 2 });
  return typeof value === "number" ? value.toLocaleString(language()) : value;
}

export function languageName(code: string): string {
  return code && (new Intl.DisplayNames([language() === "zh" ? "zh-CN" : "en"], { type: "language", fallback: "code" }).of(code) ?? code);
}

const plain = [
  {
    id: "numbers",
    words: "customers.numbers",
    width: "minmax(120px, 1fr)",
    cell: (one: Customer) => several(one.numbers.map(phoneNumber)),
  },
  {
    id: "mail",
    words: "customers.mail",
    width: "minmax(120px, 1.2fr)",
    cell: (one: Customer) => several(one.identities.filter((it) => it.kind === "mail").map((it) => it.value)),
  },
  {
    id: "kind",
    words: "customers.kind",
    width: "104px",
    cell: (one: Customer) => <span className="quiet">{t(`customers.k_${one.kind}`)}</span>,
  },
  { id: "language", words: "customers.language", width: "90px", cell: (one: Customer) => languageName(one.language) },
  {
    id: "tags",
    words: "customers.tags",
    width: "minmax(120px, 1.4fr)",
    cell: (one: Customer) =>
      one.tags.map((it) => (
        <span key={`${it.layer} ${it.tag}`} className="customer-tag" title={maybe(`customers.l_${it.layer}`, it.layer)}>
          {it.tag}
        </span>
      )),
  },
  { id: "external_id", words: "customers.externalId", width: "minmax(80px, 0.8fr)", cell: (one: Customer) => one.external_id },
  { id: "since", words: "customers.since", width: "96px", cell: (one: Customer) => one.since },
  {
    id: "note",
    words: "customers.note",
    width: "minmax(120px, 1.6fr)",
    cell: (one: Customer) => (
      <span className="quiet" title={one.note}>
        {one.note}
      </span>
    ),
  },
  { id: "changed_at", words: "customers.changedAt", width: "104px", number: true, cell: (one: Customer) => instant(one.changed_at) },
] as const;

/** The first, and how many more. */
function several(values: string[]): ReactNode {
  return (
    <span title={values.length > 1 ? listed(values) : undefined}>
      {values[0]}
      {values.length > 1 && <span className="faint"> +{values.length - 1}</span>}
    </span>
  );
}
