import { percent } from "../../components/format";
import { useNames } from "../../components/useNames";
import { listed, useWords } from "../../i18n";
import type { Field } from "./kinds";
import { operators, useAttribute, type Condition } from "./routing/conditions";
import { useOverflowWords, type Overflow } from "./routing/overflow";

/** A field's value in a table. */
export function Cell({ field, value }: { field: Field; value: unknown }) {
  const { t } = useWords();
  switch (field.type) {
    case "switch":
      return value ? t("common.yes") : <span className="faint">–</span>;
    case "percent":
      return percent(value as number);
    case "number":
      return (
        <>
          {String(value)}
          {field.unit === "s" && <span className="faint"> {t("common.seconds")}</span>}
        </>
      );
    case "one":
      return <Named kind={field.kind} ids={value ? [value as string] : []} />;
    case "many":
      return <Named kind={field.kind} ids={(value ?? []) as string[]} />;
    case "levels":
      return <Levels value={(value ?? {}) as Record<string, number>} />;
    case "choice": {
      const option = field.options.find((each) => each.value === value);
      return option?.words ? t(option.words) : (option?.label ?? (typeof value === "string" ? value : ""));
    }
    case "overflow":
      return <Overflows value={(value ?? []) as Overflow[]} />;
    case "conditions":
      return <Conditions value={(value ?? []) as Condition[]} />;
    case "list":
    case "choices":
      return <Short words={(value ?? []) as string[]} />;
    default:
      if (typeof value === "string" && value) return value;
      return <span className="faint">{field.ifNone ? t(field.ifNone) : "–"}</span>;
  }
}

function Named({ kind, ids }: { kind: string; ids: string[] }) {
  const name = useNames(kind);
  return <Short words={ids.map(name)} />;
}

function Levels({ value }: { value: Record<string, number> }) {
  const name = useNames("skills");
  return <Short words={Object.entries(value).map(([skill, level]) => `${name(skill)} ${level}`)} />;
}

function Conditions({ value }: { value: Condition[] }) {
  const { t } = useWords();
  const attribute = useAttribute();
  return <Short words={value.map((each) => `${attribute(each.attribute)} ${t(operators[each.operator])} ${each.value}`)} />;
}

function Overflows({ value }: { value: Overflow[] }) {
  const inWords = useOverflowWords();
  return <Short words={value.map(inWords)} />;
}

const most = 3;

function Short({ words }: { words: string[] }) {
  if (words.length === 0) return <span className="faint">–</span>;
  return (
    <span title={listed(words)}>
      {listed(words.slice(0, most))}
      {words.length > most && <span className="faint"> +{words.length - most}</span>}
    </span>
  );
}
