import { useQuery } from "@tanstack/react-query";
import { Button } from "antd";
import { useState } from "react";
import { api } from "../../../api/client";
import { useMay } from "../../../app/session";
import { useWords } from "../../../i18n";
import { OwnList } from "./OwnList";
import { retiredLast, usualTypes, type OwnType } from "./shapes";
import { TypeEditor } from "./TypeEditor";

type Start = Partial<OwnType>;

/** How customers belong together, in the tenant's own words from both ends. */
export function TypesPage() {
  const { t, named } = useWords();
  const mayEdit = useMay()("configuration.edit");
  const query = useQuery({
    queryKey: ["relation-types"],
    queryFn: () => api.get<{ items: OwnType[] }>("/customer-relation-types"),
  });
  const [open, setOpen] = useState<{ old: OwnType | null; start: Start } | null>(null);
  const all = retiredLast(query.data?.items ?? []);
  return (
    <OwnList<OwnType>
      testid="page-relation-types"
      title={t("manage.relation-types")}
      note={() => t("own.typesNote")}
      query={query}
      all={all}
      words={(it) => JSON.stringify([it.id, it.names, it.back])}
      add={() => setOpen({ old: null, start: {} })}
      empty={
        <>
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
        </>
      }
      columns={() => [
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
    >
      {open && <TypeEditor key={open.old?.id ?? open.start.id ?? ""} {...open} all={all} mayEdit={mayEdit} close={() => setOpen(null)} />}
    </OwnList>
  );
}
