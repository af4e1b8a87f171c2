import { useQuery } from "@tanstack/react-query";
import { AutoComplete, Button, Input, InputNumber, Select } from "antd";
import { useState } from "react";
import { api } from "../../../api/client";
import type { Names, Page } from "../../../api/types";
import { useClearable } from "../../../components/useClearable";
import { useWords } from "../../../i18n";
import { layers, media, type Field } from "../shapes";
import { usePurposes } from "../usePurposes";
import { languageName, useFields } from "./columns";
import { isFiltered, nothing, type Filter } from "./filter";

const languages = ["zh", "en", "yue", "ja", "ko"];
const days = ["1", "7", "30", "90", "365"];

export function FilterBar({ filter, change }: { filter: Filter; change: (next: Partial<Filter>) => void }) {
  const { t, named } = useWords();
  const { purposes, purposeName } = usePurposes();
  const fields = useFields().filter((field) => field.searchable);
  const any = (label: string) => ({ value: "", label: <span className="quiet">{label}</span> });
  const field = fields.find((each) => each.id === filter.field);
  const within = (name: "changed_days" | "contacted_days") => (
    <Select
      value={filter[name]}
      onChange={(value) => change({ [name]: value })}
      style={{ width: 138 }}
      aria-label={t(`customers.${name}`)}
      options={[any(t(`customers.${name}`)), ...days.map((value) => ({ value, label: t(`customers.${name}N`, { count: Number(value) }) }))]}
    />
  );
  return (
    <div className="filters" data-testid="customer-filters">
      <Select
        value={filter.kind}
        onChange={(kind) => change({ kind })}
        style={{ width: 112 }}
        aria-label={t("customers.kind")}
        options={[any(t("customers.kind")), ...["person", "organisation"].map((value) => ({ value, label: t(`customers.k_${value}` as "customers.k_person") }))]}
      />
      <Select
        value={filter.language}
        onChange={(language) => change({ language })}
        style={{ width: 112 }}
        aria-label={t("customers.language")}
        options={[any(t("customers.language")), ...languages.map((value) => ({ value, label: languageName(value) }))]}
      />
      <Tags filter={filter} change={change} />
      {fields.length > 0 && (
        <Select
          value={filter.field}
          onChange={(id) => change({ field: id, value: "", least: "", most: "" })}
          style={{ width: 120 }}
          aria-label={t("customers.ownField")}
          showSearch={{ optionFilterProp: "label" }}
          options={[any(t("customers.ownField")), ...fields.map((each) => ({ value: each.id, label: named(each.names) || each.id }))]}
        />
      )}
      {field && <FieldValue key={field.id} field={field} filter={filter} change={change} />}
      <Select
        value={filter.purpose && `${filter.purpose} ${filter.given}`}
        onChange={(value) => {
          const [purpose = "", given = ""] = value.split(" ");
          change({ purpose, given, consent_medium: purpose ? filter.consent_medium : "" });
        }}
        style={{ width: 140 }}
        aria-label={t("customers.consent")}
        options={[
          any(t("customers.consent")),
          ...[...new Set([...purposes.map((each) => each.id), filter.purpose].filter(Boolean))].flatMap((purpose) =>
            ["true", "false"].map((given) => ({
              value: `${purpose} ${given}`,
              label: `${purposeName(purpose)} · ${t(given === "true" ? "customers.given" : "customers.refused")}`,
            })),
          ),
        ]}
      />
      {filter.purpose && (
        <Select
          value={filter.consent_medium}
          onChange={(consent_medium) => change({ consent_medium })}
          style={{ width: 100 }}
          aria-label={t("customers.medium")}
          options={[any(t("customers.medium")), ...media.map((value) => ({ value, label: t(`customers.m_${value}`) }))]}
        />
      )}
      <Segments filter={filter} change={change} />
      {within("changed_days")}
      {within("contacted_days")}
      {isFiltered(filter) && (
        <Button type="text" onClick={() => change(nothing)} data-testid="clear-filters">
          {t("customers.clear")}
        </Button>
      )}
    </div>
  );
}

