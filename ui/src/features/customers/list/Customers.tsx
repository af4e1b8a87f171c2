import { keepPreviousData, useInfiniteQuery, useQuery } from "@tanstack/react-query";
import { Button, Checkbox, Input, Popover, type InputRef } from "antd";
import { useCallback, useEffect, useRef, useState } from "react";
import { Link, useNavigate, useSearchParams } from "react-router";
import { api, pathId } from "../../../api/client";
import type { Page } from "../../../api/types";
import { useMay } from "../../../app/session";
import { Failure } from "../../../components/Failure";
import { useClearable } from "../../../components/useClearable";
import { useWords } from "../../../i18n";
import { isTyping } from "../../desk/keys";
import type { Customer, View } from "../shapes";
import { Chosen } from "./Chosen";
import { useColumns, type Column } from "./columns";
import { CustomerTable } from "./CustomerTable";
import { Export } from "./Export";
import { FilterBar } from "./FilterBar";
import { asQuery, isFiltered, nothing, ofView, read, write, type Filter } from "./filter";
import "./list.css";
import { NewCustomer } from "./NewCustomer";
import { Views } from "./Views";

const page_rows = 100;

export function Customers() {
  const { t } = useWords();
  const may = useMay();
  const navigate = useNavigate();
  const clearable = useClearable();
  const [search, setSearch] = useSearchParams();
  const [chosen, setChosen] = useState<ReadonlySet<string>>(new Set());
  const [making, setMaking] = useState(false);
  const [exporting, setExporting] = useState<"filter" | "chosen" | null>(null);
  const box = useRef<InputRef>(null);
  const columns = useColumns();
  const views = useQuery({ queryKey: ["customer-views"], queryFn: () => api.get<Page<View>>("/customer-views") });
  // Without a word in the address the list begins with the view that somebody chose to begin with.
  const first = search.toString() === "" ? views.data?.items.find((each) => each.default) : undefined;
  const view = first ? first.id : (search.get("view") ?? "");
  const filter = first ? ofView(first) : read(search);
  const change = (next: Partial<Filter>) => {
    setSearch(write({ ...filter, ...next }, view), { replace: true });
    setChosen(new Set());
  };
  const show = (next: View | null) => {
    setSearch(next ? write(ofView(next), next.id) : new URLSearchParams({ view: "all" }), { replace: true });
    setChosen(new Set());
    if (next && next.columns.length > 0) columns.choose(next.columns);
  };

  const customers = useInfiniteQuery({
    queryKey: ["customers", filter],
    queryFn: ({ pageParam, signal }) =>
      api.get<Page<Customer>>("/customers", { ...asQuery(filter), limit: page_rows, cursor: pageParam }, signal),
    initialPageParam: "",
    getNextPageParam: (last) => last.next,
    placeholderData: keepPreviousData,
  });
  const { fetchNextPage, isFetching, hasNextPage } = customers;
  const more = useCallback(() => {
    if (!isFetching) void fetchNextPage();
  }, [isFetching, fetchNextPage]);
  const rows = unique(customers.data?.pages.flatMap((page) => page.items) ?? []);

  useEffect(() => {
    const onKey = (event: KeyboardEvent) => {
      if (event.key !== "/" || event.ctrlKey || event.metaKey || event.altKey || isTyping(event.target)) return;
      event.preventDefault();
      box.current?.focus({ cursor: "all" });
    };
    window.addEventListener("keydown", onKey);
    return () => window.removeEventListener("keydown", onKey);
  }, []);

  return (
    <div className="page customers-page" data-testid="page-customers">
      <div className="page-head">
        <h1>{t("customers.title")}</h1>
        <Link to="/customers/duplicates" data-testid="to-duplicates">
          {t("customers.duplicates")}
        </Link>
        <ChooseColumns {...columns} />
        {may("customers.export") && (
          <Button onClick={() => setExporting("filter")} data-testid="export">
            {t("customers.export")}
          </Button>
        )}
        {may("customers.edit") && (
          <Button type="primary" onClick={() => setMaking(true)} data-testid="new-customer">
            {t("customers.new")}
          </Button>
        )}
      </div>
      <div className="filters">
        <Input.Search
          ref={box}
          key={`q${filter.q}`}
          defaultValue={filter.q}
          placeholder={t("customers.search")}
          title={t("customers.searchHint")}
          onSearch={(q) => change({ q: q.trim() })}
          allowClear={clearable}
          maxLength={120}
          style={{ width: 330 }}
          data-testid="customer-search"
        />
        <Views
          views={views.data?.items ?? []}
          view={view}
          filter={filter}
          columns={columns.shown.map((column) => column.id)}
          show={show}
        />
      </div>
      <FilterBar filter={filter} change={change} />
      {chosen.size > 0 && <Chosen ids={[...chosen]} clear={() => setChosen(new Set())} export={() => setExporting("chosen")} />}
      {customers.error && rows.length === 0 ? (
        <Failure error={customers.error} retry={() => void customers.refetch()} />
      ) : rows.length === 0 && !customers.isPending ? (
        <div className="empty" data-testid="customers-empty">
          <strong>{t(isFiltered(filter) ? "customers.noneFit" : "customers.empty")}</strong>
          <p className="quiet">{t(isFiltered(filter) ? "customers.noneFitHint" : "customers.emptyHint")}</p>
          {isFiltered(filter) && <Button onClick={() => change(nothing)}>{t("customers.clear")}</Button>}
          {!isFiltered(filter) && may("customers.import") && <Link to="/manage/customer-imports">{t("imports.title")}</Link>}
        </div>
      ) : (
        <CustomerTable
          key={JSON.stringify(filter)}
          customers={rows}
          columns={columns.shown}
          chosen={chosen}
          choose={setChosen}
          sort={filter.q ? "name" : filter.sort}
          setSort={(sort) => change({ sort: sort === "changed" ? "" : sort })}
          open={(id) => void navigate(`/customers/${pathId(id)}`)}
          more={hasNextPage ? more : null}
          pending={customers.isPending}
        />
      )}
      <p className="faint customers-foot" role="status">
        {customers.error && rows.length > 0 ? t("customers.moreFailed") : t(hasNextPage ? "customers.shownSome" : "customers.shownAll", { count: rows.length })}
        <span className="customers-keys">{t("customers.keysHint")}</span>
      </p>
      {making && <NewCustomer close={() => setMaking(false)} />}
      {exporting && <Export filter={exporting === "chosen" ? nothing : filter} ids={exporting === "chosen" ? [...chosen] : []} close={() => setExporting(null)} />}
    </div>
  );
}

/** Records that stand together may come on several pages; they are one customer. */
function unique(customers: Customer[]): Customer[] {
  return [...new Map(customers.map((one) => [one.id, one])).values()];
}

function ChooseColumns({ all, shown, choose }: { all: Column[]; shown: Column[]; choose: (ids: string[]) => void }) {
  const { t } = useWords();
  return (
    <Popover
      trigger="click"
      placement="bottomRight"
      content={
        <Checkbox.Group
          className="choose-columns"
          value={shown.map((column) => column.id)}
          onChange={(ids) => choose(all.map((column) => column.id).filter((id) => ids.includes(id)))}
          options={all.map((column) => ({ value: column.id, label: column.title }))}
        />
      }
    >
      <Button data-testid="columns">{t("customers.columns")}</Button>
    </Popover>
  );
}
