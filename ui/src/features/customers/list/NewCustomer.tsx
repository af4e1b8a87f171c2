import { useQueryClient } from "@tanstack/react-query";
import { Button, Form, Input, Modal, Radio, Select } from "antd";
import { useState } from "react";
import { Link, useNavigate } from "react-router";
import { api, ApiError, pathId } from "../../../api/client";
import type { Page } from "../../../api/types";
import { useWords } from "../../../i18n";
import { codeWords, explain } from "../../../i18n/explain";
import type { Customer } from "../shapes";
import { languageName } from "./columns";

interface Fields {
  name?: string;
  kind: string;
  numbers?: string;
  mails?: string;
  external_id?: string;
  language?: string;
  note?: string;
}

/** What is wrong with a field, and who has it already. */
interface Problem {
  words: string;
  who: Customer | null;
}

const split = (text = "") => text.split(/[,，;；、\n]/).map((part) => part.trim()).filter(Boolean);

export function NewCustomer({ close }: { close: () => void }) {
  const { t } = useWords();
  const client = useQueryClient();
  const navigate = useNavigate();
  const [problems, setProblems] = useState<Partial<Record<keyof Fields, Problem>>>({});
  const [failure, setFailure] = useState("");
  const [taken, setTaken] = useState(false);
  const [busy, setBusy] = useState(false);
  const [form] = Form.useForm<Fields>();

  const submit = async (shared: boolean) => {
    const fields = form.getFieldsValue();
    const numbers = split(fields.numbers);
    const mails = split(fields.mails);
    setBusy(true);
    setFailure("");
    try {
      const made = await api.post<Customer>("/customers", {
        ...Object.fromEntries((["name", "kind", "external_id", "language", "note"] as const).map((name) => [name, fields[name] ?? ""])),
        numbers,
        identities: mails.map((value) => ({ kind: "mail", value })),
        shared,
      });
      await client.invalidateQueries({ queryKey: ["customers"] });
      await navigate(`/customers/${pathId(made.id)}`);
    } catch (error) {
      if (error instanceof ApiError && error.detail.fields) await show(error.detail.fields as Record<string, string>, numbers, mails);
      else setFailure(explain(error));
    } finally {
      setBusy(false);
    }
  };

  const show = async (codes: Record<string, string>, numbers: string[], mails: string[]) => {
    const found: Partial<Record<keyof Fields, Problem>> = {};
    setTaken(Object.values(codes).every((code) => code === "number.taken" || code === "identity.taken"));
    for (const [path, code] of Object.entries(codes)) {
      const [what = "", place] = path.split(".");
      // Both kinds are counted in one row, phones first, once the server has read them.
      const n = Number(place);
      const isMail = what === "identities" && (code.startsWith("mail") || n >= numbers.length);
      const told = isMail ? (mails[code === "mail.bad" ? n : n - numbers.length] ?? "") : what === "external_id" ? (form.getFieldValue("external_id") as string) : (numbers[n] ?? "");
      const name = isMail ? "mails" : what === "external_id" ? "external_id" : what === "numbers" || what === "identities" ? "numbers" : (what as keyof Fields);
      const who = code.endsWith(".taken") ? await holder(told) : null;
      found[name] = { words: `${told} ${codeWords(code, code)}`.trim(), who };
    }
    setProblems(found);
  };

  const item = (name: keyof Fields) => {
    const problem = problems[name];
    return {
      name,
      validateStatus: problem ? ("error" as const) : undefined,
      help: problem && (
        <span data-testid={`problem-${name}`}>
          {problem.words}
          {problem.who && (
            <>
              {" "}
              <Link to={`/customers/${pathId(problem.who.id)}`}>{problem.who.name || t("customers.nameless")}</Link>
            </>
          )}
        </span>
      ),
    };
  };
  return (
    <Modal open onCancel={close} footer={null} title={t("customers.new")} mask={{ closable: false }}>
      <Form form={form} layout="vertical" initialValues={{ kind: "person" }} onFinish={() => void submit(false)} onValuesChange={() => setTaken(false)}>
        {failure && (
          <p className="over" role="alert">
            {failure}
          </p>
        )}
        <Form.Item {...item("name")} label={t("customers.name")}>
          <Input autoFocus maxLength={500} data-testid="new-name" />
        </Form.Item>
        <Form.Item {...item("kind")}>
          <Radio.Group options={(["person", "organisation"] as const).map((value) => ({ value, label: t(`customers.k_${value}`) }))} />
        </Form.Item>
        <Form.Item {...item("numbers")} label={t("customers.numbers")} extra={t("customers.severalHint")}>
          <Input maxLength={400} data-testid="new-numbers" inputMode="tel" />
        </Form.Item>
        <Form.Item {...item("mails")} label={t("customers.mail")}>
          <Input maxLength={800} data-testid="new-mails" inputMode="email" />
        </Form.Item>
        <Form.Item {...item("external_id")} label={t("customers.externalId")}>
          <Input maxLength={120} data-testid="new-external-id" />
        </Form.Item>
        <Form.Item {...item("language")} label={t("customers.language")}>
          <Select allowClear options={["zh", "en", "yue", "ja", "ko"].map((value) => ({ value, label: languageName(value) }))} />
        </Form.Item>
        <Form.Item {...item("note")} label={t("customers.note")}>
          <Input.TextArea rows={2} maxLength={4000} />
        </Form.Item>
        <Button type="primary" htmlType="submit" loading={busy} data-testid="make-customer">
          {t("common.save")}
        </Button>{" "}
        {taken && (
          <Button loading={busy} onClick={() => void submit(true)} data-testid="make-shared" title={t("customers.sharedHint")}>
            {t("customers.makeShared")}
          </Button>
        )}
      </Form>
    </Modal>
  );
}

async function holder(q: string): Promise<Customer | null> {
  try {
    return (await api.get<Page<Customer>>("/customers", { q, limit: 1 })).items[0] ?? null;
  } catch {
    return null; // the refusal is told all the same, without the link
  }
}
