import { useQuery } from "@tanstack/react-query";
import { Button, Input, Table, type TableColumnsType } from "antd";
import { useState } from "react";
import { useMay } from "../../app/session";
import { Failure } from "../../components/Failure";
import { allPages } from "../../components/useNames";
import { useClearable } from "../../components/useClearable";
import { useWords, type WordKey } from "../../i18n";
import { Cell } from "./Cell";
import { Editor } from "./Editor";
import { kinds, valueAt, type Item } from "./kinds";
import { Warnings } from "./routing/Warnings";
import { stateOf, TrunkState } from "./TrunkState";

/** Any kind of configured thing: a table, and a drawer to change one. */
export function ResourcePage({ kind, words }: { kind: string; words: WordKey }) {
  const { t } = useWords();
  const clearable = useClearable();
  const may = useMay();
  const description = kinds[kind];
  const { data, error, refetch, isPending } = useQuery({
    queryKey: ["kind", kind],
    queryFn: () => allPages<Item>(`/${kind}`),
    staleTime: 5_000,
  });
  const [open, setOpen] = useState<Item | "new" | null>(null);
  const [text, setText] = useState("");
  if (!description) throw new Error(`no such kind: ${kind}`);
  const mayEdit = may("configuration.edit");
  const needle = text.trim().toLowerCase();
  const rows = (data ?? []).filter((item) => !needle || JSON.stringify(Object.values(item)).toLowerCase().includes(needle));
  const columns: TableColumnsType<Item> = [
    {
      title: t("common.name"),
      dataIndex: "name",
      fixed: "left",
      sorter: (a, b) => a.name.localeCompare(b.name),
      render: (name: string, item) => (
        <button type="button" className="linkish plain" onClick={() => setOpen(item)}>
          {name}
        </button>
      ),
    },
    ...description.fields
      .filter((field) => field.column)
      .map((field): TableColumnsType<Item>[number] => ({
        title: t(field.words),
        key: String(field.name),
        align: field.type === "number" || field.type === "percent" ? "right" : "left",
        render: (_: unknown, item: Item) => <Cell field={field} value={valueAt(item, field.name)} />,
      })),
    ...(kind in stateOf
      ? [{ title: t("manage.trunkState"), key: "state", render: (_: unknown, item: Item) => <TrunkState kind={kind} id={item.id} /> }]
      : []),
  ];
  return (
    <div className="page" data-testid={`page-${kind}`}>
      <div className="page-head">
        <h1>{t(words)}</h1>
        {!mayEdit && <span className="faint">{t("manage.readOnly")}</span>}
        {(data?.length ?? 0) > 8 && (
          <Input
            value={text}
            onChange={(event) => setText(event.target.value)}
            placeholder={t("common.search")}
            allowClear={clearable}
            style={{ width: 200 }}
            data-testid="search"
          />
        )}
        {mayEdit && (
          <Button type="primary" onClick={() => setOpen("new")} data-testid="new">
            {t("common.add")}
          </Button>
        )}
      </div>
      <Warnings kind={kind} />
      {error && !data ? (
        <Failure error={error} retry={() => void refetch()} />
      ) : (
        <Table<Item>
          rowKey="id"
          size="small"
          columns={columns}
          dataSource={rows}
          loading={{ spinning: isPending, delay: 300 }}
          pagination={rows.length > 100 ? { pageSize: 100, showSizeChanger: false } : false}
          onRow={(item) => ({ "data-testid": "item-row", "data-id": item.id }) as never}
          locale={{
            emptyText: isPending ? (
              " "
            ) : (
              <div className="empty">
                <strong>{t("manage.empty", { what: t(words) })}</strong>
                {mayEdit && <p className="quiet">{t("manage.emptyHint")}</p>}
              </div>
            ),
          }}
        />
      )}
      {open && (
        <Editor
          key={open === "new" ? "new" : open.id}
          kind={kind}
          words={words}
          item={open === "new" ? null : open}
          mayEdit={mayEdit}
          close={() => setOpen(null)}
        />
      )}
    </div>
  );
}
