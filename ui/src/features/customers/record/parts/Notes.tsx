import { DeleteOutlined, PushpinFilled, PushpinOutlined } from "@ant-design/icons";
import { Button, Checkbox, Input, Popconfirm } from "antd";
import { useState } from "react";
import { api, pathId } from "../../../../api/client";
import { useMay } from "../../../../app/session";
import { instant } from "../../../../components/format";
import { useWords } from "../../../../i18n";
import type { Customer } from "../shapes";
import type { Act } from "../useRecord";
import { Box } from "./Box";

const first = 5;

/** Pinned ones stand first, and are read out at the desk with the next call. */
export function Notes({ customer, path, act }: { customer: Customer; path: string; act: Act }) {
  const { t } = useWords();
  const editable = useMay()("customers.edit");
  const [all, setAll] = useState(false);
  const shown = all ? customer.notes : customer.notes.slice(0, first);
  return (
    <Box title={t("record.notes")} testid="notes">
      {editable && <Write path={path} act={act} />}
      {customer.notes.length === 0 && <p className="record-none">{t("record.noNotes")}</p>}
      <ul className="record-notes">
        {shown.map((it) => (
          <li key={it.id} className={it.pinned ? "pinned" : ""} data-testid="note" data-pinned={it.pinned}>
            <span className="record-text">{it.text}</span>
            <footer className="faint">
              {it.pinned && `${t("record.pinned")} · `}
              {instant(it.at)} {it.user_name}
              {editable && (
                <span className="record-note-acts">
                  <Button
                    type="text"
                    size="small"
                    icon={it.pinned ? <PushpinFilled /> : <PushpinOutlined />}
                    aria-label={t(it.pinned ? "record.unpin" : "record.pin")}
                    title={t(it.pinned ? "record.unpin" : "record.pin")}
                    onClick={() => void act(() => api.put(`${path}/notes/${pathId(it.id)}`, { pinned: !it.pinned }))}
                  />
                  <Popconfirm title={t("record.removeNoteAsk")} onConfirm={() => void act(() => api.delete(`${path}/notes/${pathId(it.id)}`))}>
                    <Button type="text" size="small" icon={<DeleteOutlined />} aria-label={t("record.removeNote")} title={t("record.removeNote")} />
                  </Popconfirm>
                </span>
              )}
            </footer>
          </li>
        ))}
      </ul>
      {customer.notes.length > first && !all && (
        <Button type="link" size="small" onClick={() => setAll(true)}>
          {t("common.all")} {customer.notes.length}
        </Button>
      )}
    </Box>
  );
}

function Write({ path, act }: { path: string; act: Act }) {
  const { t } = useWords();
  const [text, setText] = useState("");
  const [pinned, setPinned] = useState(false);
  const [busy, setBusy] = useState(false);
  const save = async () => {
    if (!text.trim() || busy) return;
    setBusy(true);
    if (await act(() => api.post(`${path}/notes`, { text, pinned }))) {
      setText("");
      setPinned(false);
    }
    setBusy(false);
  };
  return (
    <div className="record-form">
      <Input.TextArea
        value={text}
        onChange={(event) => setText(event.target.value)}
        onKeyDown={(event) => event.key === "Enter" && (event.ctrlKey || event.metaKey) && void save()}
        maxLength={4000}
        autoSize={{ minRows: 1, maxRows: 8 }}
        placeholder={t("record.noteHint")}
        aria-label={t("record.notes")}
        data-testid="note-text"
      />
      {text && (
        <div className="record-row">
          <Checkbox checked={pinned} onChange={(event) => setPinned(event.target.checked)} data-testid="note-pin">
            {t("record.pin")}
          </Checkbox>
          <Button size="small" type="primary" loading={busy} onClick={() => void save()} data-testid="note-save">
            {t("common.save")}
          </Button>
        </div>
      )}
    </div>
  );
}
