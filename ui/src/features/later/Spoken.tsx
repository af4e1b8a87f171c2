import { Button } from "antd";
import { useMay } from "../../app/session";
import { duration } from "../../components/format";
import { useWords } from "../../i18n";
import { codeWords } from "../../i18n/explain";
import type { Message } from "./shapes";

/** A message in the customer's own words: to be heard, being recorded, or why it cannot be heard. */
export function Spoken({ it, open, toggle }: { it: Message; open: boolean; toggle: () => void }) {
  const { t } = useWords();
  const may = useMay();
  const { recording } = it;
  if (!recording) return <span className="faint">{t("later.spokenGone")}</span>;
  switch (recording.state) {
    case "pending":
      return <span className="quiet">{t("later.spokenPending")}</span>;
    case "failed":
      return <span className="over">{t("later.spokenFailed", { why: codeWords(recording.error, recording.error) })}</span>;
    case "ready":
      return may("voicemail.play") || may("recordings.play") ? (
        <Button size="small" onClick={toggle} aria-expanded={open} data-testid="message-hear">
          {t(open ? "later.spokenClose" : "later.spokenHear")} {duration(recording.seconds)}
        </Button>
      ) : (
        <span className="quiet">
          {duration(recording.seconds)} · {t("contacts.mayNotPlay")}
        </span>
      );
  }
}
