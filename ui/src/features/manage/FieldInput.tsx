import { Form, Input, InputNumber, Select, Switch } from "antd";
import type { Rule } from "antd/es/form";
import type { ReactNode } from "react";
import { useWords, type Translate } from "../../i18n";
import { HeadersInput } from "../services/HeadersInput";
import { wrong, type Headers } from "../services/headers";
import { LevelsInput, LinesInput, PercentInput, PickMany, PickOne, WeeklyInput } from "./inputs";
import type { Field } from "./kinds";
import { ByMediumInput, ConditionsInput, MatrixInput, RanksInput } from "./routing/inputs";
import { OverflowInput } from "./routing/OverflowInput";
import { StepsInput } from "./routing/StepsInput";

/** One field of a form, by its description. */
export function FieldInput({ field, item }: { field: Field; item: Record<string, unknown> }) {
  const { t } = useWords();
  const name = Array.isArray(field.name) ? field.name.join(".") : field.name;
  const input = (
    <Form.Item
      name={field.name}
      label={t(field.words)}
      extra={field.note && t(field.note)}
      rules={rules(field, t)}
      valuePropName={field.type === "switch" ? "checked" : "value"}
      data-testid={`field-${name}`}
      layout={field.type === "switch" ? "horizontal" : "vertical"}
    >
      {control(field, item, t)}
    </Form.Item>
  );
  if (!field.group) return input;
  return (
    <>
      <h3 className="form-group" id={`group-${field.group}`} tabIndex={-1}>
        {t(field.group)}
      </h3>
      {input}
    </>
  );
}

function rules(field: Field, t: Translate): Rule[] {
  if (field.type === "headers") return [{ validator: (_, value: Headers) => sound(value, t) }];
  return field.required ? [{ required: true, whitespace: field.type === "text" }] : [];
}

function sound(headers: Headers, t: Translate): Promise<void> {
  const problem = wrong(headers);
  return problem ? Promise.reject(new Error(t(`services.header_${problem}`))) : Promise.resolve();
}

function control(field: Field, item: Record<string, unknown>, t: Translate): ReactNode {
  const off = field.fixed ? { disabled: true } : {};
  switch (field.type) {
    case "text":
      return <Input maxLength={field.max ?? 80} autoFocus={field.focused ?? false} />;
    case "number":
      return (
        <InputNumber
          min={field.least}
          max={field.most}
          suffix={field.unit === "s" ? t("common.seconds") : undefined}
          style={{ width: 150 }}
        />
      );
    case "percent":
      return <PercentInput />;
    case "switch":
      return <Switch size="small" {...off} />;
    case "choice":
      return <Select options={field.options.map(({ value, words, label }) => ({ value, label: words ? t(words) : label }))} {...off} />;
    case "choices":
      return <Select mode="multiple" options={field.options.map(({ value, words, label }) => ({ value, label: words ? t(words) : label }))} />;
    case "one":
      return <PickOne kind={field.kind} required={field.required ?? false} />;
    case "many":
      return <PickMany kind={field.kind} />;
    case "levels":
      return <LevelsInput />;
    case "steps":
      return <StepsInput />;
    case "overflow":
      return <OverflowInput />;
    case "conditions":
      return <ConditionsInput />;
    case "ranks":
      return <RanksInput />;
    case "matrix":
      return <MatrixInput />;
    case "byMedium":
      return <ByMediumInput least={field.least} most={field.most} usual={field.usual} />;
    case "list":
      return <Select mode="tags" open={false} suffix={null} tokenSeparators={[",", " ", "，", "、"]} />;
    case "lines":
      return <LinesInput />;
    case "weekly":
      return <WeeklyInput />;
    case "headers":
      return <HeadersInput />;
    case "secret":
      return (
        <Input.Password
          autoComplete="new-password"
          maxLength={field.max ?? 200}
          placeholder={item.has_secret ? t("manage.secretKept") : ""}
        />
      );
  }
}
