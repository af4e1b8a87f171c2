import { useQuery, useQueryClient } from "@tanstack/react-query";
import { Button, Input, Segmented, Table } from "antd";
import { useState } from "react";
import { useMay } from "../../app/session";
import { Failure } from "../../components/Failure";
import { allPages } from "../../components/useNames";
import { useWords } from "../../i18n";
import { NewPrompt } from "./NewPrompt";
import { useLanguageName } from "./names";
import { PromptDrawer } from "./PromptDrawer";
import type { Prompt } from "./shapes";
import "./prompts.css";

type Which = "all" | "own" | "standard";

export function Prompts() {
  const { t, language } = useWords();
  const may = useMay();
  const client = useQueryClient();
  const named = useLanguageName();
  const { data, error, refetch, isPending } = useQuery({ queryKey: ["prompts"], queryFn: () => allPages<Prompt>("/prompts") });
  const [open, setOpen] = useState("");
  const [making, setMaking] = useState(false);
  const [search, setSearch] = useState("");
  const [which, setWhich] = useState<Which>("all");
  const refresh = () => client.invalidateQueries({ queryKey: ["prompts"] });
  const text = (prompt: Prompt) => prompt.texts[language] ?? Object.values(prompt.texts)[0] ?? "";
  const wanted = search.trim().toLowerCase();
  const shown = (data ?? []).filter(
    (prompt) =>
      (which === "all" || prompt.standard === (which === "standard")) &&
      [prompt.id, prompt.name, ...Object.values(prompt.texts)].some((part) => part.toLowerCase().includes(wanted)),
  );
  const emptyOwn = !wanted && which === "own";
  return (
    <div className="page" data-testid="page-prompts">
      <div className="page-head">
        <h1>{t("prompts.title")}</h1>
        {may("configuration.edit") && (
          <Button type="primary" onClick={() => setMaking(true)} data-testid="new">
            {t("prompts.new")}
          </Button>
        )}
      </div>
      <p className="quiet">{t("prompts.note")}</p>
      <div className="prompt-bar">
        <Input.Search
          allowClear
          value={search}
          placeholder={t("prompts.search")}
          aria-label={t("prompts.search")}
          onChange={(event) => setSearch(event.target.value)}
          data-testid="prompt-search"
        />
        <Segmented<Which>
          value={which}
          onChange={setWhich}
          options={(["all", "own", "standard"] as const).map((value) => ({ value, label: t(`prompts.${value}`) }))}
        />
      </div>
      {error && !data ? (
        <Failure error={error} retry={() => void refetch()} />
      ) : (
        <Table<Prompt>
          rowKey="id"
          size="small"
          dataSource={shown}
          loading={{ spinning: isPending, delay: 300 }}
          pagination={{ pageSize: 50, hideOnSinglePage: true, showSizeChanger: false }}
          locale={{
            emptyText: isPending ? (
              " "
            ) : (
              <div className="empty">
                <strong>{t(emptyOwn ? "prompts.empty" : "prompts.noMatch")}</strong>
                {emptyOwn && <p className="quiet">{t("prompts.emptyHint")}</p>}
              </div>
            ),
          }}
          columns={[
            {
              title: t("prompts.id"),
              width: 220,
              render: (_, prompt) => (
                <button type="button" className="linkish plain" onClick={() => setOpen(prompt.id)} data-testid={`prompt-${prompt.id}`}>
                  {prompt.name ? `${prompt.name} ` : ""}
                  <span className={prompt.name ? "faint" : ""}>{prompt.id}</span>
                </button>
              ),
            },
            { title: t("prompts.text"), ellipsis: true, render: (_, prompt) => text(prompt) },
            {
              title: t("prompts.recorded"),
              width: 200,
              render: (_, prompt) =>
                prompt.recordings.length > 0 ? (
                  prompt.recordings.map((each) => named(each.language)).join(language === "zh" ? "、" : ", ")
                ) : (
                  <span className="faint">{t("prompts.none")}</span>
                ),
            },
            {
              title: t("prompts.flows"),
              width: 200,
              ellipsis: true,
              render: (_, prompt) => prompt.flows.map((flow) => flow.name).join(language === "zh" ? "、" : ", "),
            },
          ]}
        />
      )}
      {making && (
        <NewPrompt
          close={() => setMaking(false)}
          made={(id) => {
            setMaking(false);
            setOpen(id);
            void refresh();
          }}
        />
      )}
      {open && <PromptDrawer key={open} id={open} close={() => setOpen("")} refresh={refresh} />}
    </div>
  );
}
