import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { api } from "../../../api/client";
import { useMay } from "../../../app/session";
import { useWords } from "../../../i18n";
import { purposesKey, type Purpose } from "../usePurposes";
import { OwnList } from "./OwnList";
import { PurposeEditor } from "./PurposeEditor";
import { retiredLast } from "./shapes";

/** What customers are asked for their consent to. */
export function PurposesPage() {
  const { t, named } = useWords();
  const mayEdit = useMay()("configuration.edit");
  const query = useQuery({ queryKey: purposesKey, queryFn: () => api.get<{ items: Purpose[] }>("/customer-purposes") });
  const [open, setOpen] = useState<string | null>(null);
  const all = retiredLast(query.data?.items ?? []);
  const chosen = all.find((each) => each.id === open) ?? null;
  return (
    <OwnList<Purpose>
      testid="page-consent-purposes"
      title={t("manage.consent-purposes")}
      note={() => t("own.purposesNote")}
      query={query}
      all={all}
      words={(it) => JSON.stringify([it.id, it.names])}
      add={() => setOpen("")}
      empty={null}
      columns={() => [
        {
          title: t("own.names"),
          render: (_, it) => (
            <button type="button" className="linkish plain" onClick={() => setOpen(it.id)}>
              {named(it.names) || it.id}
            </button>
          ),
        },
        { title: t("own.code"), width: 260, ellipsis: true, render: (_, it) => <code title={it.id}>{it.id}</code> },
        { width: 80, render: (_, it) => it.retired && <span className="faint">{t("own.isRetired")}</span> },
      ]}
    >
      {open !== null && (open === "" || chosen) && <PurposeEditor key={open} old={chosen} all={all} mayEdit={mayEdit} close={() => setOpen(null)} />}
    </OwnList>
  );
}
