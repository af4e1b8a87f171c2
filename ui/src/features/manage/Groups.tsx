import { Button } from "antd";
import { useWords, type WordKey } from "../../i18n";
import type { Field } from "./kinds";

const few = 3;

/** The way to each part of a long form. */
export function Groups({ fields }: { fields: Field[] }) {
  const { t } = useWords();
  const groups = fields.flatMap((field) => field.group ?? []);
  if (groups.length < few) return null;
  const go = (group: WordKey) => {
    const heading = document.getElementById(`group-${group}`);
    heading?.scrollIntoView({ block: "start" });
    heading?.focus({ preventScroll: true });
  };
  return (
    <nav className="form-groups" aria-label={t("routing.jump")}>
      {groups.map((group) => (
        <Button key={group} type="link" size="small" onClick={() => go(group)} data-testid={`go-${group}`}>
          {t(group)}
        </Button>
      ))}
    </nav>
  );
}
