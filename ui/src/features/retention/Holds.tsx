import { useQuery, useQueryClient } from "@tanstack/react-query";
import { Button, Form, Input, Modal, Popconfirm, Radio, Table } from "antd";
import { useState } from "react";
import { Link } from "react-router";
import { api, pathId } from "../../api/client";
import { Failure } from "../../components/Failure";
import { instant } from "../../components/format";
import { allPages } from "../../components/useNames";
import { useTell } from "../../components/useTell";
import { useWords } from "../../i18n";
import { explain } from "../../i18n/explain";
import { idOf, type Hold } from "./shapes";

/** Who and what may not go, and why. */
export function Holds() {
  const { t } = useWords();
  const tell = useTell();
  const client = useQueryClient();
  const { data, error, refetch, isPending } = useQuery({ queryKey: ["holds"], queryFn: () => allPages<Hold>("/retention/holds") });
  const [placing, setPlacing] = useState(false);
  const refresh = () => client.invalidateQueries({ queryKey: ["holds"] });
  const lift = async (id: string) => {
    try {
      await api.delete(`/retention/holds/${pathId(id)}`);
      await refresh();
    } catch (failure) {
      tell.failed(failure);
    }
  };
  return (
    <section data-testid="holds">
      <div className="section">
        <h2>{t("retention.holds")}</h2>
        <Button size="small" onClick={() => setPlacing(true)} data-testid="hold">
          {t("retention.hold")}
        </Button>
      </div>
      <p className="quiet">{t("retention.holdsNote")}</p>
      {error && !data ? (
        <Failure error={error} retry={() => void refetch()} />
      ) : (
        <Table<Hold>
          rowKey="id"
          size="small"
          dataSource={data ?? []}
          loading={{ spinning: isPending, delay: 300 }}
          pagination={(data?.length ?? 0) > 20 ? { pageSize: 20, showSizeChanger: false } : false}
          locale={{ emptyText: isPending ? " " : <div className="empty">{t("retention.noHolds")}</div> }}
          columns={[
            {
              title: t("retention.what"),
              width: 320,
              render: (_, hold) => (
                <>
                  {t(`retention.${hold.kind}`)} <Link to={`/${hold.kind}s/${encodeURIComponent(hold.target)}`}>{hold.target}</Link>
                </>
              ),
            },
            { title: t("retention.reason"), dataIndex: "reason", ellipsis: true },
            { title: t("retention.since"), width: 130, render: (_, hold) => instant(hold.at) },
            {
              width: 90,
              render: (_, hold) => (
                <Popconfirm title={t("retention.liftAsk")} onConfirm={() => void lift(hold.id)}>
                  <Button size="small" type="text" data-testid="lift">
                    {t("retention.lift")}
                  </Button>
                </Popconfirm>
              ),
            },
          ]}
        />
      )}
      {placing && <Place close={() => setPlacing(false)} refresh={refresh} />}
    </section>
  );
}

function Place({ close, refresh }: { close: () => void; refresh: () => Promise<void> }) {
  const { t } = useWords();
  const [problem, setProblem] = useState("");
  const [busy, setBusy] = useState(false);
  const submit = async (fields: { kind: string; target: string; reason: string }) => {
    setBusy(true);
    setProblem("");
    try {
      await api.post("/retention/holds", { kind: fields.kind, target: idOf(fields.target), reason: fields.reason.trim() });
      await refresh();
      close();
    } catch (failure) {
      setProblem(explain(failure));
    } finally {
      setBusy(false);
    }
  };
  return (
    <Modal open onCancel={close} footer={null} title={t("retention.hold")}>
      <Form layout="vertical" initialValues={{ kind: "customer" }} onFinish={(fields: { kind: string; target: string; reason: string }) => void submit(fields)}>
        {problem && (
          <p className="over" role="alert">
            {problem}
          </p>
        )}
        <Form.Item name="kind" label={t("retention.what")}>
          <Radio.Group options={(["customer", "contact"] as const).map((value) => ({ value, label: t(`retention.${value}`) }))} />
        </Form.Item>
        <Form.Item name="target" label={t("retention.target")} rules={[{ required: true, whitespace: true }]}>
          <Input autoFocus maxLength={300} data-testid="hold-target" />
        </Form.Item>
        <Form.Item name="reason" label={t("retention.reason")} extra={t("retention.reasonNote")} rules={[{ required: true, whitespace: true }]}>
          <Input maxLength={200} data-testid="hold-reason" />
        </Form.Item>
        <Button type="primary" htmlType="submit" loading={busy} data-testid="hold-save">
          {t("retention.hold")}
        </Button>
      </Form>
    </Modal>
  );
}
