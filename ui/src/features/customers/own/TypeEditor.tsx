import { useQuery, useQueryClient } from "@tanstack/react-query";
import { Form } from "antd";
import { api, ApiError, pathId } from "../../../api/client";
import { useWords } from "../../../i18n";
import type { Field } from "../../manage/kinds";
import { OwnEditor } from "./OwnEditor";
import { codeOf, type OwnType, type Use, type Words } from "./shapes";

interface Props {
  old: OwnType | null;
  /** What a new one begins as. */
  start: Partial<OwnType>;
  all: OwnType[];
  mayEdit: boolean;
  close: () => void;
}

export function TypeEditor({ old, start, all, mayEdit, close }: Props) {
  const { t, named } = useWords();
  const client = useQueryClient();
  const [form] = Form.useForm<Record<string, unknown>>();
  const told = (Form.useWatch([], form) as Partial<OwnType> | undefined) ?? start;
  const ofThing = (told.target ?? start.target) === "thing";
  const use = useQuery({
    queryKey: ["relation-type-use", old?.id],
    queryFn: () => api.get<Use>(`/customer-relation-types/${pathId(old?.id ?? "")}/use`),
    enabled: old !== null && mayEdit,
    gcTime: 0,
  });
  const inUse = (many: number | null) =>
    many === null ? t("own.useRelationsMany") : many === 0 ? t("own.useNoRelation") : t("own.useRelations", { many: many.toLocaleString() });
  const initial = {
    id: "",
    target: "customer",
    transitive: false,
    retired: false,
    ...start,
    names: { zh: "", en: "", ...start.names },
    back: { zh: "", en: "", ...start.back },
  };
  const fields: Field[] = [
    { name: ["names", "zh"], words: "own.names_zh", note: "own.namesNote", type: "text", max: 60, focused: !old },
    { name: ["names", "en"], words: "own.names_en", type: "text", max: 60 },
    { name: "target", words: "own.target", note: "own.targetNote", type: "choice", fixed: old !== null, options: [{ value: "customer", words: "own.target_customer" }, { value: "thing", words: "own.target_thing" }] },
    ...(ofThing
      ? []
      : ([
          { name: ["back", "zh"], words: "own.back_zh", note: "own.backNote", type: "text", max: 60 },
          { name: ["back", "en"], words: "own.back_en", type: "text", max: 60 },
          { name: "transitive", words: "own.transitive", note: "own.transitiveNote", type: "switch" },
        ] satisfies Field[])),
    ...(old ? [{ name: "retired", words: "own.retired", note: "own.typeRetiredNote", type: "switch" } satisfies Field] : []),
  ];
  const refresh = () => client.invalidateQueries({ queryKey: ["relation-types"] });
  const missing = (name: ["names" | "back", "zh"], words: string) => {
    form.setFields([{ name, errors: [words] }]);
    form.scrollToField(name, { focus: true, block: "center" });
    return false;
  };
  const save = async (values: Record<string, unknown>) => {
    const names = values.names as Words;
    const back = ofThing ? {} : (values.back as Words);
    if (!said(names)) return missing(["names", "zh"], t("own.oneName"));
    if (!ofThing && !said(back)) return missing(["back", "zh"], t("own.backMissing"));
    const kept = { version: old?.version ?? 0, retired: old?.retired ?? false };
    try {
      await api.put("/customer-relation-types", { ...kept, ...values, names, back, transitive: !ofThing && Boolean(values.transitive) });
    } finally {
      await refresh();
    }
    return true;
  };
  const forward = named(told.names ?? {}).trim();
  const backward = named(told.back ?? {}).trim();
  return (
    <OwnEditor<OwnType>
      title={old ? named(old.names) || old.id : t("own.newType")}
      name={old ? named(old.names) || old.id : ""}
      old={old}
      initial={initial}
      mayEdit={mayEdit}
      form={form}
      fields={fields}
      code={(values) => codeOf((values.names as Words).en ?? "", "relation", new Set(all.map((each) => each.id)))}
      codeNote={t("own.codeNoteType", { head: `relation:${told.id || "…"}` })}
      above={
        use.data && (
          <p className="quiet" data-testid="own-use">
            {inUse(use.data.many)}
          </p>
        )
      }
      below={
        forward && (
          <p className="quiet own-reads" data-testid="own-reads">
            {t("own.reads")}
            <span>
              {t("own.one")} <strong>{forward}</strong> {t(ofThing ? "own.thing" : "own.other")}
            </span>
            {!ofThing && backward && (
              <span>
                {t("own.other")} <strong>{backward}</strong> {t("own.one")}
              </span>
            )}
          </p>
        )
      }
      save={save}
      remove={async () => {
        await api.delete(`/customer-relation-types/${pathId(old?.id ?? "")}`);
        await refresh();
      }}
      why={(error) =>
        error instanceof ApiError && error.code === "relation.type_in_use" ? t("own.typeInUse", { why: inUse(error.detail.many as number | null) }) : ""
      }
      close={close}
    />
  );
}

function said(words: Words): boolean {
  return Boolean(words.zh?.trim() || words.en?.trim());
}
