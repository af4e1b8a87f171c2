import { useQuery, useQueryClient } from "@tanstack/react-query";
import { Form } from "antd";
import { api, ApiError, pathId } from "../../../api/client";
import { useWords } from "../../../i18n";
import type { Field } from "../../manage/kinds";
import { purposesKey, type Purpose } from "../usePurposes";
import { OwnEditor } from "./OwnEditor";
import { codeOf, type Use, type Words } from "./shapes";
import { useUse } from "./useUse";

interface Props {
  old: Purpose | null;
  all: Purpose[];
  mayEdit: boolean;
  close: () => void;
}

export function PurposeEditor({ old, all, mayEdit, close }: Props) {
  const { t, named } = useWords();
  const client = useQueryClient();
  const [form] = Form.useForm<Record<string, unknown>>();
  const code = Form.useWatch<string | undefined>("id", form) ?? old?.id;
  const use = useQuery({
    queryKey: ["customer-purpose-use", old?.id],
    queryFn: () => api.get<Use>(`/customer-purposes/${pathId(old?.id ?? "")}/use`),
    enabled: old !== null && mayEdit,
    gcTime: 0,
  });
  const inUse = useUse({ none: t("own.usePurposeNone"), many: (many) => t("own.usePurpose", { many }), tooMany: t("own.usePurposeMany") });
  const initial = old ? { ...old, names: { zh: "", en: "", ...old.names } } : { id: "", names: { zh: "", en: "" }, retired: false };
  const fields: Field[] = [
    { name: ["names", "zh"], words: "own.name_zh", type: "text", max: 60, focused: !old },
    { name: ["names", "en"], words: "own.name_en", type: "text", max: 60 },
    ...(old ? [{ name: "retired", words: "own.retired", note: "own.purposeRetiredNote", type: "switch" } satisfies Field] : []),
  ];
  const refresh = () => client.invalidateQueries({ queryKey: purposesKey });
  const save = async (values: Record<string, unknown>) => {
    const names = values.names as Words;
    if (!names.zh?.trim() && !names.en?.trim()) {
      form.setFields([{ name: ["names", "zh"], errors: [t("own.oneName")] }]);
      form.scrollToField(["names", "zh"], { focus: true, block: "center" });
      return false;
    }
    const kept = { version: old?.version ?? 0, retired: old?.retired ?? false };
    try {
      await api.put("/customer-purposes", { ...kept, ...values, names });
    } finally {
      await refresh();
    }
    return true;
  };
  return (
    <OwnEditor<Purpose>
      title={old ? named(old.names) || old.id : t("own.newPurpose")}
      name={old ? named(old.names) || old.id : ""}
      old={old}
      initial={initial}
      mayEdit={mayEdit}
      form={form}
      fields={fields}
      code={(values) => codeOf((values.names as Words).en ?? "", "purpose", new Set(all.map((each) => each.id)))}
      codeNote={t("own.codeNote", { head: `consent:${code || "…"}:sms` })}
      above={
        use.data && (
          <p className="quiet" data-testid="own-use">
            {inUse(use.data)}
          </p>
        )
      }
      save={save}
      remove={
        old?.usual
          ? undefined
          : async () => {
              await api.delete(`/customer-purposes/${pathId(old?.id ?? "")}`);
              await refresh();
            }
      }
      why={(error) => (error instanceof ApiError && error.code === "purpose.in_use" ? t("own.purposeInUse", { why: inUse(error.detail as Omit<Use, "choices">) }) : "")}
      close={close}
    />
  );
}
