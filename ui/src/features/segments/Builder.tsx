import { Button, Select } from "antd";
import { useWords } from "../../i18n";
import { ConditionInput } from "./ConditionInput";
import { changed, condition, depth, group, isGroup, problemOf, subjects, type Condition, type Group, type Part, type Subject } from "./rule";

const depth_most = 4;

interface Shared {
  paths: Map<number, string>;
  problems: Record<string, string>;
}

/** A rule put together without writing it: conditions, and groups of them. */
export function Builder({ tree, onChange, ...shared }: Shared & { tree: Group; onChange: (tree: Group) => void }) {
  return <GroupInput group={tree} level={1} {...shared} onChange={(next) => onChange(next ?? group("all", []))} />;
}

interface GroupProps extends Shared {
  group: Group;
  level: number;
  onChange: (next: Group | null) => void;
}

function GroupInput({ group: it, level, onChange, ...shared }: GroupProps) {
  const { t } = useWords();
  const put = (part: Part, to: Part | null) => onChange(changed(it, part.id, to));
  const add = (part: Part) => onChange({ ...it, parts: [...it.parts, part] });
  const problem = problemOf(it, shared.paths.get(it.id) ?? "", shared.problems);
  return (
    <fieldset className="rule-group" data-testid="rule-group">
      <legend className="rule-legend">
        {level > 1 && <Not not={it.not} onChange={(not) => onChange({ ...it, not })} />}
        <Select
          size="small"
          aria-label={t("segments.how")}
          value={it.how}
          onChange={(how) => onChange({ ...it, how })}
          options={(["all", "any"] as const).map((value) => ({ value, label: t(`segments.how_${value}`) }))}
          popupMatchSelectWidth={false}
        />
        {level > 1 && <Away onClick={() => onChange(null)} words={t("segments.removeGroup")} />}
      </legend>
      {it.parts.map((part) =>
        isGroup(part) ? (
          <GroupInput key={part.id} group={part} level={level + 1} {...shared} onChange={(next) => put(part, next)} />
        ) : (
          <Row key={part.id} condition={part} {...shared} onChange={(next) => put(part, next)} />
        ),
      )}
      {problem && (
        <p className="over rule-problem" role="alert">
          {problem}
        </p>
      )}
      <div className="rule-add">
        <Button size="small" onClick={() => add(condition("tag"))} data-testid="add-condition">
          {t("segments.addCondition")}
        </Button>
        {level + depth(it) - 1 < depth_most && level < depth_most && (
          <Button size="small" type="text" onClick={() => add(group(it.how === "all" ? "any" : "all", [condition("tag")]))} data-testid="add-group">
            {t("segments.addGroup")}
          </Button>
        )}
      </div>
    </fieldset>
  );
}

function Row({ condition: it, onChange, paths, problems }: Shared & { condition: Condition; onChange: (next: Condition | null) => void }) {
  const { t } = useWords();
  const problem = problemOf(it, paths.get(it.id) ?? "", problems);
  return (
    <div className="rule-row" data-testid="rule-row" data-of={it.said.of}>
      <div className="rule-parts">
        <Not not={it.not} onChange={(not) => onChange({ ...it, not })} />
        <Select<Subject>
          size="small"
          aria-label={t("segments.subject")}
          value={it.said.of}
          showSearch={{ optionFilterProp: "label" }}
          onChange={(of) => onChange(condition(of, it.not))}
          options={subjects.map((value) => ({ value, label: t(`segments.of_${value}`) }))}
          popupMatchSelectWidth={false}
        />
        <ConditionInput said={it.said} onChange={(said) => onChange({ ...it, said: { ...said, of: it.said.of } })} />
        <Away onClick={() => onChange(null)} words={t("segments.removeCondition")} />
      </div>
      {problem && (
        <p className="over rule-problem" role="alert">
          {problem}
        </p>
      )}
    </div>
  );
}

function Not({ not, onChange }: { not: boolean; onChange: (not: boolean) => void }) {
  const { t } = useWords();
  return (
    <Select
      size="small"
      aria-label={t("segments.whether")}
      value={not ? "not" : "is"}
      onChange={(value) => onChange(value === "not")}
      options={(["is", "not"] as const).map((value) => ({ value, label: t(`segments.whether_${value}`) }))}
      popupMatchSelectWidth={false}
    />
  );
}

function Away({ onClick, words }: { onClick: () => void; words: string }) {
  return (
    <Button size="small" type="text" className="rule-away" onClick={onClick} aria-label={words} title={words}>
      ✕
    </Button>
  );
}
