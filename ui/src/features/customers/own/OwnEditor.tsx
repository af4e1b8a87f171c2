import { Button, Drawer, Form, Input, Popconfirm, type FormInstance } from "antd";
import { useState, type ReactNode } from "react";
import { useFocusBack } from "../../../components/useFocusBack";
import { useLeave } from "../../../components/useLeave";
import { useTell } from "../../../components/useTell";
import { useWords } from "../../../i18n";
import { explain } from "../../../i18n/explain";
import type { Field } from "../../manage/kinds";
import { FieldInput } from "../../manage/FieldInput";
import { mark } from "../../manage/save";
import { codePattern } from "./shapes";

interface Props<T> {
  title: string;
  name: string;
  old: T | null;
  initial: Record<string, unknown>;
  mayEdit: boolean;
  form: FormInstance<Record<string, unknown>>;
  /** What there is to fill in, by what is filled in already. */
  fields: Field[];
  codeNote: string;
  /** A code for what is named so, for as long as nobody has written one. */
  code: (values: Record<string, unknown>) => string;
  above?: ReactNode;
  below?: ReactNode;
  /** Resolves to false where nothing was kept after all. */
  save: (values: Record<string, unknown>) => Promise<boolean>;
  /** None for what can only be retired. */
  remove?: () => Promise<void>;
  /** Why not, in words of its own. */
  why: (error: unknown) => string;
  close: () => void;
}

/** One thing of the tenant's own in a drawer: made, changed, removed. */
export function OwnEditor<T>(props: Props<T>) {
  const { form, old, mayEdit, fields } = props;
  const { t } = useWords();
  const tell = useTell();
  const [busy, setBusy] = useState(false);
  const [problem, setProblem] = useState("");
  const [ownCode, setOwnCode] = useState(false);
  useFocusBack();
  const leave = useLeave();
  const away = () => leave(form.isFieldsTouched(), props.close);
  const run = async (act: () => Promise<boolean>, done: string) => {
    setBusy(true);
    setProblem("");
    try {
      if (!(await act())) return;
      tell.done(done);
      props.close();
    } catch (error) {
      if (!mark(form, [{ name: "id", words: "own.code", type: "text" }, ...fields], error)) setProblem(props.why(error) || explain(error));
    } finally {
      setBusy(false);
    }
  };
  const removeIt = async () => {
    await props.remove?.();
    return true;
  };
  return (
    <Drawer
      open
      onClose={away}
      size={480}
      title={props.title}
      footer={
        mayEdit && (
          <div className="editor-foot">
            {problem && (
              <p className="over" role="alert" data-testid="editor-problem">
                {problem}
              </p>
            )}
            {old !== null && props.remove && (
              <Popconfirm title={t("own.removeAsk", { name: props.name })} okText={t("common.remove")} onConfirm={() => void run(removeIt, t("manage.deleted"))}>
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
      {props.above}
      <Form
        form={form}
        layout="vertical"
        initialValues={props.initial}
        disabled={!mayEdit}
        scrollToFirstError={{ focus: true, block: "center" }}
        onValuesChange={(changed: Record<string, unknown>, values: Record<string, unknown>) => {
          if ("id" in changed) setOwnCode(changed.id !== "");
          else if (old === null && !ownCode && "names" in changed) form.setFieldValue("id", props.code(values));
        }}
        onFinish={(values: Record<string, unknown>) => void run(() => props.save({ ...values, id: values.id || props.code(values) }), t("common.saved"))}
      >
        {fields.slice(0, 2).map((field) => (
          <FieldInput key={String(field.name)} field={field} item={props.initial} />
        ))}
        <Form.Item
          name="id"
          label={t("own.code")}
          extra={props.codeNote}
          rules={[{ pattern: codePattern, message: t("own.badCode") }]}
          data-testid="field-id"
        >
          <Input maxLength={40} disabled={old !== null || !mayEdit} spellCheck={false} autoComplete="off" />
        </Form.Item>
        {fields.slice(2).map((field) => (
          <FieldInput key={String(field.name)} field={field} item={props.initial} />
        ))}
        <button type="submit" hidden />
      </Form>
      {props.below}
    </Drawer>
  );
}