function Segments({ filter, change }: { filter: Filter; change: (next: Partial<Filter>) => void }) {
  const { t, named } = useWords();
  const { data } = useQuery({
    queryKey: ["customer-segments"],
    queryFn: () => api.get<Page<{ id: string; names: Partial<Names> }>>("/customer-segments"),
    staleTime: 60_000,
  });
  const segments = data?.items ?? [];
  if (segments.length === 0 && !filter.segment) return null;
  return (
    <Select
      value={filter.segment}
      onChange={(segment) => change({ segment })}
      style={{ width: 140 }}
      aria-label={t("customers.segment")}
      showSearch={{ optionFilterProp: "label" }}
      options={[
        { value: "", label: <span className="quiet">{t("customers.segment")}</span> },
        ...segments.map((each) => ({ value: each.id, label: named(each.names) || each.id })),
      ]}
    />
  );
}

function Tags({ filter, change }: { filter: Filter; change: (next: Partial<Filter>) => void }) {
  const { t } = useWords();
  const clearable = useClearable();
  const [text, setText] = useState(filter.tag);
  const { data } = useQuery({
    queryKey: ["customer-tags", text],
    queryFn: ({ signal }) => api.get<Page<{ tag: string }>>("/customer-tags", { q: text.slice(0, 60) }, signal),
    staleTime: 30_000,
  });
  return (
    <>
      <Select
        value={filter.layer}
        onChange={(layer) => change({ layer })}
        style={{ width: 124 }}
        aria-label={t("customers.layer")}
        options={[{ value: "", label: <span className="quiet">{t("customers.layer")}</span> }, ...layers.map((value) => ({ value, label: t(`customers.l_${value}`) }))]}
      />
      <AutoComplete
        key={filter.tag}
        defaultValue={filter.tag}
        showSearch={{ onSearch: setText }}
        onSelect={(tag: string) => change({ tag })}
        onClear={() => change({ tag: "" })}
        onKeyDown={(event) => {
          if (event.key === "Enter") change({ tag: event.target instanceof HTMLInputElement ? event.target.value.trim() : "" });
        }}
        allowClear={clearable}
        placeholder={t("customers.tag")}
        aria-label={t("customers.tag")}
        style={{ width: 130 }}
        options={(data?.items ?? []).map((each) => ({ value: each.tag }))}
        data-testid="filter-tag"
      />
    </>
  );
}

function FieldValue({ field, filter, change }: { field: Field; filter: Filter; change: (next: Partial<Filter>) => void }) {
  const { t } = useWords();
  const clearable = useClearable();
  if (field.type === "choice" || field.type === "yes_no") {
    const options =
      field.type === "choice"
        ? field.choices.map((value) => ({ value, label: value }))
        : (["true", "false"] as const).map((value) => ({ value, label: t(value === "true" ? "common.yes" : "common.no") }));
    return (
      <Select
        value={filter.value}
        onChange={(value) => change({ value })}
        style={{ width: 120 }}
        aria-label={t("customers.value")}
        options={[{ value: "", label: <span className="quiet">{t("customers.value")}</span> }, ...options]}
      />
    );
  }
  if (field.type === "number" || field.type === "money") {
    const bound = (name: "least" | "most") => (
      <InputNumber
        defaultValue={filter[name] === "" ? undefined : Number(filter[name])}
        placeholder={t(`customers.${name}`)}
        aria-label={t(`customers.${name}`)}
        onBlur={(event) => change({ [name]: event.target.value.replaceAll(",", "") })}
        onPressEnter={(event) => change({ [name]: event.currentTarget.value.replaceAll(",", "") })}
        style={{ width: 90 }}
      />
    );
    return (
      <>
        {bound("least")}
        {bound("most")}
      </>
    );
  }
  return (
    <Input.Search
      defaultValue={filter.value}
      placeholder={field.type === "date" ? "2026-05-01" : t("customers.value")}
      onSearch={(value) => change({ value: value.trim() })}
      allowClear={clearable}
      maxLength={500}
      style={{ width: 140 }}
    />
  );
}
