import { useQuery } from "@tanstack/react-query";
import { Button, Input, Popconfirm, Select } from "antd";
import { useState } from "react";
import { api, pathId } from "../../../../api/client";
import { useMay } from "../../../../app/session";
import { Failure } from "../../../../components/Failure";
import { phoneNumber } from "../../../../components/format";
import { useWords } from "../../../../i18n";
import type { Act } from "../useRecord";
import { Box, Small } from "./Box";

interface Entry {
  id: string;
  name: string;
  kind: string;
  value: string;
  note: string;
}

/** The customer's own contact book. It is opened on purpose: whose numbers were looked at is on record. */
export function Book({ path, act }: { path: string; act: Act }) {
  const { t } = useWords();
  const editable = useMay()("customers.edit");
  const [open, setOpen] = useState(false);
  const book = useQuery({ queryKey: ["customer-book", path], queryFn: () => api.get<{ items: Entry[] }>(`${path}/book`), enabled: open });
  return (
    <Box
      title={t("record.book")}
      note={t("record.bookNote")}
      testid="book"
      add={editable && open ? t("record.addEntry") : ""}
      form={(close) => <Add path={path} act={act} close={close} />}
    >
      {!open && (
        <Button size="small" onClick={() => setOpen(true)} data-testid="book-open">
          {t("record.bookNote")} …
        </Button>
      )}
      {book.error && <Failure error={book.error} retry={() => void book.refetch()} />}
      {book.data?.items.length === 0 && <p className="record-none">{t("record.noBook")}</p>}
      <ul className="record-list">
        {book.data?.items.map((it) => (
          <li key={it.id}>
            <span>
              {it.name} <span className="quiet">{phoneNumber(it.value)}</span> <span className="faint">{it.note}</span>
            </span>
            {editable && (
              <Popconfirm title={t("record.removeEntry")} onConfirm={() => void act(() => api.delete(`${path}/book/${pathId(it.id)}`))}>
                <Button type="text" size="small">
                  {t("common.remove")}
                </Button>
              </Popconfirm>
            )}
          </li>
        ))}
      </ul>
    </Box>
  );
}

function Add({ path, act, close }: { path: string; act: Act; close: () => void }) {
  const { t } = useWords();
  const [name, setName] = useState("");
  const [kind, setKind] = useState<"phone" | "mail">("phone");
  const [value, setValue] = useState("");
  const [note, setNote] = useState("");
  return (
    <Small
      save={() => act(() => api.post(`${path}/book`, { name, kind, value, note }))}
      close={close}
      ready={name.trim() !== "" && value.trim() !== ""}
      words={t("common.save")}
      cancel={t("common.cancel")}
    >
      <Input size="small" autoFocus value={name} onChange={(event) => setName(event.target.value)} maxLength={200} placeholder={t("common.name")} aria-label={t("common.name")} />
      <Select size="small" value={kind} onChange={setKind} options={(["phone", "mail"] as const).map((it) => ({ value: it, label: t(`record.k_${it}`) }))} aria-label={t("record.value")} />
      <Input size="small" value={value} onChange={(event) => setValue(event.target.value)} maxLength={254} placeholder={t("record.value")} aria-label={t("record.value")} />
      <Input size="small" value={note} onChange={(event) => setNote(event.target.value)} maxLength={500} placeholder={t("record.detail")} aria-label={t("record.detail")} />
    </Small>
  );
}
