import { useInfiniteQuery } from "@tanstack/react-query";
import { Button, DatePicker, Input, Select, Table, type TableColumnsType } from "antd";
import dayjs from "dayjs";
import { Link, useNavigate, useSearchParams } from "react-router";
import { api, pathId } from "../../api/client";
import type { ContactRow, Page } from "../../api/types";
import { Failure } from "../../components/Failure";
import { duration, instant, phoneNumber } from "../../components/format";
import { useKind } from "../../components/useNames";
import { useClearable } from "../../components/useClearable";
import { useWords } from "../../i18n";
import "./contacts.css";
import { asQuery, outcomes, read, write, type Filter } from "./filter";
import { callerWords, isLoud, outcomeWords } from "./shown";

export function Contacts() {
  const { t, named } = useWords();
  const [search, setSearch] = useSearchParams();
  const navigate = useNavigate();
  const filter = read(search);
  const key = search.toString();
  const contacts = useInfiniteQuery({
    queryKey: ["contacts", key],
    queryFn: ({ pageParam, signal }) =>
      api.get<Page<ContactRow>>("/contacts", { ...asQuery(filter, new Date()), limit: 50, cursor: pageParam }, signal),
    initialPageParam: "",
    getNextPageParam: (last) => last.next,
    placeholderData: (before) => before,
  });
  const rows = contacts.data?.pages.flatMap((page) => page.items) ?? [];
  const filtered = key !== "";
  const change = (next: Partial<Filter>) => setSearch(write({ ...filter, ...next }), { replace: true });

  const columns: TableColumnsType<ContactRow> = [
    {
      title: t("contacts.time"),
      width: 108,
      render: (_, row) => <Link to={`/contacts/${pathId(row.id)}`}>{instant(row.at)}</Link>,
    },
    {
      title: t("contacts.who"),
      render: (_, row) => (
        <>
          <span className="faint" title={t(row.direction === "out" ? "contacts.out" : "contacts.in")}>
            {row.direction === "out" ? "↗" : "↙"}
          </span>{" "}
          {callerWords(row)}
          {row.customer && row.number && <span className="faint"> {phoneNumber(row.number)}</span>}
        </>
      ),
    },
    { title: t("contacts.queue"), width: 130, ellipsis: true, dataIndex: "queue_name" },
    { title: t("contacts.agent"), width: 110, ellipsis: true, dataIndex: "agent_name" },
    {
      title: t("contacts.outcome"),
      width: 110,
      render: (_, row) => <span className={isLoud(row.outcome) ? "over" : ""}>{outcomeWords(row.outcome)}</span>,
    },
    { title: t("contacts.wait"), width: 76, align: "right", render: (_, row) => seconds(row.wait_s) },
    { title: t("contacts.talk"), width: 76, align: "right", render: (_, row) => seconds(row.talk_s) },
    {
      title: t("contacts.disposition"),
      width: 120,
      ellipsis: true,
      render: (_, row) => named(row.disposition_names),
    },
    {
      title: t("contacts.recording"),
      width: 90,
      render: (_, row) =>
        row.recording === "none" ? (
          ""
        ) : (
          <span className={row.recording === "failed" ? "over" : "quiet"}>{t(`contacts.r_${row.recording}`)}</span>
        ),
    },
  ];

  return (
    <div className="page" data-testid="contacts">
      <div className="page-head">
        <h1>{t("contacts.title")}</h1>
      </div>
      <FilterBar filter={filter} change={change} />
      {contacts.error && rows.length === 0 ? (
        <Failure error={contacts.error} retry={() => void contacts.refetch()} />
      ) : (
        <Table<ContactRow>
          className="contact-table"
          rowKey="id"
          size="small"
          columns={columns}
          dataSource={rows}
          loading={{ spinning: contacts.isPending, delay: 300 }}
          pagination={false}
          onRow={(row) => ({
            onClick: () => void navigate(`/contacts/${pathId(row.id)}`),
            "data-testid": "contact-row",
            "data-contact": row.id,
          })}
          locale={{
            emptyText: contacts.isPending ? (
              " "
            ) : (
              <div className="empty">
                <strong>{t(filtered ? "contacts.empty" : "contacts.none")}</strong>
                <p className="quiet">{t(filtered ? "contacts.emptyHint" : "contacts.noneHint")}</p>
                {filtered && <Button onClick={() => setSearch({})}>{t("contacts.clear")}</Button>}
              </div>
            ),
          }}
        />
      )}
      {contacts.hasNextPage && (
        <div className="more">
          <Button onClick={() => void contacts.fetchNextPage()} loading={contacts.isFetchingNextPage} data-testid="more">
            {t("common.more")}
          </Button>
        </div>
      )}
    </div>
  );
}

function seconds(value: number | null): string {
  return value ? duration(value) : "";
}

function FilterBar({ filter, change }: { filter: Filter; change: (next: Partial<Filter>) => void }) {
  const { t } = useWords();
  const clearable = useClearable();
  const queues = useKind("queues") ?? [];
  const agents = useKind("agents") ?? [];
  const any = (label: string) => ({ value: "", label });
  return (
    <div className="filters">
      <Select
        value={filter.range}
        onChange={(range) => change({ range })}
        style={{ width: 120 }}
        aria-label={t("contacts.range")}
        options={[
          any(t("contacts.anyTime")),
          { value: "today", label: t("contacts.today") },
          { value: "week", label: t("contacts.week") },
          { value: "month", label: t("contacts.month") },
          { value: "custom", label: t("contacts.range") },
        ]}
      />
      {filter.range === "custom" && (
        <DatePicker.RangePicker
          showTime={{ format: "HH:mm" }}
          format="MM-DD HH:mm"
          value={filter.from && filter.to ? [dayjs(filter.from * 1000), dayjs(filter.to * 1000)] : null}
          onChange={(range) => change({ from: range?.[0]?.unix() ?? 0, to: range?.[1]?.unix() ?? 0 })}
        />
      )}
      <Input.Search
        defaultValue={filter.number}
        key={`number${filter.number}`}
        placeholder={t("contacts.number")}
        title={t("contacts.numberHint")}
        onSearch={(number) => change({ number })}
        allowClear={clearable}
        style={{ width: 180 }}
        data-testid="filter-number"
      />
      {queues.length > 0 && (
        <Select
          value={filter.queue}
          onChange={(queue) => change({ queue })}
          showSearch={{ optionFilterProp: "label" }}
          style={{ width: 140 }}
          aria-label={t("contacts.queue")}
          options={[any(t("contacts.queue")), ...queues.map((each) => ({ value: each.id, label: each.name }))]}
        />
      )}
      {agents.length > 0 && (
        <Select
          value={filter.agent}
          onChange={(agent) => change({ agent })}
          showSearch={{ optionFilterProp: "label" }}
          style={{ width: 140 }}
          aria-label={t("contacts.agent")}
          options={[any(t("contacts.agent")), ...agents.map((each) => ({ value: each.id, label: each.name }))]}
        />
      )}
      <Select
        value={filter.outcome}
        onChange={(outcome) => change({ outcome })}
        style={{ width: 130 }}
        aria-label={t("contacts.outcome")}
        options={[any(t("contacts.outcome")), ...outcomes.map((each) => ({ value: each, label: outcomeWords(each) }))]}
      />
      <Input.Search
        defaultValue={filter.q}
        key={`q${filter.q}`}
        placeholder={t("contacts.text")}
        onSearch={(q) => change({ q })}
        allowClear={clearable}
        style={{ width: 170 }}
        data-testid="filter-text"
      />
    </div>
  );
}
