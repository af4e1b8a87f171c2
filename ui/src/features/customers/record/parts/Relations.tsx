import { useQuery } from "@tanstack/react-query";
import { Button, Input, Popconfirm, Select } from "antd";
import { useState } from "react";
import { Link } from "react-router";
import { api, pathId } from "../../../../api/client";
import type { Page } from "../../../../api/types";
import { useMay } from "../../../../app/session";
import { phoneNumber } from "../../../../components/format";
import { useWords } from "../../../../i18n";
import type { Customer, Relation, RelationType } from "../shapes";
import type { Act } from "../useRecord";
import { Box, Small } from "./Box";

/** Whom and what they belong to: each kind of relation is a set, a household with all its members. */
export function Relations({ customer, path, act }: { customer: Customer; path: string; act: Act }) {
  const { t, named } = useWords();
  const editable = useMay()("customers.edit");
  const sets = new Map<string, Relation[]>();
  for (const it of customer.relations) {
    const title = named(it.words) || it.type;
    sets.set(title, [...(sets.get(title) ?? []), it]);
  }
  return (
    <Box
      title={t("record.relations")}
      testid="relations"
      add={editable ? t("record.addRelation") : ""}
      form={(close) => <Add own={customer.id} path={path} act={act} close={close} />}
    >
      {customer.relations.length === 0 && <p className="record-none">{t("record.noRelations")}</p>}
      {[...sets].map(([title, those]) => (
        <div key={title} className="record-layer">
          <span className="quiet">
            {title} {those.length > 1 && <span className="faint">{those.length}</span>}
          </span>
          <ul className="record-list">
            {those.map((it) => (
              <li key={it.id || it.other?.id}>
                <span>
                  {it.other ? <Link to={`/customers/${pathId(it.other.id)}`}>{it.other.name || t("record.unnamed")}</Link> : it.thing}{" "}
                  <span className="faint">{it.detail}</span>
                </span>
                {!it.id && (
                  <span className="faint" title={t("record.memberNote")}>
                    {t("record.member")}
                  </span>
                )}
                {editable && it.id && (
                  <Popconfirm title={t("record.removeRelation")} onConfirm={() => void act(() => api.delete(`${path}/relations/${pathId(it.id)}`))}>
                    <Button type="text" size="small">
                      {t("record.removeRelation")}
                    </Button>
                  </Popconfirm>
                )}
              </li>
            ))}
          </ul>
        </div>
      ))}
    </Box>
  );
}

function Add({ own, path, act, close }: { own: string; path: string; act: Act; close: () => void }) {
  const { t, named } = useWords();
  const types = useQuery({ queryKey: ["relation-types"], queryFn: () => api.get<{ items: RelationType[] }>("/customer-relation-types") });
  const known = types.data?.items.filter((it) => !it.retired) ?? [];
  const [type, setType] = useState("");
  const [other, setOther] = useState("");
  const [thing, setThing] = useState("");
  const [detail, setDetail] = useState("");
  const chosen = known.find((it) => it.id === type);
  const ready = chosen !== undefined && (chosen.target === "customer" ? other !== "" : thing.trim() !== "");
  if (types.data && known.length === 0) return <p className="record-none">{t("record.noTypes")}</p>;
  const body = { type, other: chosen?.target === "customer" ? other : "", thing: chosen?.target === "thing" ? thing : "", detail };
  return (
    <Small save={() => act(() => api.post(`${path}/relations`, body))} close={close} ready={ready} words={t("common.save")} cancel={t("common.cancel")}>
      <Select
        size="small"
        autoFocus
        value={type || undefined}
        onChange={setType}
        placeholder={t("record.relationType")}
        aria-label={t("record.relationType")}
        options={known.map((it) => ({ value: it.id, label: named(it.names) || it.id }))}
        loading={types.isPending}
      />
      {chosen?.target === "customer" && <FindCustomer but={own} value={other} change={setOther} />}
      {chosen?.target === "thing" && (
        <Input size="small" value={thing} onChange={(event) => setThing(event.target.value)} maxLength={200} placeholder={t("record.thing")} aria-label={t("record.thing")} />
      )}
      <Input size="small" value={detail} onChange={(event) => setDetail(event.target.value)} maxLength={500} placeholder={t("record.detail")} aria-label={t("record.detail")} />
    </Small>
  );
}

/** By a name, or a whole number. */
function FindCustomer({ but, value, change }: { but: string; value: string; change: (id: string) => void }) {
  const { t } = useWords();
  const [typed, setTyped] = useState("");
  const text = typed.trim();
  const asked = /^\+?[\d\s-]{5,}$/.test(text) ? { number: text } : { q: text };
  const found = useQuery({
    queryKey: ["find-customer", text],
    queryFn: ({ signal }) => api.get<Page<Pick<Customer, "id" | "name" | "numbers">>>("/customers", { ...asked, limit: 20 }, signal),
    enabled: text.length > 1,
    placeholderData: (before) => before,
    retry: false,
  });
  const items = text.length > 1 ? (found.data?.items ?? []) : [];
  return (
    <Select
      size="small"
      showSearch={{ filterOption: false, onSearch: setTyped, searchValue: typed }}
      value={value || undefined}
      onChange={change}
      placeholder={t("record.findCustomer")}
      aria-label={t("record.findCustomer")}
      loading={found.isFetching}
      notFoundContent={null}
      options={items.filter((it) => it.id !== but).map((it) => ({ value: it.id, label: `${it.name || t("record.unnamed")} ${phoneNumber(it.numbers[0] ?? "")}` }))}
    />
  );
}
