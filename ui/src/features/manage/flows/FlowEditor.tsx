import { useQueryClient } from "@tanstack/react-query";
import { Button, Input, Segmented } from "antd";
import { useEffect, useMemo, useRef, useState } from "react";
import { api, ApiError, pathId } from "../../../api/client";
import { useMay } from "../../../app/session";
import { useTell } from "../../../components/useTell";
import { useWords, type Language } from "../../../i18n";
import { codeWords } from "../../../i18n/explain";
import { CodeText, type CodeHandle } from "./CodeText";
import { told, type Problem } from "./problem";
import { Publish } from "./Publish";
import { Versions } from "./Versions";
import type { Item } from "../kinds";

export interface Flow extends Item {
  text: string;
  cases: string;
  published_version: number;
  problems?: Problem[];
}

type Part = "text" | "cases" | "versions";

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
  const { t, language } = useWords();
  const tell = useTell();
  const may = useMay();
  const client = useQueryClient();
  const code = useRef<CodeHandle>(null);
  const [name, setName] = useState(flow?.name ?? "");
  const [text, setText] = useState(flow?.text ?? starting);
  const [cases, setCases] = useState(flow?.cases ?? "");
  const [part, setPart] = useState<Part>("text");
  const [problems, setProblems] = useState<Problem[] | null>(null);
  const [failures, setFailures] = useState<Problem[]>([]);
  const [warnings, setWarnings] = useState<Problem[]>([]);
  const [busy, setBusy] = useState("");
  const mayEdit = may("configuration.edit");
  const changed =
    name !== (flow?.name ?? "") || text !== (flow?.text ?? starting) || cases !== (flow?.cases ?? "");
  useEffect(() => changes(changed), [changed, changes]);

  useEffect(() => {
    let current = true;
    const timer = setTimeout(() => {
      api
        .post<{ problems: Problem[]; warnings: Problem[]; failures: Problem[] }>("/flows/check", { text, cases })
        .then((answer) => {
          if (!current) return;
          setProblems(answer.problems);
          setWarnings(answer.warnings);
          setFailures(answer.failures);
        })
        .catch(() => current && setProblems(null)); // saving will tell what is wrong
    }, pause_ms);
    return () => {
      current = false;
      clearTimeout(timer);
    };
  }, [text, cases]);

  const found = useMemo(() => (part === "cases" ? failures : (problems ?? [])), [part, failures, problems]);
  const byLine = useMemo(() => new Map(found.map((problem) => [problem.line, inWords(problem, language).words])), [found, language]);

  const store = async (): Promise<Flow> => {
    const saved = flow
      ? await api.put<Flow>(`/flows/${pathId(flow.id)}`, { name, text, cases, version: flow.version })
      : await api.post<Flow>("/flows", { name, text, cases });
    if (saved.problems) setProblems(saved.problems);
    return saved;
  };
  const again = async () => {
    await client.invalidateQueries({ queryKey: ["kind", "flows"] });
    await client.invalidateQueries({ queryKey: ["flow-versions"] });
  };
  const run = async (what: "save" | "publish", startsAt = 0) => {
    setBusy(what);
    try {
      const saved = changed || !flow ? await store() : flow;
      if (what === "publish") {
        await api.post(`/flows/${pathId(saved.id)}/publish`, { version: saved.version, starts_at: startsAt });
      }
      tell.done(t(what === "save" ? "common.saved" : startsAt ? "flows.isDue" : "manage.flowPublished2"));
      await again();
      made(saved.id);
    } catch (error) {
      if (error instanceof ApiError && Array.isArray(error.detail.problems)) setProblems(error.detail.problems as Problem[]);
      if (error instanceof ApiError && Array.isArray(error.detail.failures)) {
        setFailures(error.detail.failures as Problem[]);
        setPart("cases");
      }
      await again();
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
            <Publish
              busy={busy === "publish"}
              disabled={!name.trim() || (problems?.length ?? 0) > 0 || failures.length > 0}
              publish={(at) => run("publish", at)}
            />
          </span>
        )}
      </header>
      <div className="flow-parts">
        <Segmented<Part>
          value={part}
          onChange={setPart}
          options={[
            { value: "text", label: marked(t("flows.text"), problems?.length ?? 0) },
            { value: "cases", label: marked(t("flows.cases"), failures.length) },
            { value: "versions", label: t("flows.versions"), disabled: !flow },
          ]}
          data-testid="flow-parts"
        />
        {part === "cases" && <span className="quiet">{t("flows.casesHint")}</span>}
      </div>
      {part === "versions" && flow ? (
        <Versions flow={flow} draft={flow.text} mayEdit={mayEdit} done={again} />
      ) : (
        <CodeText
          key={part}
          ref={code}
          value={part === "cases" ? cases : text}
          onChange={part === "cases" ? setCases : setText}
          problems={byLine}
          readOnly={!mayEdit}
          label={t(part === "cases" ? "flows.cases" : "manage.flowText")}
        />
      )}
      {part !== "versions" && (
        <footer className="flow-problems" role="status" data-testid="flow-problems" data-count={problems ? found.length : ""}>
          {problems?.length === 0 && warnings.length === 0 && failures.length === 0 && (
            <span className="quiet">✓ {t(cases.trim() ? "flows.allFine" : "manage.flowFine")}</span>
          )}
          {found.length > 0 && (
            <strong className="over">{t(part === "cases" ? "flows.failures" : "manage.flowProblems", { count: found.length })}</strong>
          )}
          <Found problems={found} goTo={(it) => code.current?.goTo(it.line, it.column)} />
          {part === "cases" && cases.trim() && (problems?.length ?? 0) > 0 && (
            <button type="button" className="linkish over" onClick={() => setPart("text")}>
              {t("flows.casesWait")}
            </button>
          )}
          {part === "text" && failures.length > 0 && problems?.length === 0 && (
            <button type="button" className="linkish over" onClick={() => setPart("cases")}>
              {t("flows.failures", { count: failures.length })}
            </button>
          )}
          {part === "text" && problems?.length === 0 && warnings.length > 0 && <strong>{t("manage.flowWarnings")}</strong>}
          {part === "text" && problems?.length === 0 && (
            <Found problems={warnings} goTo={(it) => code.current?.goTo(it.line, it.column)} />
          )}
        </footer>
      )}
    </section>
  );
}

function Found({ problems, goTo }: { problems: Problem[]; goTo: (problem: Problem) => void }) {
  const { t, language } = useWords();
  if (problems.length === 0) return null;
  return (
    <ol>
      {problems.map((problem, index) => {
        const { words, detail } = inWords(problem, language);
        return (
          <li key={index}>
            <button type="button" className="linkish" onClick={() => goTo(problem)}>
              {t("manage.flowLine", { line: problem.line })}
            </button>{" "}
            {words} {detail && <span className="faint">{detail}</span>}
          </li>
        );
      })}
    </ol>
  );
}

function marked(label: string, count: number): string {
  return count > 0 ? `${label} (${count})` : label;
}

function inWords(problem: Problem, language: Language) {
  return told(problem, codeWords(problem.code, problem.message), language);
}
