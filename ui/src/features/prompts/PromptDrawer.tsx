import { useQuery, useQueryClient } from "@tanstack/react-query";
import { Button, Drawer, Input, Popconfirm, Select, Skeleton } from "antd";
import { useState } from "react";
import { api, pathId } from "../../api/client";
import { useMay } from "../../app/session";
import { Failure } from "../../components/Failure";
import { useTell } from "../../components/useTell";
import { useWords } from "../../i18n";
import { languages, type Prompt } from "./shapes";
import { useLanguageName } from "./names";
import { Voice } from "./Voice";

/** One prompt: in each language its text, what callers hear, and all versions. */
export function PromptDrawer({ id, close, refresh }: { id: string; close: () => void; refresh: () => Promise<void> }) {
  const { t } = useWords();
  const client = useQueryClient();
  const key = ["prompts", id];
  const { data, error, refetch } = useQuery({ queryKey: key, queryFn: () => api.get<Prompt>(`/prompts/${pathId(id)}`) });
  const changed = async () => {
    await client.invalidateQueries({ queryKey: key });
    await refresh();
  };
  return (
    <Drawer open onClose={close} size={560} title={data?.name ? `${data.name} · ${id}` : id} data-testid="prompt-drawer">
      {error && !data ? <Failure error={error} retry={() => void refetch()} /> : null}
      {!data && !error && <Skeleton active title={false} />}
      {data && <Body prompt={data} changed={changed} close={close} say={t} />}
    </Drawer>
  );
}

function Body(props: { prompt: Prompt; changed: () => Promise<void>; close: () => void; say: ReturnType<typeof useWords>["t"] }) {
  const { prompt, changed, close, say: t } = props;
  const may = useMay();
  const tell = useTell();
  const named = useLanguageName();
  const [language, setLanguage] = useState(prompt.recordings[0]?.language ?? "zh");
  const [texts, setTexts] = useState(prompt.texts);
  const [busy, setBusy] = useState(false);
  const mayEdit = may("configuration.edit");
  const offered = [...new Set([...languages, ...Object.keys(prompt.texts), ...prompt.recordings.map((each) => each.language)])];
  const unsaved = (texts[language] ?? "") !== (prompt.texts[language] ?? "");
  const save = async () => {
    setBusy(true);
    try {
      await api.put(`/prompts/${pathId(prompt.id)}`, { version: prompt.version, name: prompt.name, texts });
      tell.done(t("prompts.saved"));
      await changed();
    } catch (failure) {
      tell.failed(failure);
    } finally {
      setBusy(false);
    }
  };
  const remove = async () => {
    try {
      await api.delete(`/prompts/${pathId(prompt.id)}`);
      close();
      await changed();
    } catch (failure) {
      tell.failed(failure);
    }
  };
  return (
    <>
      <Select<string>
        value={language}
        onChange={setLanguage}
        aria-label={t("prompts.language")}
        style={{ width: 220 }}
        options={offered.map((each) => ({
          value: each,
          title: named(each),
          label: named(each) + (prompt.recordings.some((one) => one.language === each && one.current) ? " ●" : ""),
        }))}
        data-testid="prompt-language"
      />
      <section className="prompt-section">
        <h3>{t("prompts.text")}</h3>
        <Input.TextArea
          value={texts[language] ?? ""}
          onChange={(event) => setTexts({ ...texts, [language]: event.target.value })}
          readOnly={prompt.standard || !mayEdit}
          autoSize={{ minRows: 2, maxRows: 8 }}
          maxLength={800}
          dir="auto"
          aria-label={t("prompts.text")}
          data-testid="prompt-text"
        />
        <p className="faint">{t(prompt.standard ? "prompts.textStandard" : "prompts.textNote")}</p>
        {unsaved && (
          <Button size="small" type="primary" loading={busy} onClick={() => void save()} data-testid="prompt-save">
            {t("prompts.save")}
          </Button>
        )}
      </section>
      <Voice key={language} prompt={prompt} language={language} changed={changed} />
      <section className="prompt-section">
        <h3>{t("prompts.flows")}</h3>
        {prompt.flows.length > 0 ? prompt.flows.map((flow) => flow.name).join(" · ") : <span className="faint">{t("prompts.unused")}</span>}
      </section>
      {mayEdit && !prompt.standard && (
        <section className="prompt-section">
          <Popconfirm title={t("prompts.removeAsk")} onConfirm={() => void remove()} disabled={prompt.flows.length > 0}>
            <Button size="small" danger disabled={prompt.flows.length > 0}>
              {t("prompts.remove")}
            </Button>
          </Popconfirm>
        </section>
      )}
    </>
  );
}
