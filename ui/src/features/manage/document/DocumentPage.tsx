import { useQueryClient } from "@tanstack/react-query";
import { Button, Popconfirm } from "antd";
import { useRef, useState } from "react";
import { base } from "../../../api/client";
import { Failure } from "../../../components/Failure";
import { useTell } from "../../../components/useTell";
import { useWords } from "../../../i18n";
import { Changes } from "./Changes";
import { bring, documentPath, read, type Answer } from "./document";
import "./document.css";
import { Problems } from "./Problems";

interface Looked {
  name: string;
  text: string;
  answer: Answer;
  /** It has been brought in; `answer` is what that changed. */
  done: boolean;
}

/** Out as a file; in from one, which is checked first, and whose changes are seen before they are made. */
export function DocumentPage() {
  const { t } = useWords();
  const tell = useTell();
  const client = useQueryClient();
  const input = useRef<HTMLInputElement>(null);
  const [busy, setBusy] = useState("");
  const [failure, setFailure] = useState<unknown>(null);
  const [looked, setLooked] = useState<Looked | null>(null);

  const check = async (file: File) => {
    setBusy(file.name);
    setFailure(null);
    setLooked(null);
    try {
      const text = await read(file);
      setLooked({ name: file.name, text, answer: await bring(text, true), done: false });
    } catch (error) {
      setFailure(error);
    } finally {
      setBusy("");
    }
  };
  const bringIn = async ({ name, text }: Looked) => {
    setBusy(name);
    try {
      const answer = await bring(text, false);
      setLooked({ name, text, answer, done: answer.brought !== null });
      await client.invalidateQueries();
    } catch (error) {
      tell.failed(error);
    } finally {
      setBusy("");
    }
  };

  return (
    <div className="page document" data-testid="page-document">
      <div className="page-head">
        <h1>{t("document.title")}</h1>
        <Button href={`${base}${documentPath}`} download="configuration.yaml" data-testid="document-export">
          {t("document.export")}
        </Button>
        <Button type={looked ? "default" : "primary"} onClick={() => input.current?.click()} loading={busy !== ""}>
          {t(looked ? "document.chooseAnother" : "document.choose")}
        </Button>
        <input
          ref={input}
          type="file"
          accept=".yaml,.yml,.txt"
          hidden
          onChange={(event) => {
            const file = event.target.files?.[0];
            // The same file may be chosen again once it is mended.
            event.target.value = "";
            if (file) void check(file);
          }}
          data-testid="document-file"
        />
      </div>
      {!looked && (
        <p className="quiet document-what">
          {t("document.what")} {t("document.hint")}
        </p>
      )}
      {busy && !looked && <p role="status">{t("document.checking", { name: busy })}</p>}
      {failure !== null && <Failure error={failure} />}
      {looked && <Shown looked={looked} busy={busy !== ""} bringIn={() => void bringIn(looked)} />}
    </div>
  );
}

function Shown({ looked, busy, bringIn }: { looked: Looked; busy: boolean; bringIn: () => void }) {
  const { t } = useWords();
  const { name, answer, done } = looked;
  if (answer.problems) return <Problems name={name} problems={answer.problems} count={answer.count} />;
  const count = answer.brought.changes.length;
  return (
    <section data-testid="document-told" data-done={done}>
      <div className="page-head">
        <h2 className="document-head" role="status">
          {done ? t("document.done", { name, count }) : count ? t("document.changes", { name, count }) : t("document.nothing", { name })}
        </h2>
        {count > 0 && !done && (
          <Popconfirm title={t("document.importAsk")} okText={t("document.import")} onConfirm={bringIn}>
            <Button type="primary" loading={busy} data-testid="document-import">
              {t("document.import")}
            </Button>
          </Popconfirm>
        )}
      </div>
      <Changes brought={answer.brought} />
    </section>
  );
}
