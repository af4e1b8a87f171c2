import { keepPreviousData, useInfiniteQuery, useQueryClient } from "@tanstack/react-query";
import { Button, Input, Segmented } from "antd";
import { useCallback, useEffect, useState } from "react";
import { api } from "../../api/client";
import type { Page } from "../../api/types";
import { useMay } from "../../app/session";
import { Failure } from "../../components/Failure";
import { useClearable } from "../../components/useClearable";
import { useWords } from "../../i18n";
import { NewPrompt } from "./NewPrompt";
import { PromptDrawer } from "./PromptDrawer";
import { PromptTable } from "./PromptTable";
import type { Prompt } from "./shapes";
import "./prompts.css";

type Which = "all" | "own" | "standard";

const page_rows = 100;
const pause_ms = 200;

/** What callers hear, and in whose voice; a house may have two thousand of them. */
export function Prompts() {
  const { t } = useWords();
  const may = useMay();
  const client = useQueryClient();
  const clearable = useClearable();
  const [open, setOpen] = useState("");
  const [making, setMaking] = useState(false);
  const [typed, setTyped] = useState("");
  const [q, setQ] = useState("");
  const [which, setWhich] = useState<Which>("all");
  useEffect(() => {
    const timer = setTimeout(() => setQ(typed.trim()), pause_ms);
    return () => clearTimeout(timer);
  }, [typed]);
  const list = useInfiniteQuery({
    queryKey: ["prompts", "list", which, q],
    queryFn: ({ pageParam, signal }) => api.get<Page<Prompt>>("/prompts", { q, which, limit: page_rows, cursor: pageParam }, signal),
    initialPageParam: "",
    getNextPageParam: (last) => last.next,
    placeholderData: keepPreviousData,
  });
  const { fetchNextPage, isFetching, hasNextPage } = list;
  const more = useCallback(() => {
    if (!isFetching) void fetchNextPage();
  }, [isFetching, fetchNextPage]);
  const prompts = list.data?.pages.flatMap((page) => page.items) ?? [];
  const total = list.data?.pages[0]?.total ?? 0;
  const refresh = () => client.invalidateQueries({ queryKey: ["prompts", "list"] });
  const emptyOwn = !q && which === "own";
  const mayEdit = may("configuration.edit");
  return (
    <div className="page prompts-page" data-testid="page-prompts">
      <div className="page-head">
        <h1>{t("prompts.title")}</h1>
        {mayEdit && (
          <Button type="primary" onClick={() => setMaking(true)} data-testid="new">
            {t("prompts.new")}
          </Button>
        )}
      </div>
      <p className="quiet">{t("prompts.note")}</p>
      <div className="prompt-bar">
        <Input
          allowClear={clearable}
          value={typed}
          maxLength={120}
          placeholder={t("prompts.search")}
          aria-label={t("prompts.search")}
          onChange={(event) => setTyped(event.target.value)}
          onPressEnter={() => setQ(typed.trim())}
          data-testid="prompt-search"
        />
        <Segmented<Which>
          value={which}
          onChange={setWhich}
          options={(["all", "own", "standard"] as const).map((value) => ({ value, label: t(`prompts.${value}`) }))}
        />
        {list.data && (
          <span className="faint" role="status" data-testid="prompt-count">
            {t("prompts.count", { count: total })}
          </span>
        )}
      </div>
      {list.error && !list.data ? (
        <Failure error={list.error} retry={() => void list.refetch()} />
      ) : list.data && prompts.length === 0 ? (
        <div className="empty">
          <strong>{t(emptyOwn ? "prompts.empty" : "prompts.noMatch")}</strong>
          {emptyOwn && <p className="quiet">{t("prompts.emptyHint")}</p>}
        </div>
      ) : (
        <PromptTable key={`${which} ${q}`} prompts={prompts} open={setOpen} more={hasNextPage ? more : null} pending={list.isPending} />
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
