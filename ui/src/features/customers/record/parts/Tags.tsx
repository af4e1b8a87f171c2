import { CloseOutlined } from "@ant-design/icons";
import { Select } from "antd";
import { useState } from "react";
import { api } from "../../../../api/client";
import { useMay } from "../../../../app/session";
import { instant, percent } from "../../../../components/format";
import { useWords } from "../../../../i18n";
import { TagInput } from "../../TagInput";
import { layers, type Customer, type Layer, type Tag } from "../shapes";
import type { Act } from "../useRecord";
import { Box, Small } from "./Box";

/** By layer; what rules, files and computation say stays, one's own can be taken away. */
export function Tags({ customer, path, act }: { customer: Customer; path: string; act: Act }) {
  const { t } = useWords();
  const editable = useMay()("customers.edit");
  const mine = customer.tags.filter((it) => it.origin === "hand").map(({ layer, tag }) => ({ layer, tag }));
  const put = (tags: { layer: Layer; tag: string }[]) => act(() => api.put(`${path}/tags`, { tags }));
  return (
    <Box
      title={t("record.tags")}
      testid="tags"
      add={editable ? t("record.addTag") : ""}
      form={(close) => <Add close={close} add={(tag) => put([...mine, tag])} />}
    >
      {customer.tags.length === 0 && <p className="record-none">{t("record.noTags")}</p>}
      {layers
        .map((layer) => [layer, customer.tags.filter((it) => it.layer === layer)] as const)
        .filter(([, those]) => those.length > 0)
        .map(([layer, those]) => (
          <div key={layer} className="record-layer">
            <span className="quiet">{t(`record.layer_${layer}`)}</span>
            <ul>
              {those.map((it) => (
                <One
                  key={`${it.tag} ${it.origin}`}
                  it={it}
                  remove={editable && it.origin === "hand" ? () => void put(mine.filter((own) => own.layer !== it.layer || own.tag !== it.tag)) : undefined}
                />
              ))}
            </ul>
          </div>
        ))}
    </Box>
  );
}

function One({ it, remove }: { it: Tag; remove?: () => void }) {
  const { t } = useWords();
  const why = t("record.tagWhy", { origin: t(`record.o_${it.origin}`), at: instant(it.at), sure: percent(it.confidence) });
  return (
    <li className="record-tag" title={why}>
      {it.tag}
      {it.origin !== "hand" && <small> {t(`record.o_${it.origin}`)}</small>}
      {remove && (
        <button type="button" aria-label={t("record.removeTag", { tag: it.tag })} onClick={remove}>
          <CloseOutlined />
        </button>
      )}
    </li>
  );
}

function Add({ close, add }: { close: () => void; add: (tag: { layer: Layer; tag: string }) => Promise<boolean> }) {
  const { t } = useWords();
  const [layer, setLayer] = useState<Layer>("preference");
  const [tag, setTag] = useState("");
  return (
    <Small save={() => add({ layer, tag: tag.trim() })} close={close} ready={tag.trim() !== ""} words={t("common.save")} cancel={t("common.cancel")}>
      <Select size="small" value={layer} onChange={setLayer} options={layers.map((value) => ({ value, label: t(`record.layer_${value}`) }))} aria-label={t("record.tags")} />
      <TagInput focused layer={layer} label={t("record.newTag")} value={tag} onChange={setTag} />
    </Small>
  );
}
