import { useQuery } from "@tanstack/react-query";
import { Button, Input, Table } from "antd";
import { useState } from "react";
import { api } from "../../../api/client";
import { useMay } from "../../../app/session";
import { Failure } from "../../../components/Failure";
import { useClearable } from "../../../components/useClearable";
import { useWords } from "../../../i18n";
import "./own.css";
import { usualTypes, type OwnType } from "./shapes";
import { TypeEditor } from "./TypeEditor";

type Start = Partial<OwnType>;
const many = 8;

/** How customers belong together, in the tenant's own words from both ends. */
export function TypesPage() {
  const { t, named } = useWords();
  const mayEdit = useMay()("configuration.edit");
  const clearable = useClearable();
  const { data, error, refetch, isPending } = useQuery({
    queryKey: ["relation-types"],
    queryFn: () => api.get<{ items: OwnType[] }>("/customer-relation-types"),
  });
  const [open, setOpen] = useState<{ old: OwnType | null; start: Start } | null>(null);
  const [text, setText] = useState("");
  const needle = text.trim().toLowerCase();
  const all = data?.items ?? [];
  const sorted = [...all.filter((each) => !each.retired), ...all.filter((each) => each.retired)];
  const rows = sorted.filter((each) => !needle || JSON.stringify([each.id, each.names, each.back]).toLowerCase().includes(needle));
  return (
    <div className="page own" data-testid="page-relation-types">
      <div className="page-head">
        <h1>{t("manage.relation-types")}</h1>
        {!mayEdit && <span className="faint">{t("manage.readOnly")}</span>}
        {all.length > many && (
          <Input value={text} onChange={(event) => setText(event.target.value)} placeholder={t("common.search")} allowClear={clearable} style={{ width: 200 }} data-testid="search" />
        )}
        {mayEdit && (
          <Button type="primary" onClick={() => setOpen({ old: null, start: {} })} data-testid="new">
            {t("common.add")}
          </Button>
        )}
      </div>
      <p className="quiet">{t("own.typesNote")}</p>
      {error && !data ? (
        <Failure error={error} retry={() => void refetch()} />
      ) : (
        <Table<OwnType>
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
                <strong>{t("own.typesEmpty")}</strong>
                {mayEdit && (
                  <>
                    <p className="quiet">{t("own.typesEmptyHint")}</p>
                    <p className="own-usual">
                      {usualTypes.map(({ words, type }) => (
                        <Button key={type.id} onClick={() => setOpen({ old: null, start: type })} data-testid={`usual-${type.id}`}>
                          {t(words)}
                        </Button>
                      ))}
                    </p>
                  </>
                )}
              </div>
            ),
          }}
          columns={[
            {
              title: t("own.forward"),
              render: (_, it) => (
                <button type="button" className="linkish plain" onClick={() => setOpen({ old: it, start: it })}>
                  {named(it.names) || it.id}
                </button>
              ),
            },
            { title: t("own.backward"), render: (_, it) => (it.target === "customer" && named(it.back)) || <span className="faint">–</span> },
            { title: t("own.target"), width: 170, render: (_, it) => t(`own.target_${it.target}`) },
            { title: t("own.transitive"), width: 215, render: (_, it) => (it.transitive ? t("common.yes") : <span className="faint">–</span>) },
            { title: t("own.code"), width: 170, ellipsis: true, render: (_, it) => <code title={it.id}>{it.id}</code> },
            { width: 80, render: (_, it) => it.retired && <span className="faint">{t("own.isRetired")}</span> },
          ]}
        />
      )}
      {open && <TypeEditor key={open.old?.id ?? open.start.id ?? ""} {...open} all={all} mayEdit={mayEdit} close={() => setOpen(null)} />}
    </div>
  );
}
