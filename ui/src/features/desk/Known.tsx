import type { ReactNode } from "react";
import type { Assignment } from "../../api/types";
import { fullInstant, instant, percent } from "../../components/format";
import { maybe, useWords } from "../../i18n";
import { isLoud, outcomeWords } from "../contacts/shown";
import { usePurposes } from "../customers/usePurposes";

type Customer = NonNullable<Assignment["customer"]>;

const layers = ["identity", "value", "business", "preference"] as const;

/** The whole story of who calls, before the first word; what is not known takes no room. */
export function Known({ customer }: { customer: Customer }) {
  const { t } = useWords();
  const { purposeName } = usePurposes();
  const tags = layers.flatMap((layer) => customer.tags.filter((it) => it.layer === layer));
  const refused = customer.consents.filter((it) => !it.given);
  const given = customer.consents.filter((it) => it.given);
  return (
    <dl className="caller-known" data-testid="caller-known">
      {tags.length > 0 && (
        <Row of={t("desk.tags")}>
          <ul className="caller-tags">
            {tags.map((it) => (
              <li
                key={`${it.layer} ${it.tag}`}
                title={`${t(`record.layer_${it.layer}`)} · ${t("record.tagWhy", { origin: t(`record.o_${it.origin}`), at: instant(it.at), sure: percent(it.confidence) })}`}
              >
                {it.tag}
              </li>
            ))}
          </ul>
        </Row>
      )}
      {customer.notes.map((note) => (
        <Row key={note.at} of={t("desk.pinned")}>
          <span className="caller-pinned">{note.text}</span> <time className="faint">{instant(note.at)}</time>
        </Row>
      ))}
      {customer.consents.length > 0 && (
        <Row of={t("desk.consents")}>
          {[...refused, ...given].map((it) => (
            <span key={`${it.purpose} ${it.medium}`} className={it.given ? "quiet" : "over"}>
              {it.given ? "✓" : "✕"} {purposeName(it.purpose)} {maybe(`record.m_${it.medium}`, it.medium)}{" "}
            </span>
          ))}
        </Row>
      )}
      {customer.contacts.length > 0 && (
        <Row of={t("desk.lastContacts")}>
          <ol className="caller-contacts">
            {customer.contacts.map((it) => (
              <li key={it.id}>
                <time title={fullInstant(it.at)}>{instant(it.at)}</time> {it.direction === "out" ? "↗" : "↙"}{" "}
                <span className={isLoud(it.outcome) ? "over" : ""}>{outcomeWords(it.outcome)}</span>{" "}
                <span className="quiet">{[it.queue_name, it.agent_name, it.disposition_name].filter(Boolean).join(" · ")}</span>
              </li>
            ))}
          </ol>
        </Row>
      )}
      {customer.open > 0 && (
        <Row of={t("desk.openMatters")}>
          <strong>{t("desk.openCount", { count: customer.open })}</strong>
        </Row>
      )}
    </dl>
  );
}

function Row({ of, children }: { of: string; children: ReactNode }) {
  return (
    <div>
      <dt>{of}</dt>
      <dd>{children}</dd>
    </div>
  );
}
