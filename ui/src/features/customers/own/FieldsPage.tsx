import { useQuery, useQueryClient } from "@tanstack/react-query";
import { Button, type TableColumnsType } from "antd";
import { useEffect, useRef, useState } from "react";
import { api } from "../../../api/client";
import { useMay } from "../../../app/session";
import { useTell } from "../../../components/useTell";
import { listed, useWords } from "../../../i18n";
import { FieldEditor } from "./FieldEditor";
import { OwnList } from "./OwnList";
import { inOrder, moved, type OwnField } from "./shapes";

type Told = { items: OwnField[] };
const key = ["customer-fields"];

/** The tenant's own fields of a customer: made, changed, put in order, retired. */
export function FieldsPage() {
  const { t, named } = useWords();
  const mayEdit = useMay()("configuration.edit");
  const query = useQuery({ queryKey: key, queryFn: () => api.get<Told>("/customer-fields") });
  const [open, setOpen] = useState<string | null>(null);
  const { rows: all, move, said } = useOrder(query.data?.items ?? []);
  const nameOf = (it: OwnField) => named(it.names) || it.id;
  const chosen = all.find((each) => each.id === open) ?? null;
  const columns = (searching: boolean): TableColumnsType<OwnField> => {
    const orderable = mayEdit && !searching;
    return [
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
    ];
  };
  return (
    <OwnList<OwnField>
      testid="page-customer-fields"
      title={t("manage.customer-fields")}
      note={(searching) => (
        <>
          {t("own.fieldsNote")} {mayEdit && !searching && all.length > 1 && <span className="faint">{t("own.orderKeys")}</span>}
        </>
      )}
      query={query}
      all={all}
      words={(it) => JSON.stringify([it.id, it.names, it.choices])}
      columns={columns}
      empty={
        <>
          <strong>{t("own.fieldsEmpty")}</strong>
          {mayEdit && <p className="quiet">{t("own.fieldsEmptyHint")}</p>}
        </>
      }
      add={() => setOpen("")}
    >
      <p className="own-said" role="status">
        {said && t("own.movedTo", { name: nameOf(said.it), n: said.place })}
      </p>
      {open !== null && (open === "" || chosen) && <FieldEditor key={open} old={chosen} all={all} mayEdit={mayEdit} close={() => setOpen(null)} />}
    </OwnList>
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
