import { useQueryClient } from "@tanstack/react-query";
import { Button, Drawer, Form, Input, Popconfirm } from "antd";
import { useState } from "react";
import { api, ApiError, pathId, withQuery } from "../../api/client";
import { useFocusBack } from "../../components/useFocusBack";
import { useLeave } from "../../components/useLeave";
import { useTell } from "../../components/useTell";
import { listed, useWords, type WordKey } from "../../i18n";
import { explain } from "../../i18n/explain";
import { bodyOf } from "./body";
import { FieldInput } from "./FieldInput";
import { kinds, type Item } from "./kinds";
import { inUse, MoveWaiting, type InUse } from "./routing/MoveWaiting";
import { useWarningWords, warningsKey, type Warning } from "./routing/warnings";
import { TryService } from "../services/TryService";
import { PhoneSecret } from "./PhoneSecret";
import { Groups } from "./Groups";
import { mark, save, users, way } from "./save";

/** One thing in a drawer: make it, change it, take it away. */
export function Editor(props: { kind: string; words: WordKey; item: Item | null; mayEdit: boolean; close: () => void }) {
  const { kind, item, mayEdit, close } = props;
  const { t } = useWords();
  const tell = useTell();
  const client = useQueryClient();
  const [form] = Form.useForm<Record<string, unknown>>();
  const [busy, setBusy] = useState(false);
  const [problem, setProblem] = useState("");
  const [use, setUse] = useState<InUse | null>(null);
  const inWords = useWarningWords();
  const description = kinds[kind] ?? { fields: [], fresh: {} };
  const initial = item ?? { name: "", ...description.fresh };
  const refresh = async () => {
    await Promise.all([
      client.invalidateQueries({ queryKey: ["kind", kind] }),
      client.invalidateQueries({ queryKey: warningsKey }),
    ]);
  };

  useFocusBack();
  const leave = useLeave();
  const away = () => leave(form.isFieldsTouched(), close);

  const submit = async (values: Record<string, unknown>) => {
    setBusy(true);
    setProblem("");
    try {
      const saved = await save(kind, item, bodyOf(initial, values));
      await refresh();
      const [warning] = (saved.warnings ?? []) as Warning[];
      if (warning) tell.warned(`${t("routing.savedWarned")} ${inWords(warning)}`);
      else tell.done(t("common.saved"));
      close();
    } catch (error) {
      const round = way(error);
      if (!mark(form, description.fields, error) || round) setProblem(`${explain(error)} ${round}`);
      if (error instanceof ApiError && error.code === "changed_meanwhile") void refresh();
    } finally {
      setBusy(false);
    }
  };
  const remove = async (moveTo = "") => {
    if (!item) return;
    setProblem("");
    setUse(null);
    try {
      await api.delete(withQuery(`/${kind}/${pathId(item.id)}`, { move_to: moveTo }));
      await refresh();
      tell.done(t("manage.deleted"));
      close();
    } catch (error) {
      const found = inUse(error);
      if (found) {
        setUse(found);
        return;
      }
      const by = users(error);
      setProblem(by.length > 0 ? `${explain(error)} ${t("manage.usedBy", { names: listed(by) })}` : explain(error));
    }
  };

  return (
    <Drawer
      open
      onClose={away}
      size={kind === "queues" || kind === "rules" ? 600 : 480}
      title={item ? item.name : t("manage.newOne", { what: t(props.words) })}
      footer={
        mayEdit && (
          <div className="editor-foot">
            {problem && (
              <p className="over" role="alert" data-testid="editor-problem">
                {problem}
              </p>
            )}
            {item && (
              <Popconfirm title={t("manage.deleteAsk", { name: item.name })} onConfirm={() => void remove()} okText={t("common.remove")}>
                <Button danger type="text" data-testid="delete">
                  {t("common.remove")}
                </Button>
              </Popconfirm>
            )}
            <Button onClick={away}>{t("common.cancel")}</Button>
            <Button type="primary" loading={busy} onClick={() => form.submit()} data-testid="save">
              {t("common.save")}
            </Button>
          </div>
        )
      }
    >
      <Groups fields={description.fields} />
      {use && item && <MoveWaiting queue={item.id} use={use} move={(to) => void remove(to)} />}
      <Form
        form={form}
        layout="vertical"
        initialValues={initial}
        disabled={!mayEdit}
        scrollToFirstError={{ focus: true, block: "center" }}
        onFinish={(values: Record<string, unknown>) => void submit(values)}
      >
        <Form.Item name="name" label={t("common.name")} rules={[{ required: true, whitespace: true }]} data-testid="field-name">
          <Input maxLength={80} autoFocus={!item} />
        </Form.Item>
        {description.fields.map((field) => (
          <FieldInput key={String(field.name)} field={field} item={initial} />
        ))}
        <button type="submit" hidden />
      </Form>
      {kind === "agents" && item && mayEdit && <PhoneSecret agent={item} refresh={refresh} />}
      {kind === "services" && item && mayEdit && <TryService id={item.id} />}
      {kind === "entry-points" && item?.kind === "web" && (
        <a href={`/call/${String(item.key)}`} target="_blank" rel="noreferrer">
          {t("manage.openPage")}
        </a>
      )}
    </Drawer>
  );
}
