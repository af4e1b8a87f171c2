import { useQuery, useQueryClient } from "@tanstack/react-query";
import { Table } from "antd";
import type { ColumnType } from "antd/es/table";
import type { ReactNode, TdHTMLAttributes } from "react";
import { api } from "../../api/client";
import { Failure } from "../../components/Failure";
import { phoneNumber } from "../../components/format";
import { useTell } from "../../components/useTell";
import { useWords, type WordKey } from "../../i18n";

const again_ms = 3000;

/** What waits for us; also what others do to it is seen within seconds. */
export function useList<T>(path: string) {
  const tell = useTell();
  const { t } = useWords();
  const client = useQueryClient();
  const list = useQuery({
    queryKey: ["later", path],
    queryFn: ({ signal }) => api.get<{ items: T[] }>(path, {}, signal),
    refetchInterval: again_ms,
  });
  const act = async (ask: () => Promise<unknown>, done: WordKey | "" = "") => {
    try {
      await ask();
      if (done) tell.done(t(done));
    } catch (error) {
      tell.failed(error);
    } finally {
      await client.invalidateQueries({ queryKey: ["later"] });
    }
  };
  return { list, act };
}

/** `label`: its heading in the narrow list as well, where the cell alone does not tell what it is. */
export type Column<T> = ColumnType<T> & { label?: WordKey };

interface Listed<T> {
  list: ReturnType<typeof useList<T>>["list"];
  columns: Column<T>[];
  none: WordKey;
  hint: WordKey;
  rowClass?: (it: T) => string;
  /** Whose row is open, and what stands below it then. */
  expanded?: string;
  below?: (it: T) => ReactNode;
}

const labelled = (label: string) => (): TdHTMLAttributes<HTMLElement> & { "data-label": string } => ({ "data-label": label });

export function List<T extends { id: string }>({ list, columns, none, hint, rowClass, expanded = "", below }: Listed<T>) {
  const { t } = useWords();
  if (list.error && !list.data) return <Failure error={list.error} retry={() => void list.refetch()} />;
  return (
    <Table<T>
      rowKey="id"
      size="small"
      columns={columns.map(({ label, ...column }) => ({ ...column, ...(label && { onCell: labelled(t(label)) }) }))}
      dataSource={list.data?.items ?? []}
      loading={{ spinning: list.isPending, delay: 300 }}
      pagination={false}
      // The page scrolls below its own padding.
      sticky={{ offsetHeader: -16 }}
      rowClassName={rowClass}
      expandable={below && { expandedRowKeys: [expanded], expandedRowRender: below, showExpandColumn: false }}
      scroll={{ x: 1020 }}
      locale={{
        emptyText: list.isPending ? (
          " "
        ) : (
          <div className="empty">
            <strong>{t(none)}</strong>
            <p className="quiet">{t(hint)}</p>
          </div>
        ),
      }}
    />
  );
}

export function CustomerNumber({ number }: { number: string }) {
  const { t } = useWords();
  return number ? <span className="clock">{phoneNumber(number)}</span> : <span className="faint">{t("later.noNumber")}</span>;
}
