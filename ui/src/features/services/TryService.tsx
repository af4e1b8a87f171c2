import { Button, Form, Input, Select } from "antd";
import { useState } from "react";
import { api, pathId } from "../../api/client";
import { maybe, useWords } from "../../i18n";
import { explain } from "../../i18n/explain";
import { pairs } from "./pairs";

interface Tried {
  outcome: "found" | "missing" | "failed";
  status: number;
  trouble: string;
  took_s: number;
  kept: Record<string, string>;
  places: string[];
}

interface Asked {
  method: "get" | "post";
  path: string;
  with?: string;
  keep?: string;
}

/** What another system answers to a lookup, and what a flow could keep of it. */
export function TryService({ id }: { id: string }) {
  const { t } = useWords();
  const [busy, setBusy] = useState(false);
  const [problem, setProblem] = useState("");
  const [tried, setTried] = useState<Tried | null>(null);
  const send = async (asked: Asked) => {
    setBusy(true);
    setProblem("");
    try {
      const body = { method: asked.method, path: asked.path, with: pairs(asked.with), keep: pairs(asked.keep) };
      setTried(await api.post<Tried>(`/services/${pathId(id)}/try`, body));
    } catch (error) {
      setTried(null);
      setProblem(explain(error));
    } finally {
      setBusy(false);
    }
  };
  return (
    <section className="act" data-testid="try-service">
      <h2>{t("services.tryIt")}</h2>
      <p className="quiet">{t("services.tryNote")}</p>
      <Form<Asked> layout="vertical" initialValues={{ method: "get", path: "/" }} onFinish={(asked) => void send(asked)}>
        <Form.Item name="method" label={t("services.method")}>
          <Select options={["get", "post"].map((value) => ({ value, label: value.toUpperCase() }))} style={{ width: 110 }} />
        </Form.Item>
        <Form.Item name="path" label={t("services.path")} rules={[{ required: true }]}>
          <Input maxLength={300} data-testid="try-path" />
        </Form.Item>
        <Form.Item name="with" label={t("services.with")} extra={t("services.withNote")}>
          <Input.TextArea autoSize={{ minRows: 1, maxRows: 6 }} maxLength={4000} />
        </Form.Item>
        <Form.Item name="keep" label={t("services.keep")} extra={t("services.keepNote")}>
          <Input.TextArea autoSize={{ minRows: 1, maxRows: 6 }} maxLength={4000} data-testid="try-keep" />
        </Form.Item>
        <Button htmlType="submit" loading={busy} data-testid="try-send">
          {t("services.send")}
        </Button>
      </Form>
      {problem && (
        <p className="over" role="alert">
          {problem}
        </p>
      )}
      {tried && <Answer tried={tried} />}
    </section>
  );
}

function Answer({ tried }: { tried: Tried }) {
  const { t } = useWords();
  const kept = Object.entries(tried.kept);
  return (
    <div role="status" data-testid="tried" data-outcome={tried.outcome}>
      <p>
        <em className={tried.outcome === "failed" ? "tag over" : "tag"}>{t(`services.o_${tried.outcome}`)}</em>{" "}
        {tried.status > 0 && `${t("services.status", { status: tried.status })} · `}
        {t("services.took", { s: tried.took_s.toFixed(2) })}
      </p>
      {tried.trouble && <p className="over">{maybe(`services.t_${tried.trouble}`, tried.trouble)}</p>}
      {kept.length > 0 && (
        <dl className="facts">
          {kept.map(([name, value]) => (
            <Fact key={name} name={name} value={value} />
          ))}
        </dl>
      )}
      {tried.places.length > 0 && (
        <details>
          <summary>{t("services.places")}</summary>
          <p className="quiet" style={{ overflowWrap: "anywhere" }}>
            {tried.places.join("  ")}
          </p>
        </details>
      )}
    </div>
  );
}

function Fact({ name, value }: { name: string; value: string }) {
  const { t } = useWords();
  return (
    <>
      <dt>{name}</dt>
      <dd>{value || <span className="faint">{t("services.nothing")}</span>}</dd>
    </>
  );
}
