import { useQuery, useQueryClient } from "@tanstack/react-query";
import { App, Form } from "antd";
import { api, ApiError, pathId } from "../../../api/client";
import { listed, useWords, type WordKey } from "../../../i18n";
import type { Field } from "../../manage/kinds";
import { OwnEditor } from "./OwnEditor";
import { codeOf, lines, types, type OwnField, type Use, type Words } from "./shapes";
import { useUse } from "./useUse";

interface Props {
  old: OwnField | null;
  all: OwnField[];
  mayEdit: boolean;
  close: () => void;
}

export function FieldEditor({ old, all, mayEdit, close }: Props) {
  const { t, named } = useWords();
  const { modal } = App.useApp();
  const client = useQueryClient();
  const [form] = Form.useForm<Record<string, unknown>>();
  const type = (Form.useWatch("type", form) as OwnField["type"] | undefined) ?? old?.type ?? "text";
  const code = Form.useWatch<string | undefined>("id", form) ?? old?.id;
  const use = useQuery({
    queryKey: ["customer-field-use", old?.id],
    queryFn: () => api.get<Use>(`/customer-fields/${pathId(old?.id ?? "")}/use`),
    enabled: old !== null && mayEdit,
    gcTime: 0,
  });
  const inUse = useUse({ none: t("own.useNone"), many: (many) => t("own.use", { many }), tooMany: t("own.useMany") });
  const initial = old
    ? { ...old, names: { zh: "", en: "", ...old.names } }
    : { id: "", names: { zh: "", en: "" }, type: "text", choices: [], searchable: false, retired: false };
  const fields: Field[] = [
    { name: ["names", "zh"], words: "own.name_zh", type: "text", max: 60, focused: !old },
    { name: ["names", "en"], words: "own.name_en", type: "text", max: 60 },
    { name: "type", words: "own.type", note: "own.typeNote", type: "choice", fixed: old !== null, options: types.map((value) => ({ value, words: `own.t_${value}` as WordKey })) },
    ...(type === "choice" ? [{ name: "choices", words: "own.choices", note: "own.choicesNote", type: "lines" } satisfies Field] : []),
    { name: "searchable", words: "own.searchable", note: "own.searchableNote", type: "switch", fixed: old !== null },
    ...(old ? [{ name: "retired", words: "own.retired", note: "own.fieldRetiredNote", type: "switch" } satisfies Field] : []),
  ];
  const refresh = () => client.invalidateQueries({ queryKey: ["customer-fields"] });

  /** Whether those whose choice goes may be left with it. */
  const mayGo = async (choices: string[]): Promise<boolean> => {
    const gone = (old?.choices ?? []).filter((each) => !choices.includes(each));
    if (gone.length === 0) return true;
    const { data } = await use.refetch();
    const held = gone.filter((each) => (data?.choices[each] ?? 0) > 0);
    if (held.length === 0) return true;
    const what = listed(held.map((choice) => t("own.choiceMany", { choice, count: data?.choices[choice] ?? 0 })));
    return modal.confirm({
      title: t("own.choicesGone"),
      content: t("own.choicesGoneWhat", { what }),
      okText: t("common.save"),
      cancelText: t("common.goOn"),
      focusable: { autoFocusButton: "cancel" },
    });
  };
  const save = async (values: Record<string, unknown>) => {
    const names = values.names as Words;
    if (!names.zh?.trim() && !names.en?.trim()) {
      form.setFields([{ name: ["names", "zh"], errors: [t("own.oneName")] }]);
      form.scrollToField(["names", "zh"], { focus: true, block: "center" });
      return false;
    }
    const choices = type === "choice" ? lines(values.choices as string[] | undefined) : [];
    if (type === "choice" && choices.length === 0) {
      form.setFields([{ name: "choices", errors: [t("own.choicesMissing")] }]);
      form.scrollToField("choices", { focus: true, block: "center" });
      return false;
    }
    if (!(await mayGo(choices))) return false;
    const last = Math.max(-1, ...all.map((each) => each.position));
    const kept = old ?? { version: 0, position: Math.min(10_000, last + 1), retired: false };
    try {
      await api.put("/customer-fields", { ...kept, ...values, names, choices });
    } finally {
      await refresh();
    }
    return true;
  };
  return (
    <OwnEditor<OwnField>
      title={old ? named(old.names) || old.id : t("own.newField")}
      name={old ? named(old.names) || old.id : ""}
      old={old}
      initial={initial}
      mayEdit={mayEdit}
      form={form}
      fields={fields}
      code={(values) => codeOf((values.names as Words).en ?? "", "field", new Set(all.map((each) => each.id)))}
      codeNote={t("own.codeNote", { head: `field:${code || "…"}` })}
      above={
        use.data && (
          <p className="quiet" data-testid="own-use">
            {inUse(use.data)}
          </p>
        )
      }
      save={save}
      remove={async () => {
        await api.delete(`/customer-fields/${pathId(old?.id ?? "")}`);
        await refresh();
      }}
      why={(error) => (error instanceof ApiError && error.code === "field.in_use" ? t("own.fieldInUse", { why: inUse(error.detail as Omit<Use, "choices">) }) : "")}
      close={close}
    />
  );
}
