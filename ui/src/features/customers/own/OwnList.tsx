import type { UseQueryResult } from "@tanstack/react-query";
import { Button, Input, Table, type TableColumnsType } from "antd";
import { useState, type ReactNode } from "react";
import { useMay } from "../../../app/session";
import { Failure } from "../../../components/Failure";
import { useClearable } from "../../../components/useClearable";
import { useWords } from "../../../i18n";
import "./own.css";

const many = 8;

interface Props<T> {
  testid: string;
  title: string;
  /** What they are; `searching`: not all of them are shown. */
  note: (searching: boolean) => ReactNode;
  query: UseQueryResult;
  /** As they are shown. */
  all: T[];
  /** What one is found by. */
  words: (it: T) => string;
  columns: (searching: boolean) => TableColumnsType<T>;
  empty: ReactNode;
  add: () => void;
  /** The editor, while one is open. */
  children?: ReactNode;
}

/** What a tenant has of its own for its customers: a list of it, each opened in a drawer. */
export function OwnList<T extends { id: string; retired: boolean }>({ query, all, ...props }: Props<T>) {
  const { t } = useWords();
  const mayEdit = useMay()("configuration.edit");
  const clearable = useClearable();
  const [text, setText] = useState("");
  const needle = text.trim().toLowerCase();
  const rows = needle ? all.filter((it) => props.words(it).toLowerCase().includes(needle)) : all;
  return (
    <div className="page own" data-testid={props.testid}>
      <div className="page-head">
        <h1>{props.title}</h1>
        {!mayEdit && <span className="faint">{t("manage.readOnly")}</span>}
        {all.length > many && (
          <Input value={text} onChange={(event) => setText(event.target.value)} placeholder={t("common.search")} allowClear={clearable} style={{ width: 200 }} data-testid="search" />
        )}
        {mayEdit && (
          <Button type="primary" onClick={props.add} data-testid="new">
            {t("common.add")}
          </Button>
        )}
      </div>
      <p className="quiet">{props.note(needle !== "")}</p>
      {query.error && !query.data ? (
        <Failure error={query.error} retry={() => void query.refetch()} />
      ) : (
        <Table<T>
          rowKey="id"
          size="small"
          dataSource={rows}
          loading={{ spinning: query.isPending, delay: 300 }}
          pagination={false}
          rowClassName={(it) => (it.retired ? "own-retired" : "")}
          onRow={(it) => ({ "data-testid": "item-row", "data-id": it.id }) as never}
          locale={{ emptyText: query.isPending ? " " : <div className="empty">{needle ? t("own.noneFound") : props.empty}</div> }}
          columns={props.columns(needle !== "")}
        />
      )}
      {props.children}
    </div>
  );
}
