import { PlusOutlined } from "@ant-design/icons";
import { Button, Checkbox, DatePicker, Drawer, Input, InputNumber, Select, Switch } from "antd";
import dayjs from "dayjs";
import { useState, type ReactNode } from "react";
import { api } from "../../../api/client";
import { useLeave } from "../../../components/useLeave";
import { useTell } from "../../../components/useTell";
import { useWords } from "../../../i18n";
import { fieldProblems } from "../../../i18n/explain";
import { attributesOf, attributesText } from "./attributes";
import { useFields } from "./parts/Facts";
import { identityKinds, type Customer, type CustomField, type Identity, type Level, type Scalar } from "./shapes";

const languages = ["", "zh-CN", "en", "zh-HK", "ja", "ko", "fr", "de", "es", "ru", "ar"];
type Told = Pick<Identity, "kind" | "value" | "level">;

interface Body extends Pick<Customer, "name" | "kind" | "language" | "born" | "since" | "note"> {
  addresses: string;
  attributes: string;
  /** Those that were changed. */
  fields: Record<string, Scalar>;
  identities: Told[];
  shared: boolean;
}

/** What the record says, changed as a whole: what somebody else changed meanwhile is not written over. */
export function Edit({ customer, path, close, done }: { customer: Customer; path: string; close: () => void; done: () => void }) {
  const { t, named } = useWords();
  const tell = useTell();
  const leave = useLeave();
  const custom = useFields().filter((it) => !it.retired);
  const [body, setBody] = useState<Body>({
    name: customer.name,
    kind: customer.kind,
    language: customer.language,
    born: customer.born,
    since: customer.since,
    note: customer.note,
    addresses: customer.addresses.map((it) => it.text).join("\n"),
    attributes: attributesText(customer.attributes),
    fields: {},
    identities: customer.identities.map(({ kind, value, level }) => ({ kind, value, level })),
    shared: false,
  });
  const [changed, setChanged] = useState(false);
  const [problems, setProblems] = useState<Record<string, string>>({});
  const [busy, setBusy] = useState(false);
  const set = (next: Partial<typeof body>) => {
    setBody({ ...body, ...next });
    setChanged(true);
  };
  const save = async () => {
    const attributes = attributesOf(body.attributes);
    if (attributes === null) {
      setProblems({ attributes: t("record.attributeBad") });
      return;
    }
    setBusy(true);
    const addresses = body.addresses.split("\n").map((line) => line.trim()).filter(Boolean);
    const identities = body.identities.filter((it) => it.value.trim());
    try {
      await api.put(path, { ...body, attributes, addresses, identities, version: customer.version });
      tell.done(t("common.saved"));
      done();
    } catch (error) {
      const found = fieldProblems(error);
      setProblems(found);
      if (Object.keys(found).length === 0) tell.failed(error);
      setBusy(false);
    }
  };
  const problem = (name: string) => problems[name] && <span className="over">{problems[name]}</span>;
  const labelled = (words: string, name: string, input: ReactNode) => (
    <label>
      {words}
      {input}
      {problem(name)}
    </label>
  );
  const day = (value: string, change: (day: string) => void) => (
    <DatePicker value={value ? dayjs(value) : null} onChange={(it) => change(it ? it.format("YYYY-MM-DD") : "")} />
  );
  return (
    <Drawer
      open
      size={520}
      title={t("record.editTitle", { name: customer.name || t("record.unnamed") })}
      onClose={() => leave(changed, close)}
      footer={
        <>
          <Button type="primary" loading={busy} disabled={!changed} onClick={() => void save()} data-testid="record-save">
            {t("common.save")}
          </Button>{" "}
          <Button onClick={() => leave(changed, close)}>{t("common.cancel")}</Button>
        </>
      }
    >
      <div className="record-form record-edit" data-testid="record-edit">
        {labelled(t("common.name"), "name", <Input value={body.name} onChange={(event) => set({ name: event.target.value })} maxLength={500} data-testid="record-name" />)}
        {labelled(
          t("record.kind"),
          "kind",
          <Select value={body.kind} onChange={(kind) => set({ kind })} options={(["person", "organisation"] as const).map((value) => ({ value, label: t(`record.${value}`) }))} />,
        )}
        <fieldset>
          <legend>{t("record.identities")}</legend>
          {body.identities.map((it, n) => (
            <Known key={n} it={it} problem={problems[`identities.${n}`]} change={(next) => set({ identities: body.identities.map((other, m) => (m === n ? next : other)) })} />
          ))}
          <Button size="small" icon={<PlusOutlined />} onClick={() => set({ identities: [...body.identities, { kind: "phone", value: "", level: "claimed" }] })}>
            {t("record.addIdentity")}
          </Button>
          <Checkbox checked={body.shared} onChange={(event) => set({ shared: event.target.checked })}>
            {t("record.shared")}
          </Checkbox>
        </fieldset>
        {labelled(t("record.language"), "language", <Select value={body.language} onChange={(language) => set({ language })} options={[...new Set([...languages, customer.language])].map((value) => ({ value, label: value || "–" }))} />)}
        {labelled(t("record.bornField"), "born", day(body.born, (born) => set({ born })))}
        {labelled(t("record.sinceField"), "since", day(body.since, (since) => set({ since })))}
        {labelled(t("record.detail"), "note", <Input.TextArea value={body.note} onChange={(event) => set({ note: event.target.value })} maxLength={4000} autoSize={{ minRows: 2, maxRows: 8 }} />)}
        {labelled(
          `${t("record.addresses")} (${t("record.addressesHint")})`,
          "addresses",
          <Input.TextArea value={body.addresses} onChange={(event) => set({ addresses: event.target.value })} autoSize={{ minRows: 1, maxRows: 8 }} />,
        )}
        {custom.map((field) => (
          <label key={field.id}>
            {named(field.names) || field.id}
            <Field field={field} value={body.fields[field.id] ?? customer.fields[field.id] ?? null} change={(value) => set({ fields: { ...body.fields, [field.id]: value } })} />
            {problem(`fields.${field.id}`)}
          </label>
        ))}
        {labelled(
          `${t("record.attributes")} (${t("record.attributesHint")})`,
          "attributes",
          <Input.TextArea value={body.attributes} onChange={(event) => set({ attributes: event.target.value })} placeholder="vip=yes" autoSize={{ minRows: 1, maxRows: 8 }} />,
        )}
      </div>
    </Drawer>
  );
}

