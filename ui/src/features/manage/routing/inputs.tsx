/** Form controls of routing: media, ranks, conditions, who may interrupt whom. */

import { Button, Checkbox, Form, Input, InputNumber, Select } from "antd";
import { useState } from "react";
import { useNames } from "../../../components/useNames";
import { useWords } from "../../../i18n";
import type { Controlled } from "../inputs";
import { known, operators, understood, useAttribute, type Condition } from "./conditions";
import { media } from "./course";

type ByMedium = Record<string, number>;

/** A number for each medium; what equals `usual` is not kept. */
export function ByMediumInput({ value = {}, onChange, disabled, least, most, usual }: Controlled<ByMedium> & Bounds) {
  const { t } = useWords();
  return (
    <div className="by-medium">
      {media.map((medium) => (
        <label key={medium}>
          <span>{t(`routing.${medium}`)}</span>
          <InputNumber
            min={least}
            max={most}
            precision={0}
            value={value[medium] ?? usual}
            disabled={disabled}
            data-testid={`medium-${medium}`}
            onChange={(n) => {
              const rest = Object.entries(value).filter(([each]) => each !== medium);
              onChange?.(Object.fromEntries(n === null || n === usual ? rest : [...rest, [medium, n]]));
            }}
          />
        </label>
      ))}
    </div>
  );
}

interface Bounds {
  least: number;
  most: number;
  usual: number;
}

/** 1 to 9 for each queue that the form has chosen. */
export function RanksInput({ value = {}, onChange, disabled }: Controlled<Record<string, number>>) {
  const { t } = useWords();
  const name = useNames("queues");
  const form = Form.useFormInstance<Record<string, unknown>>();
  const queues = (Form.useWatch("queues", form) ?? []) as string[];
  if (queues.length === 0) return <span className="faint">{t("routing.ranksNone")}</span>;
  return (
    <div className="by-medium">
      {queues.map((queue) => (
        <label key={queue}>
          <span>{name(queue)}</span>
          <InputNumber
            min={1}
            max={9}
            precision={0}
            value={value[queue] ?? 1}
            disabled={disabled}
            onChange={(rank) => {
              const kept = Object.entries(value).filter(([each]) => each !== queue && queues.includes(each));
              onChange?.(Object.fromEntries(rank === null || rank === 1 ? kept : [...kept, [queue, rank]]));
            }}
          />
        </label>
      ))}
    </div>
  );
}

/** Row interrupts column. */
export function MatrixInput({ value = {}, onChange, disabled }: Controlled<Record<string, string[]>>) {
  const { t } = useWords();
  const set = (by: string, other: string, on: boolean) => {
    const others = (value[by] ?? []).filter((each) => each !== other);
    const next = on ? [...others, other] : others;
    const rest = Object.entries(value).filter(([each]) => each !== by);
    onChange?.(Object.fromEntries(next.length > 0 ? [...rest, [by, next]] : rest));
  };
  return (
    <table className="matrix" data-testid="matrix">
      <thead>
        <tr>
          <th>{t("routing.interruptsHead")}</th>
          {media.map((other) => (
            <th key={other} scope="col">
              {t(`routing.${other}`)}
            </th>
          ))}
        </tr>
      </thead>
      <tbody>
        {media.map((by) => (
          <tr key={by}>
            <th scope="row">{t(`routing.${by}`)}</th>
            {media.map((other) => (
              <td key={other}>
                {by === other ? (
                  <span className="faint">–</span>
                ) : (
                  <Checkbox
                    checked={value[by]?.includes(other) ?? false}
                    disabled={disabled || (value[other]?.includes(by) ?? false)}
                    onChange={(event) => set(by, other, event.target.checked)}
                    aria-label={`${t(`routing.${by}`)} ${t("routing.interruptsHead")} ${t(`routing.${other}`)}`}
                    data-testid={`interrupts-${by}-${other}`}
                  />
                )}
              </td>
            ))}
          </tr>
        ))}
      </tbody>
    </table>
  );
}

/** One of those known, or the code of any other that stands with customers. */
function AttributeInput({ value, onChange, disabled }: Controlled<string>) {
  const { t } = useWords();
  const name = useAttribute();
  const [typed, setTyped] = useState("");
  const own = [value, typed].filter((id): id is string => id !== undefined && /^[a-z][a-z0-9_]{0,39}$/.test(id));
  return (
    <Select
      value={value}
      disabled={disabled}
      onChange={onChange}
      showSearch={{ onSearch: setTyped, filterOption: (text, option) => `${option?.value} ${option?.label}`.includes(text) }}
      options={[...new Set([...known, ...own])].map((id) => ({ value: id, label: name(id) }))}
      aria-label={t("routing.attribute")}
      style={{ width: 190 }}
    />
  );
}

export function ConditionsInput({ value = [], onChange, disabled }: Controlled<Condition[]>) {
  const { t } = useWords();
  const change = (at: number, part: Partial<Condition>) =>
    onChange?.(value.map((each, i) => (i === at ? { ...each, ...part } : each)));
  return (
    <div className="conditions">
      {value.map((condition, i) => (
        <div key={i} data-testid={`condition-${i}`}>
          <AttributeInput
            value={condition.attribute}
            disabled={disabled}
            onChange={(attribute) => change(i, { attribute })}
          />
          <Select
            value={condition.operator}
            disabled={disabled}
            onChange={(operator: Condition["operator"]) => change(i, { operator })}
            options={Object.entries(operators).map(([operator, words]) => ({ value: operator, label: t(words) }))}
            aria-label={t("routing.operator")}
            style={{ width: 90 }}
          />
          <Input
            value={String(condition.value)}
            disabled={disabled}
            maxLength={64}
            onChange={(event) => change(i, { value: understood(event.target.value) })}
            aria-label={t("routing.value")}
            data-testid="condition-value"
          />
          {!disabled && (
            <Button
              type="text"
              onClick={() => onChange?.(value.filter((_, other) => other !== i))}
              aria-label={t("routing.removeCondition")}
            >
              ✕
            </Button>
          )}
        </div>
      ))}
      {value.length < 8 && !disabled && (
        <Button
          onClick={() => onChange?.([...value, { attribute: "vip", operator: "=", value: "yes" }])}
          data-testid="add-condition"
        >
          {t("routing.addCondition")}
        </Button>
      )}
    </div>
  );
}
