import { Button, Input, InputNumber, Select } from "antd";
import { useKind, useNames, type Named } from "../../../components/useNames";
import { useWords } from "../../../i18n";
import type { Controlled } from "../inputs";
import { bounds, changed, freshRule, leadsOn, moved, tos, whens, type Overflow } from "./overflow";

const most = 16;

/** When a queue does not take a contact, or no longer, and where it goes then: the first rule that holds. */
export function OverflowInput({ value = [], onChange, disabled }: Controlled<Overflow[]>) {
  const { t } = useWords();
  return (
    <ol className="overflow" data-testid="overflow">
      {value.map((rule, i) => (
        <li key={i} data-testid={`overflow-${i}`}>
          <RuleInput
            rule={rule}
            disabled={disabled}
            change={(part) => onChange?.(value.map((each, other) => (other === i ? changed(each, part) : each)))}
          />
          {!disabled && (
            <span className="overflow-moves">
              <Button
                type="text"
                size="small"
                disabled={i === 0}
                onClick={() => onChange?.(moved(value, i, -1))}
                aria-label={t("routing.overflowUp")}
              >
                ↑
              </Button>
              <Button
                type="text"
                size="small"
                disabled={i === value.length - 1}
                onClick={() => onChange?.(moved(value, i, 1))}
                aria-label={t("routing.overflowDown")}
              >
                ↓
              </Button>
              <Button
                type="text"
                size="small"
                onClick={() => onChange?.(value.filter((_, other) => other !== i))}
                aria-label={t("routing.removeOverflow")}
              >
                ✕
              </Button>
            </span>
          )}
        </li>
      ))}
      {value.length < most && !disabled && (
        <Button onClick={() => onChange?.([...value, freshRule()])} data-testid="add-overflow">
          {t("routing.addOverflow")}
        </Button>
      )}
    </ol>
  );
}

function RuleInput(props: { rule: Overflow; disabled: boolean | undefined; change: (part: Partial<Overflow>) => void }) {
  const { rule, disabled, change } = props;
  const { t } = useWords();
  const limit = bounds(rule.when);
  return (
    <div className="overflow-rule">
      <Select
        value={rule.when}
        disabled={disabled}
        options={whens.map((when) => ({ value: when, label: t(`routing.o_${when}`) }))}
        onChange={(when: Overflow["when"]) => change({ when })}
        aria-label={t("routing.overflowWhen")}
        data-testid="overflow-when"
      />
      {limit ? (
        <InputNumber
          min={1}
          max={limit.most}
          precision={0}
          value={rule.limit}
          disabled={disabled}
          suffix={limit.unit ? t("common.seconds") : t("routing.waitingUnit")}
          onChange={(n) => change({ limit: n ?? 1 })}
          aria-label={t("routing.overflowLimit")}
          data-testid="overflow-limit"
        />
      ) : (
        <span />
      )}
      <Select
        value={rule.to}
        disabled={disabled}
        options={tos.map((to) => ({ value: to, label: `→ ${t(`routing.to_${to}`)}` }))}
        onChange={(to: Overflow["to"]) => change({ to })}
        aria-label={t("routing.overflowTo")}
        data-testid="overflow-to"
      />
      {leadsOn(rule.to) ? (
        <TargetInput rule={rule} disabled={disabled} choose={(target) => change({ target })} />
      ) : (
        <Input
          value={rule.target}
          disabled={disabled}
          maxLength={80}
          placeholder={t("routing.flowNode")}
          onChange={(event) => change({ target: event.target.value.trim() })}
          aria-label={t("routing.flowNode")}
        />
      )}
    </div>
  );
}

/** A queue; for another site one that stands for it. */
function TargetInput(props: { rule: Overflow; disabled: boolean | undefined; choose: (target: string) => void }) {
  const { rule, disabled, choose } = props;
  const { t } = useWords();
  const site = useNames("sites");
  const queues = useKind<Named & { site?: string }>("queues") ?? [];
  const options =
    rule.to === "site"
      ? queues.filter((each) => each.site).map((each) => ({ value: each.id, label: `${site(each.site ?? "")} · ${each.name}` }))
      : queues.map((each) => ({ value: each.id, label: each.name }));
  return (
    <Select
      value={rule.target || null}
      disabled={disabled}
      placeholder={t(rule.to === "site" && options.length === 0 ? "routing.noSiteQueue" : "routing.overflowTarget")}
      options={options}
      onChange={choose}
      showSearch={{ optionFilterProp: "label" }}
      aria-label={t("routing.overflowTarget")}
      data-testid="overflow-target"
    />
  );
}
