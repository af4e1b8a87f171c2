import { useQuery, useQueryClient } from "@tanstack/react-query";
import { Button, Input, Table } from "antd";
import { useEffect, useRef, useState } from "react";
import { api } from "../../../api/client";
import { useMay } from "../../../app/session";
import { Failure } from "../../../components/Failure";
import { useClearable } from "../../../components/useClearable";
import { useTell } from "../../../components/useTell";
import { listed, useWords } from "../../../i18n";
import { FieldEditor } from "./FieldEditor";
import "./own.css";
import { inOrder, moved, type OwnField } from "./shapes";

type Told = { items: OwnField[] };
const key = ["customer-fields"];
const many = 8;

/** The tenant's own fields of a customer: made, changed, put in order, retired. */
export function FieldsPage() {
  const { t, named } = useWords();
  const mayEdit = useMay()("configuration.edit");
  const clearable = useClearable();
  const { data, error, refetch, isPending } = useQuery({ queryKey: key, queryFn: () => api.get<Told>("/customer-fields") });
  const [open, setOpen] = useState<string | null>(null);
  const [text, setText] = useState("");
  const { rows: all, move, said } = useOrder(data?.items ?? []);
  const needle = text.trim().toLowerCase();
  const rows = all.filter((each) => !needle || `${each.id} ${each.names.zh ?? ""} ${each.names.en ?? ""} ${each.choices.join(" ")}`.toLowerCase().includes(needle));
  const orderable = mayEdit && needle === "";
  const nameOf = (it: OwnField) => named(it.names) || it.id;
  const chosen = all.find((each) => each.id === open) ?? null;
  return (
    <div className="page own" data-testid="page-customer-fields">
      <div className="page-head">
        <h1>{t("manage.customer-fields")}</h1>
        {!mayEdit && <span className="faint">{t("manage.readOnly")}</span>}
        {all.length > many && (
          <Input value={text} onChange={(event) => setText(event.target.value)} placeholder={t("common.search")} allowClear={clearable} style={{ width: 200 }} data-testid="search" />
        )}
        {mayEdit && (
          <Button type="primary" onClick={() => setOpen("")} data-testid="new">
            {t("common.add")}
          </Button>
        )}
      </div>
      <p className="quiet">
        {t("own.fieldsNote")} {orderable && all.length > 1 && <span className="faint">{t("own.orderKeys")}</span>}
      </p>
      <p className="own-said" role="status">
        {said && t("own.movedTo", { name: nameOf(said.it), n: said.place })}
      </p>
      {error && !data ? (
        <Failure error={error} retry={() => void refetch()} />
      ) : (
        <Table<OwnField>
          rowKey="id"
          size="small"
          dataSource={rows}
          loading={{ spinning: isPending, delay: 300 }}
          pagination={false}
          rowClassName={(it) => (it.retired ? "own-retired" : "")}
          onRow={(it) => ({ "data-testid": "item-row", "data-id": it.id }) as never}
          locale={{
            emptyText: isPending ? (
              " "
            ) : (
              <div className="empty">
                <strong>{t("own.fieldsEmpty")}</strong>
                {mayEdit && <p className="quiet">{t("own.fieldsEmptyHint")}</p>}
              </div>
            ),
          }}
          columns={[
            {
              title: t("own.names"),
              render: (_, it) => (
                <button
                  type="button"
                  className="linkish plain"
                  id={`own-${it.id}`}
                  onClick={() => setOpen(it.id)}
                  onKeyDown={(event) => {
                    const by = event.altKey ? { ArrowUp: -1, ArrowDown: 1 }[event.key] : undefined;
                    if (by === undefined || !orderable || it.retired) return;
                    event.preventDefault();
                    move(it, by, event.currentTarget.id);
                  }}
                >
                  {nameOf(it)}
                </button>
              ),
            },
            {
              title: t("own.type"),
              render: (_, it) => (
                <>
                  {t(`own.t_${it.type}`)}{" "}
                  <span className="faint" title={listed(it.choices)}>
                    {listed(it.choices.slice(0, 3))}
                    {it.choices.length > 3 && ` +${it.choices.length - 3}`}
                  </span>
                </>
              ),
            },
            { title: t("own.searchable"), width: 110, render: (_, it) => (it.searchable ? t("common.yes") : <span className="faint">–</span>) },
            { title: t("own.code"), width: 200, ellipsis: true, render: (_, it) => <code title={it.id}>{it.id}</code> },
            {
              title: orderable ? t("own.order") : "",
              width: 96,
              render: (_, it) =>
                it.retired ? (
                  <span className="faint">{t("own.isRetired")}</span>
                ) : (
                  orderable && (
                    <span className="own-order">
                      {([-1, 1] as const).map((by) => (
                        <Button
                          key={by}
                          id={`own-${it.id}-${by}`}
                          size="small"
                          type="text"
                          aria-label={t(by < 0 ? "own.up" : "own.down", { name: nameOf(it) })}
                          onClick={(event) => move(it, by, event.currentTarget.id)}
                          data-testid={by < 0 ? "up" : "down"}
                        >
                          {by < 0 ? "↑" : "↓"}
                        </Button>
                      ))}
                    </span>
                  )
                ),
            },
          ]}
        />
      )}
      {open !== null && (open === "" || chosen) && <FieldEditor key={open} old={chosen} all={all} mayEdit={mayEdit} close={() => setOpen(null)} />}
    </div>
  );
}

/** The order is seen at once and kept one after the other; whoever moves one by keys stays with it. */
function useOrder(items: OwnField[]) {
  const client = useQueryClient();
  const tell = useTell();
  const [wanted, setWanted] = useState<string[] | null>(null);
  const [said, setSaid] = useState<{ it: OwnField; place: number } | null>(null);
  const next = useRef<string[] | null>(null);
  const sending = useRef(false);
  const focus = useRef("");
  const shown = inOrder(items);
  const place = new Map(wanted?.map((id, n) => [id, n]));
  const rows = wanted ? [...shown].sort((a, b) => (place.get(a.id) ?? place.size) - (place.get(b.id) ?? place.size)) : shown;
  useEffect(() => {
    if (focus.current) document.getElementById(focus.current)?.focus();
    focus.current = "";
  });
  const send = async () => {
    if (sending.current) return;
    sending.current = true;
    try {
      while (next.current) {
        const ids = next.current;
        next.current = null;
        client.setQueryData(key, await api.put<Told>("/customer-field-order", { ids }));
      }
    } catch (error) {
      next.current = null;
      tell.failed(error);
      await client.invalidateQueries({ queryKey: key });
    } finally {
      sending.current = false;
      setWanted(null);
    }
  };
  const move = (it: OwnField, by: number, at: string) => {
    const active = rows.filter((each) => !each.retired).map((each) => each.id);
    const order = moved(active, it.id, by);
    focus.current = at;
    setSaid({ it, place: order.indexOf(it.id) + 1 });
    if (order.indexOf(it.id) === active.indexOf(it.id)) return;
    const ids = [...order, ...rows.filter((each) => each.retired).map((each) => each.id)];
    setWanted(ids);
    next.current = ids;
    void send();
  };
  return { rows, move, said };
}
