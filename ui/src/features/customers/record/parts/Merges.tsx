import { Button, Popconfirm } from "antd";
import { api, pathId } from "../../../../api/client";
import { useMay } from "../../../../app/session";
import { instant } from "../../../../components/format";
import { useWords } from "../../../../i18n";
import type { Customer } from "../shapes";
import type { Act } from "../useRecord";
import { Box } from "./Box";

/** What stands together, and how each merge is taken back. */
export function Merges({ customer, path, act }: { customer: Customer; path: string; act: Act }) {
  const { t } = useWords();
  const editable = useMay()("customers.edit");
  if (customer.records.length < 2) return null;
  const name = (id: string) => {
    const one = customer.records.find((it) => it.id === id);
    return one ? one.name || one.external_id || t("record.unnamed") : id;
  };
  return (
    <Box title={t("record.merges")} note={t("record.mergesNote")} testid="merges">
      <ul className="record-list">
        {customer.records.map((it) => (
          <li key={it.id}>
            <span>
              {name(it.id)} <span className="faint">{instant(it.created_at)}</span>
            </span>
            {it.id === customer.id && <span className="quiet">{t("record.stands")}</span>}
          </li>
        ))}
      </ul>
      <ul className="record-list">
        {customer.merges.map((it) => (
          <li key={it.id}>
            <span className="quiet">
              {name(it.source)} → {name(it.target)}, {instant(it.at)} {it.user_name} {it.why && t("record.mergeWhy", { why: it.why })}
            </span>
            {editable && (
              <Popconfirm title={t("record.unmergeAsk")} onConfirm={() => void act(() => api.delete(`${path}/merges/${pathId(it.id)}`), "record.unmerged")}>
                <Button size="small" data-testid="unmerge">
                  {t("record.unmerge")}
                </Button>
              </Popconfirm>
            )}
          </li>
        ))}
      </ul>
    </Box>
  );
}
