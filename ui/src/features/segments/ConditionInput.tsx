import { DatePicker, Input, InputNumber, Select } from "antd";
import dayjs from "dayjs";
import { useLabelled } from "../../components/useNames";
import { useWords } from "../../i18n";
import { TagInput } from "../customers/TagInput";
import { usePurposes } from "../customers/usePurposes";
import { ContactsInput } from "./ContactsInput";
import { useFields, type CustomField } from "./fields";
import type { Json } from "./rule";
import { layers } from "./shapes";

export interface Saying {
  said: Json;
  onChange: (said: Json) => void;
}

/** What stands in a condition, each subject in its own way. */
export function ConditionInput({ said, onChange }: Saying) {
  const { t } = useWords();
  const set = (more: Json) => onChange({ ...said, ...more });
  const one = (name: string, values: readonly string[], any = true) => (
    <Choice key={name} name={name} value={(said[name] as string | undefined) ?? ""} values={values} any={any} onChange={(value) => set({ [name]: value })} />
  );
  switch (said.of) {
    case "tag":
      return (
        <>
          <TagInput className="rule-text" label={t("segments.tag")} value={(said.tag as string | undefined) ?? ""} onChange={(tag) => set({ tag })} />
          {one("layer", layers)}
          {one("origin", ["hand", "import", "rule", "computed"])}
        </>
      );
    case "contacts":
      return <ContactsInput said={said} onChange={onChange} />;
    case "last_contact":
      return <WhenInput said={said} onChange={onChange} ever />;
    case "created":
    case "changed":
      return <WhenInput said={said} onChange={onChange} />;
    case "since":
    case "born":
      return <Days said={said} onChange={onChange} />;
    case "consent":
      return (
        <>
          <PurposeInput value={(said.purpose as string | undefined) ?? ""} onChange={(purpose) => set({ purpose })} />
          {one("medium", ["voice", "sms", "mail", "chat", "social", "post", "any"])}
          <Select
            size="small"
            aria-label={t("segments.given")}
            value={said.given !== false}
            onChange={(given) => set({ given })}
            options={[
              { value: true, label: t("segments.given_yes") },
              { value: false, label: t("segments.given_no") },
            ]}
            popupMatchSelectWidth={false}
          />
        </>
      );
    case "field":
      return <FieldInput said={said} onChange={onChange} />;
    case "kind":
      return (
        <Many value={said.is} words={t("segments.of_kind")} onChange={(is) => set({ is })} options={(["person", "organisation"] as const).map((value) => ({ value, label: t(`segments.kind_${value}`) }))} />
      );
    case "language":
      return <Many free value={said.is} words={t("segments.of_language")} onChange={(is) => set({ is })} options={["zh", "en"].map((value) => ({ value, label: value }))} />;
    case "identity":
      return (
        <>
          {one("kind", ["phone", "mail", "openid", "unionid", "cookie", "account", "member", "device"])}
          {one("level", ["claimed", "confirmed", "proven"], false)}
        </>
      );
    case "address":
      return <Text value={said.has} words={t("segments.has")} onChange={(has) => set({ has })} />;
    case "attribute":
      return <AttributeInput said={said} onChange={onChange} />;
    default:
      return null;
  }
}

function Choice({ name, value, values, any, onChange }: { name: string; value: string; values: readonly string[]; any: boolean; onChange: (value: string) => void }) {
  const { t } = useWords();
  const words = (each: string) => t(`segments.${name}_${each}` as "segments.layer_value");
  return (
    <Select
      size="small"
      aria-label={t(`segments.${name}` as "segments.layer")}
      value={value}
      onChange={onChange}
      options={[...(any ? [{ value: "", label: words("all") }] : []), ...values.map((each) => ({ value: each, label: words(each) }))]}
      popupMatchSelectWidth={false}
    />
  );
}

export function Many({ value, options, words, onChange, free = false }: { value: unknown; options: { value: string; label: string }[]; words: string; onChange: (value: string[]) => void; free?: boolean }) {
  return (
    <Select
      size="small"
      className="rule-many"
      mode={free ? "tags" : "multiple"}
      aria-label={words}
      placeholder={words}
      value={(value as string[] | undefined) ?? []}
      onChange={onChange}
      options={options}
      showSearch={{ optionFilterProp: "label" }}
      popupMatchSelectWidth={false}
    />
  );
}

function Text({ value, words, onChange, most = 60 }: { value: unknown; words: string; onChange: (value: string) => void; most?: number }) {
  return <Input size="small" className="rule-text" aria-label={words} placeholder={words} maxLength={most} value={(value as string | undefined) ?? ""} onChange={(event) => onChange(event.target.value)} />;
}

function PurposeInput({ value, onChange }: { value: string; onChange: (purpose: string) => void }) {
  const { t } = useWords();
  const { purposes, purposeName } = usePurposes();
  const known = new Set([...purposes.map((each) => each.id), value].filter(Boolean));
  return (
    <Select
      size="small"
      className="rule-text"
      aria-label={t("segments.purpose")}
      value={value || undefined}
      placeholder={t("segments.purpose")}
      onChange={onChange}
      options={[...known].map((each) => ({ value: each, label: purposeName(each) }))}
      popupMatchSelectWidth={false}
      data-testid="purpose"
    />
  );
}

