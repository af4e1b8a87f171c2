import { useQueryClient } from "@tanstack/react-query";
import { Button, Input } from "antd";
import { useEffect, useMemo, useRef, useState } from "react";
import { api, ApiError, pathId } from "../../api/client";
import { useMay } from "../../app/session";
import { useTell } from "../../components/useTell";
import { useWords } from "../../i18n";
import { codeWords } from "../../i18n/explain";
import { CodeText, type CodeHandle } from "./CodeText";
import type { Item } from "./kinds";

export interface Flow extends Item {
  text: string;
  published_version: number;
  problems?: Problem[];
}

interface Problem {
  line: number;
  column: number;
  code: string;
  message: string;
}

const pause_ms = 600;

/** A flow as text: checked while one writes, stored as a draft, published when it has no problems. */
export function FlowEditor(props: {
  flow: Flow | null;
  starting: string;
  made: (id: string) => void;
  /** Told whether there is something unsaved. */
  changes: (changed: boolean) => void;
}) {
  const { flow, starting, made, changes } = props;
  const { t } = useWords();
  const tell = useTell();
  const may = useMay();
  const client = useQueryClient();
  const code = useRef<CodeHandle>(null);
  const [name, setName] = useState(flow?.name ?? "");
  const [text, setText] = useState(flow?.text ?? starting);
  const [problems, setProblems] = useState<Problem[] | null>(null);
  const [warnings, setWarnings] = useState<Problem[]>([]);
  const [busy, setBusy] = useState("");
  const mayEdit = may("configuration.edit");
  const changed = name !== (flow?.name ?? "") || text !== (flow?.text ?? starting);
  useEffect(() => changes(changed), [changed, changes]);

  useEffect(() => {
    let current = true;
    const timer = setTimeout(() => {
      api
        .post<{ problems: Problem[]; warnings: Problem[] }>("/flows/check", { text })
        .then((answer) => {
          if (!current) return;
          setProblems(answer.problems);
          setWarnings(answer.warnings);
        })
        .catch(() => current && setProblems(null)); // saving will tell what is wrong
    }, pause_ms);
    return () => {
      current = false;
      clearTimeout(timer);
    };
  }, [text]);

  const byLine = useMemo(() => new Map((problems ?? []).map((problem) => [problem.line, words(problem)])), [problems]);

  const store = async (): Promise<Flow> => {
    const saved = flow
      ? await api.put<Flow>(`/flows/${pathId(flow.id)}`, { name, text, version: flow.version })
      : await api.post<Flow>("/flows", { name, text });
    if (saved.problems) setProblems(saved.problems);
    return saved;
  };
  const run = async (what: "save" | "publish") => {
    setBusy(what);
    try {
      const saved = changed || !flow ? await store() : flow;
      if (what === "publish") await api.post(`/flows/${pathId(saved.id)}/publish`, { version: saved.version });
      tell.done(t(what === "publish" ? "manage.flowPublished2" : "common.saved"));
      await client.invalidateQueries({ queryKey: ["kind", "flows"] });
      made(saved.id);
    } catch (error) {
      if (error instanceof ApiError && Array.isArray(error.detail.problems)) setProblems(error.detail.problems as Problem[]);
      await client.invalidateQueries({ queryKey: ["kind", "flows"] });
      tell.failed(error);
    } finally {
      setBusy("");
    }
  };

  return (
    <section className="flow-editor">
      <header className="page-head">
        <Input
          value={name}
          onChange={(event) => setName(event.target.value)}
          placeholder={t("common.name")}
          maxLength={80}
          disabled={!mayEdit}
          style={{ width: 240 }}
          aria-label={t("common.name")}
          data-testid="flow-name"
        />
        <span className={changed ? "" : "faint"} data-testid="flow-state">
          {changed
            ? t("common.unsaved")
            : flow && flow.published_version > 0
              ? t("manage.flowPublished", { version: flow.published_version })
              : t("manage.flowNever")}
        </span>
        {mayEdit && (
          <span style={{ marginLeft: "auto", display: "flex", gap: 8 }}>
            <Button onClick={() => void run("save")} loading={busy === "save"} disabled={!name.trim() || !changed} data-testid="flow-save">
              {t("manage.flowSaveFirst")}
            </Button>
            <Button
              type="primary"
              onClick={() => void run("publish")}
              loading={busy === "publish"}
              disabled={!name.trim() || (problems?.length ?? 0) > 0}
              data-testid="flow-publish"
            >
              {t("manage.flowPublish")}
            </Button>
          </span>
        )}
      </header>
      <CodeText ref={code} value={text} onChange={setText} problems={byLine} readOnly={!mayEdit} label={t("manage.flowText")} />
      <footer className="flow-problems" role="status" data-testid="flow-problems" data-count={problems?.length ?? ""}>
        {problems?.length === 0 && warnings.length === 0 && <span className="quiet">✓ {t("manage.flowFine")}</span>}
        {problems && problems.length > 0 && (
          <strong className="over">{t("manage.flowProblems", { count: problems.length })}</strong>
        )}
        <Found problems={problems ?? []} goTo={(it) => code.current?.goTo(it.line, it.column)} />
        {problems?.length === 0 && warnings.length > 0 && <strong>{t("manage.flowWarnings")}</strong>}
        {problems?.length === 0 && <Found problems={warnings} goTo={(it) => code.current?.goTo(it.line, it.column)} />}
      </footer>
    </section>
  );
}

function Found({ problems, goTo }: { problems: Problem[]; goTo: (problem: Problem) => void }) {
  const { t } = useWords();
  if (problems.length === 0) return null;
  return (
    <ol>
      {problems.map((problem, index) => (
        <li key={index}>
          <button type="button" className="linkish" onClick={() => goTo(problem)}>
            {t("manage.flowLine", { line: problem.line })}
          </button>{" "}
          {words(problem)}
        </li>
      ))}
    </ol>
  );
}

function words(problem: Problem): string {
  return codeWords(problem.code, problem.message);
}