function Known({ it, problem, change }: { it: Told; problem?: string; change: (next: Told) => void }) {
  const { t } = useWords();
  return (
    <div>
      <div className="record-row">
        <Select size="small" value={it.kind} onChange={(kind) => change({ ...it, kind })} options={identityKinds.map((value) => ({ value, label: t(`record.k_${value}`) }))} style={{ width: 92 }} aria-label={t("record.identities")} />
        <Input size="small" value={it.value} onChange={(event) => change({ ...it, value: event.target.value })} maxLength={254} status={problem ? "error" : undefined} aria-label={t("record.value")} allowClear />
        <Select size="small" value={it.level} onChange={(level: Level) => change({ ...it, level })} options={(["claimed", "confirmed", "proven"] as const).map((value) => ({ value, label: t(`record.level_${value}`) }))} style={{ width: 110 }} aria-label={t("record.level_confirmed")} />
      </div>
      {problem && <span className="over">{problem}</span>}
    </div>
  );
}

function Field({ field, value, change }: { field: CustomField; value: Scalar; change: (value: Scalar) => void }) {
  switch (field.type) {
    case "yes_no":
      return <Switch size="small" checked={value === true} onChange={change} />;
    case "choice":
      return <Select allowClear value={typeof value === "string" ? value : undefined} onChange={(next: string | undefined) => change(next ?? null)} options={field.choices.map((it) => ({ value: it, label: it }))} />;
    case "number":
    case "money":
      return <InputNumber value={typeof value === "number" ? value : null} onChange={(next) => change(next)} style={{ width: "100%" }} precision={field.type === "money" ? 2 : undefined} />;
    case "date":
      return <DatePicker value={typeof value === "string" && value ? dayjs(value) : null} onChange={(it) => change(it ? it.format("YYYY-MM-DD") : null)} />;
    default:
      return <Input value={typeof value === "string" ? value : ""} onChange={(event) => change(event.target.value || null)} maxLength={500} />;
  }
}
