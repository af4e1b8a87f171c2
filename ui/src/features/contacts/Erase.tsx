import { useQueryClient } from "@tanstack/react-query";
import { Button, Checkbox, Input, Modal } from "antd";
import { useState } from "react";
import { api } from "../../api/client";
import { useTell } from "../../components/useTell";
import { useWords } from "../../i18n";

/** On the customer's request, and on record. It cannot be undone: whoever does it types whom they mean. */
export function Erase({ id, name, done }: { id: string; name: string; done?: () => void }) {
  const { t } = useWords();
  const tell = useTell();
  const client = useQueryClient();
  const [open, setOpen] = useState(false);
  const [busy, setBusy] = useState(false);
  const [typed, setTyped] = useState("");
  const [recordings, setRecordings] = useState(false);
  const meant = typed.trim() === name.trim();
  const erase = async () => {
    if (!meant || busy) return;
    setBusy(true);
    try {
      const gone = await api.post<{ contacts: number; callbacks: number }>("/erasures", { customer: id, recordings });
      setOpen(false);
      tell.done(t("contacts.erasedDone", { ...gone }));
      done?.();
      await client.invalidateQueries();
    } catch (error) {
      tell.failed(error);
    } finally {
      setBusy(false);
    }
  };
  return (
    <>
      <Button type="link" size="small" danger onClick={() => setOpen(true)} data-testid="erase">
        {t("contacts.erase")}
      </Button>
      <Modal
        open={open}
        title={t("contacts.eraseAsk", { name })}
        onCancel={() => setOpen(false)}
        afterClose={() => {
          setTyped("");
          setRecordings(false);
        }}
        okText={t("contacts.erase")}
        cancelText={t("common.cancel")}
        okButtonProps={{ danger: true, disabled: !meant, loading: busy, "data-testid": "erase-confirm" }}
        onOk={() => void erase()}
        width={460}
        destroyOnHidden
      >
        <div className="customer-erase">
          <p>{t("contacts.eraseMeant")}</p>
          <Checkbox checked={recordings} onChange={(event) => setRecordings(event.target.checked)} data-testid="erase-recordings">
            {t("contacts.eraseRecordings")}
          </Checkbox>
          <label>
            {t("contacts.eraseType", { name })}
            <Input
              autoFocus
              value={typed}
              onChange={(event) => setTyped(event.target.value)}
              onPressEnter={(event) => !event.nativeEvent.isComposing && void erase()}
              maxLength={80}
              autoComplete="off"
              data-testid="erase-type"
            />
          </label>
        </div>
      </Modal>
    </>
  );
}
