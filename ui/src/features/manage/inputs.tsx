/** Form controls of the kinds of values that antd has none for. */

import { Button, Input, InputNumber, Select } from "antd";
import { useState } from "react";
import { useKind } from "../../components/useNames";
import { useWords } from "../../i18n";
import { days, understood, written, type Day, type Weekly } from "./weekly";

export interface Controlled<T> {
  id?: string;
  value?: T;
  onChange?: (value: T) => void;
  disabled?: boolean;
}

export function PickOne({ kind, required, ...control }: Controlled<string> & { kind: string; required: boolean }) {
  const { t, named } = useWords();
  const items = useKind(kind) ?? [];
  const options = items.map((item) => ({ value: item.id, label: named(item.names) || item.name }));
  return (
    <Select
      {...control}
      value={control.value ?? ""}
      options={required ? options : [{ value: "", label: t("common.none") }, ...options]}
      showSearch={{ optionFilterProp: "label" }}
    />
  );
}

export function PickMany({ kind, ...control }: Controlled<string[]> & { kind: string }) {
  const { named } = useWords();
  const items = useKind(kind) ?? [];
  return (
    <Select
      {...control}
      mode="multiple"
      options={items.map((item) => ({ value: item.id, label: named(item.names) || item.name }))}
      showSearch={{ optionFilterProp: "label" }}
      allowClear
    />
  );
}

/** Skills with a level of 1 to 5. */
export function LevelsInput({ value = {}, onChange, disabled }: Controlled<Record<string, number>>) {
  const { t } = useWords();
  const skills = useKind("skills") ?? [];
  const rest = skills.filter((skill) => !(skill.id in value));
  const without = (id: string) => Object.fromEntries(Object.entries(value).filter(([each]) => each !== id));
  return (
    <div className="levels">
      {Object.entries(value).map(([id, level]) => (
        <div key={id}>
          <span>{skills.find((skill) => skill.id === id)?.name ?? id}</span>
          <Select
            value={level}
            disabled={disabled}
            onChange={(next) => onChange?.({ ...value, [id]: next })}
            options={[1, 2, 3, 4, 5].map((each) => ({ value: each, label: t("manage.level", { level: each }) }))}
            aria-label={skills.find((skill) => skill.id === id)?.name ?? id}
            style={{ width: 100 }}
          />
          <Button type="text" disabled={disabled} onClick={() => onChange?.(without(id))} aria-label={t("common.remove")}>
            ✕
          </Button>
        </div>
      ))}
      {rest.length > 0 && !disabled && (
        <Select
          value={null}
          placeholder={t("manage.addSkill")}
          onChange={(id: string) => onChange?.({ ...value, [id]: 3 })}
          options={rest.map((skill) => ({ value: skill.id, label: skill.name }))}
          showSearch={{ optionFilterProp: "label" }}
          aria-label={t("manage.addSkill")}
          style={{ width: 200 }}
        />
      )}
    </div>
  );
}

export function WeeklyInput({ value = {}, onChange, disabled }: Controlled<Weekly>) {
  const { t } = useWords();
  // What is typed stays as typed until it can be read.
  const [typed, setTyped] = useState<Partial<Record<Day, string>>>({});
  return (
    <div className="weekly">
      {days.map((day) => {
        const text = typed[day] ?? written(value[day]);
        const spans = understood(text);
        return (
          <label key={day}>
            <span>{t(`manage.${day}`)}</span>
            <Input
              value={text}
              disabled={disabled}
              status={spans ? undefined : "error"}
              title={spans ? undefined : t("manage.badHours")}
              onChange={(event) => {
                setTyped({ ...typed, [day]: event.target.value });
                const next = understood(event.target.value);
                if (next) onChange?.({ ...value, [day]: next });
              }}
              onBlur={() => spans && setTyped({ ...typed, [day]: undefined })}
              data-testid={`weekly-${day}`}
            />
          </label>
        );
      })}
    </div>
  );
}

/** A list that is written one a line, in its order. */
export function LinesInput({ value = [], onChange, ...rest }: Controlled<string[]>) {
  return (
    <Input.TextArea
      {...rest}
      value={value.join("\n")}
      onChange={(event) => onChange?.(event.target.value.split("\n"))}
      autoSize={{ minRows: 4, maxRows: 12 }}
    />
  );
}

export function PercentInput({ value, onChange, ...rest }: Controlled<number>) {
  return (
    <InputNumber
      {...rest}
      value={value === undefined ? undefined : Math.round(value * 1000) / 10}
      onChange={(next) => onChange?.((next ?? 0) / 100)}
      min={0}
      max={100}
      suffix="%"
      style={{ width: 120 }}
    />
  );
}
