import { useVirtualizer } from "@tanstack/react-virtual";
import { Checkbox, Skeleton } from "antd";
import { useEffect, useRef, useState, type KeyboardEvent } from "react";
import { Link } from "react-router";
import { pathId } from "../../../api/client";
import { useWords } from "../../../i18n";
import type { Customer } from "../shapes";
import type { Column } from "./columns";

const row_px = 34;
const ahead = 20;

interface Props {
  customers: Customer[];
  columns: Column[];
  chosen: ReadonlySet<string>;
  choose: (ids: ReadonlySet<string>) => void;
  sort: string;
  setSort: (sort: string) => void;
  open: (id: string) => void;
  more: (() => void) | null;
  pending: boolean;
}

/** Only what the window shows is in the page. ↑ ↓ go, Enter opens, Space ticks. */
export function CustomerTable(props: Props) {
  const { t } = useWords();
  const { customers, columns, chosen, choose, more } = props;
  const scroll = useRef<HTMLDivElement>(null);
  const [at, setAt] = useState(0);
  // eslint-disable-next-line react-hooks/incompatible-library -- the library's own state, read in this drawing only
  const rows = useVirtualizer({
    count: customers.length + (more ? 1 : 0),
    getScrollElement: () => scroll.current,
    estimateSize: () => row_px,
    overscan: 10,
  });
  const seen = rows.getVirtualItems().at(-1)?.index ?? 0;
  useEffect(() => {
    if (more && seen >= customers.length - ahead) more();
  }, [more, seen, customers.length]);
  const grid = { gridTemplateColumns: `36px minmax(140px, 1.3fr) ${columns.map((column) => column.width).join(" ")}` };
  const go = (to: number) => {
    const next = Math.max(0, Math.min(customers.length - 1, to));
    setAt(next);
    rows.scrollToIndex(next);
  };
  const tick = (id: string) => {
    const next = new Set(chosen);
    if (!next.delete(id)) next.add(id);
    choose(next);
  };
  const onKeyDown = (event: KeyboardEvent) => {
    const moves: Record<string, number> = { ArrowDown: at + 1, ArrowUp: at - 1, PageDown: at + 15, PageUp: at - 15, Home: 0, End: customers.length };
    const here = customers[at];
    if (event.key in moves) go(moves[event.key] ?? at);
    else if (event.key === "Enter" && here && event.target === event.currentTarget) props.open(here.id);
    else if (event.key === " " && here && event.target === event.currentTarget) tick(here.id);
    else return;
    event.preventDefault();
  };
  const sortable = (by: string, words: string) => (
    <button type="button" onClick={() => props.setSort(by)}>
      {words} {(props.sort || "changed") === by && <span aria-hidden>{by === "name" ? "▴" : "▾"}</span>}
    </button>
  );
  const all = customers.length > 0 && chosen.size >= customers.length;
  return (
    <div className="customer-table" role="grid" aria-rowcount={more ? -1 : customers.length} data-testid="customers">
      <div className="customer-row customer-headrow" role="row" style={grid}>
        <div role="columnheader">
          <Checkbox
            checked={all}
            indeterminate={!all && chosen.size > 0}
            onChange={() => choose(all ? new Set() : new Set(customers.slice(0, 200).map((one) => one.id)))}
            aria-label={t("customers.chooseAll")}
          />
        </div>
        <div role="columnheader" aria-sort={props.sort === "name" ? "ascending" : undefined}>
          {sortable("name", t("customers.name"))}
        </div>
        {columns.map((column) => (
          <div key={column.id} role="columnheader" className={column.number ? "number" : ""} title={column.title}>
            {column.id === "changed_at" ? sortable("changed", column.title) : column.title}
          </div>
        ))}
      </div>
      <div
        className="customer-scroll"
        ref={scroll}
        tabIndex={0}
        onKeyDown={onKeyDown}
        aria-label={t("customers.keysHint")}
        aria-activedescendant={customers[at] ? `customer-${customers[at].id}` : undefined}
      >
        {props.pending && <Skeleton active paragraph={{ rows: 8 }} title={false} className="customer-pending" />}
        <div style={{ height: rows.getTotalSize(), position: "relative" }}>
          {rows.getVirtualItems().map((item) => {
            const one = customers[item.index];
            const place = { ...grid, height: row_px, transform: `translateY(${item.start}px)` };
            if (!one) {
              return (
                <div key="more" className="customer-row faint customer-more" style={place}>
                  {t("common.loading")}
                </div>
              );
            }
            return (
              <div
                key={one.id}
                id={`customer-${one.id}`}
                role="row"
                aria-rowindex={item.index + 1}
                aria-selected={chosen.has(one.id)}
                className={`customer-row${item.index === at ? " at" : ""}`}
                style={place}
                data-testid="customer-row"
                data-customer={one.id}
                onClick={() => setAt(item.index)}
                onDoubleClick={() => props.open(one.id)}
              >
                <div role="gridcell">
                  <Checkbox
                    tabIndex={-1}
                    checked={chosen.has(one.id)}
                    onChange={() => tick(one.id)}
                    aria-label={t("customers.choose", { name: one.name })}
                  />
                </div>
                <div role="gridcell">
                  <Link tabIndex={-1} to={`/customers/${pathId(one.id)}`} title={one.name}>
                    <bdi>{one.name || t("customers.nameless")}</bdi>
                  </Link>
                </div>
                {columns.map((column) => (
                  <div key={column.id} role="gridcell" className={column.number ? "number" : ""}>
                    {column.cell(one)}
                  </div>
                ))}
              </div>
            );
          })}
        </div>
      </div>
    </div>
  );
}