export function Amount({ value, words, least, most, onChange, step = 1 }: { value: unknown; words: string; least?: number; most?: number; step?: number; onChange: (value: number | null) => void }) {
  return (
    <InputNumber
      size="small"
      className="rule-number"
      aria-label={words}
      placeholder={words}
      min={least}
      max={most}
      step={step}
      value={(value as number | undefined) ?? null}
      onChange={onChange}
    />
  );
}

function Amounts({ said, onChange }: Saying) {
  const { t } = useWords();
  return (
    <>
      <Amount value={said.least} words={t("segments.least")} onChange={(least) => onChange({ ...said, least })} />
      <span className="quiet">{t("segments.to")}</span>
      <Amount value={said.most} words={t("segments.most")} onChange={(most) => onChange({ ...said, most })} />
    </>
  );
}

function Days({ said, onChange }: Saying) {
  const { t } = useWords();
  const picker = (name: "from" | "to") => (
    <DatePicker
      size="small"
      aria-label={t(`segments.day_${name}`)}
      placeholder={t(`segments.day_${name}`)}
      value={said[name] ? dayjs(said[name] as string) : null}
      onChange={(day) => onChange({ ...said, [name]: day ? day.format("YYYY-MM-DD") : "" })}
    />
  );
  return (
    <>
      {picker("from")}
      <span className="quiet">{t("segments.to")}</span>
      {picker("to")}
    </>
  );
}

const ways = ["within_days", "before_days", "days"] as const;

function WhenInput({ said, onChange, ever = false }: Saying & { ever?: boolean }) {
  const { t } = useWords();
  const way = "within_days" in said ? "within_days" : "before_days" in said ? "before_days" : "from" in said || "to" in said || !ever ? "days" : "ever";
  const choose = (next: string) => {
    const blank = { of: said.of };
    if (next === "days") onChange({ ...blank, from: dayjs().subtract(30, "day").format("YYYY-MM-DD") });
    else onChange(next === "ever" ? blank : { ...blank, [next]: 30 });
  };
  return (
    <>
      <Select
        size="small"
        aria-label={t("segments.when")}
        value={way}
        onChange={choose}
        options={[...ways, ...(ever ? (["ever"] as const) : [])].map((value) => ({ value, label: t(`segments.when_${value}`) }))}
        popupMatchSelectWidth={false}
      />
      {(way === "within_days" || way === "before_days") && (
        <>
          <Amount value={said[way]} words={t("segments.days")} least={0} most={3650} onChange={(days) => onChange({ ...said, [way]: days })} />
          <span className="quiet">{t("segments.days")}</span>
        </>
      )}
      {way === "days" && <Days said={said} onChange={onChange} />}
    </>
  );
}

function FieldInput({ said, onChange }: Saying) {
  const { t, named } = useWords();
  const all = useFields();
  const field = all.find((each) => each.id === said.field);
  return (
    <>
      <Select
        size="small"
        aria-label={t("segments.of_field")}
        placeholder={t("segments.of_field")}
        value={(said.field as string) || undefined}
        onChange={(id) => onChange({ of: "field", field: id })}
        options={all.map((each) => ({ value: each.id, label: named(each.names) || each.id }))}
        notFoundContent={t("segments.noFields")}
        popupMatchSelectWidth={false}
      />
      {field && <OfField field={field} said={said} onChange={onChange} />}
    </>
  );
}

function OfField({ field, said, onChange }: Saying & { field: CustomField }) {
  const { t } = useWords();
  const set = (is: unknown) => onChange({ ...said, is });
  switch (field.type) {
    case "number":
    case "money":
      return <Amounts said={said} onChange={onChange} />;
    case "date":
      return <Days said={said} onChange={onChange} />;
    case "yes_no":
      return (
        <Select<string>
          size="small"
          aria-label={t("segments.value")}
          placeholder={t("segments.value")}
          value={Array.isArray(said.is) ? String(said.is[0]) : undefined}
          onChange={(value) => set([value === "true"])}
          options={[
            { value: "true", label: t("segments.yes") },
            { value: "false", label: t("segments.no") },
          ]}
          popupMatchSelectWidth={false}
        />
      );
    case "choice":
      return <Many value={said.is} words={t("segments.value")} onChange={set} options={field.choices.map((value) => ({ value, label: value }))} />;
    default:
      return <Many free value={said.is} words={t("segments.value")} onChange={set} options={[]} />;
  }
}

/** Of codes and numbers for rules of routing. */
function AttributeInput({ said, onChange }: Saying) {
  const { t } = useWords();
  const by = "is" in said ? "codes" : "least" in said || "most" in said ? "numbers" : "known";
  const name = { of: said.of, name: said.name };
  const choose = (next: string) => onChange(next === "codes" ? { ...name, is: [] } : next === "numbers" ? { ...name, least: 1 } : name);
  return (
    <>
      <Text value={said.name} words={t("segments.attribute")} most={40} onChange={(value) => onChange({ ...said, name: value })} />
      <Select
        size="small"
        aria-label={t("segments.by")}
        value={by}
        onChange={choose}
        options={(["known", "codes", "numbers"] as const).map((value) => ({ value, label: t(`segments.attribute_${value}`) }))}
        popupMatchSelectWidth={false}
      />
      {by === "codes" && <Many free value={said.is} words={t("segments.value")} onChange={(is) => onChange({ ...said, is })} options={[]} />}
      {by === "numbers" && <Amounts said={said} onChange={onChange} />}
    </>
  );
}

export function useOptions(kind: string): { value: string; label: string }[] {
  const { named } = useWords();
  return useLabelled(kind).map((each) => ({ value: each.id, label: named(each.names) || each.id }));
}
