import { Button, Form, InputNumber, Select, Switch } from "antd";
import { useKind } from "../../../components/useNames";
import { useWords } from "../../../i18n";
import type { Controlled } from "../inputs";
import { freshStep, type Step } from "./course";
import { Course } from "./Course";

const most = 8;
const everywhere = "*";

/** Steps by waiting time; below them, what they come to. */
export function StepsInput({ value = [], onChange, disabled }: Controlled<Step[]>) {
  const { t } = useWords();
  const change = (at: number, part: Partial<Step>) =>
    onChange?.(value.map((step, i) => (i === at ? { ...step, ...part } : step)));
  const next = (value.at(-1)?.after_s ?? 0) + 30;
  return (
    <div className="steps">
      {value.map((step, i) => (
        <StepInput
          key={i}
          n={i}
          step={step}
          disabled={disabled}
          change={(part) => change(i, part)}
          remove={() => onChange?.(value.filter((_, other) => other !== i))}
        />
      ))}
      {value.length < most && !disabled && (
        <Button onClick={() => onChange?.([...value, freshStep(next)])} data-testid="add-step">
          {t("routing.addStep")}
        </Button>
      )}
      <Course />
    </div>
  );
}

function StepInput(props: {
  n: number;
  step: Step;
  disabled: boolean | undefined;
  change: (part: Partial<Step>) => void;
  remove: () => void;
}) {
  const { n, step, disabled, change, remove } = props;
  const { t } = useWords();
  const sites = useKind("sites") ?? [];
  return (
    <fieldset className="step" data-testid={`step-${n}`}>
      <label>
        <span>{t("routing.stepAfter")}</span>
        <InputNumber
          min={1}
          max={86400}
          value={step.after_s}
          disabled={disabled}
          suffix={t("common.seconds")}
          onChange={(after_s) => change({ after_s: after_s ?? 1 })}
          data-testid="step-after"
        />
        {!disabled && (
          <Button type="text" onClick={remove} aria-label={t("routing.removeStep")}>
            ✕
          </Button>
        )}
      </label>
      <Lower value={step.lower} disabled={disabled} change={(lower) => change({ lower })} />
      <label>
        <span>{t("routing.stepWorth")}</span>
        <InputNumber
          min={0}
          max={86400}
          value={step.priority_s}
          disabled={disabled}
          suffix={t("common.seconds")}
          onChange={(priority_s) => change({ priority_s: priority_s ?? 0 })}
          data-testid="step-worth"
        />
      </label>
      {sites.length > 1 && (
        <label>
          <span>{t("routing.stepSites")}</span>
          <Select
            mode="multiple"
            value={step.all_sites ? [everywhere] : step.sites}
            disabled={disabled}
            options={[
              { value: everywhere, label: t("routing.stepAll") },
              ...sites.map((site) => ({ value: site.id, label: site.name })),
            ]}
            onChange={(chosen: string[]) => {
              const all = chosen.at(-1) === everywhere;
              change({ all_sites: all, sites: all ? [] : chosen.filter((id) => id !== everywhere) });
            }}
          />
        </label>
      )}
      <label>
        <span>{t("routing.stepAnyone")}</span>
        <Switch size="small" checked={step.anyone} disabled={disabled} onChange={(anyone) => change({ anyone })} />
      </label>
    </fieldset>
  );
}

/** Of the skills that the queue needs, or rules bring. */
function Lower(props: {
  value: Record<string, number>;
  disabled: boolean | undefined;
  change: (value: Record<string, number>) => void;
}) {
  const { value, disabled, change } = props;
  const { t } = useWords();
  const form = Form.useFormInstance<Record<string, unknown>>();
  const required = (Form.useWatch("requires", form) ?? {}) as Record<string, number>;
  const skills = useKind("skills") ?? [];
  const first = (id: string) => (id in required ? 0 : 1);
  const rest = skills.filter((skill) => !(skill.id in value)).sort((a, b) => first(a.id) - first(b.id));
  const without = (id: string) => Object.fromEntries(Object.entries(value).filter(([each]) => each !== id));
  return (
    <>
      {Object.entries(value).map(([id, level]) => (
        <label key={id}>
          <span>{skills.find((skill) => skill.id === id)?.name ?? id}</span>
          <Select
            value={level}
            disabled={disabled}
            onChange={(enough: number) => change({ ...value, [id]: enough })}
            options={[4, 3, 2, 1, 0].map((each) => ({
              value: each,
              label: each ? t("routing.enough", { level: each }) : t("routing.dropped"),
            }))}
          />
          {!disabled && (
            <Button type="text" onClick={() => change(without(id))} aria-label={t("common.remove")}>
              ✕
            </Button>
          )}
        </label>
      ))}
      {rest.length > 0 && !disabled && (
        <label>
          <span>{t("routing.stepLower")}</span>
          <Select
            value={null}
            placeholder={t("manage.addSkill")}
            onChange={(id: string) => change({ ...value, [id]: Math.max(0, (required[id] ?? 1) - 1) })}
            options={rest.map((skill) => ({ value: skill.id, label: skill.name }))}
            showSearch={{ optionFilterProp: "label" }}
            data-testid="step-lower"
          />
        </label>
      )}
    </>
  );
}
