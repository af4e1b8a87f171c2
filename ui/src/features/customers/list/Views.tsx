import { useQueryClient } from "@tanstack/react-query";
import { Button, Checkbox, Dropdown, Form, Input, Modal, Radio, Select } from "antd";
import { useState } from "react";
import { api, pathId } from "../../../api/client";
import { useMay } from "../../../app/session";
import { useKind } from "../../../components/useNames";
import { useTell } from "../../../components/useTell";
import { useWords } from "../../../i18n";
import { explain, fieldProblems } from "../../../i18n/explain";
import type { View } from "../shapes";
import { isFiltered, same, toKeep, type Filter } from "./filter";

interface Props {
  views: View[];
  view: string;
  filter: Filter;
  columns: string[];
  show: (view: View | null) => void;
}

/** Searches that were kept, to begin with again; what is shown now can be kept as one more. */
export function Views({ views, view, filter, columns, show }: Props) {
  const { t } = useWords();
  const may = useMay();
  const tell = useTell();
  const client = useQueryClient();
  const [naming, setNaming] = useState<View | "new" | null>(null);
  const now = views.find((each) => each.id === view);
  const mayChange = now && (now.mine || may("customers.share_views"));
  const refresh = () => client.invalidateQueries({ queryKey: ["customer-views"] });
  const act = async (work: () => Promise<unknown>) => {
    try {
      await work();
      await refresh();
    } catch (failure) {
      tell.failed(failure);
    }
  };
  const remove = (gone: View) =>
    act(async () => {
      await api.delete(`/customer-views/${pathId(gone.id)}`);
      show(null);
    });
  const update = (old: View) =>
    act(() => api.put(`/customer-views/${pathId(old.id)}`, { ...body(old), filter: toKeep(filter), columns, sort: filter.sort || "changed", version: old.version }));
  const begin = (id: string) => act(() => api.put("/customer-views/default", { view: id }));
  return (
    <>
      <Select
        value={now ? now.id : ""}
        onChange={(id) => show(views.find((each) => each.id === id) ?? null)}
        style={{ width: 200 }}
        aria-label={t("customers.view")}
        showSearch={{ optionFilterProp: "label" }}
        data-testid="view"
        options={[
          { value: "", label: t("customers.allCustomers") },
          ...(["own", "team", "everyone"] as const).flatMap((audience) => {
            const some = views.filter((each) => each.audience === audience);
            const options = some.map((each) => ({ value: each.id, label: each.default ? `${each.name} ★` : each.name }));
            return some.length > 0 ? [{ label: t(`customers.a_${audience}`), options }] : [];
          }),
        ]}
      />
      {(isFiltered(filter) || now) && (!now || !same(filter, now)) && (
        <Button onClick={() => setNaming("new")} data-testid="keep-view">
          {t("customers.keepView")}
        </Button>
      )}
      {now && mayChange && !same(filter, now) && <Button onClick={() => void update(now)}>{t("customers.updateView")}</Button>}
      {now && (
        <Dropdown
          trigger={["click"]}
          menu={{
            items: [
              { key: "default", label: t(now.default ? "customers.noDefault" : "customers.makeDefault"), onClick: () => void begin(now.default ? "" : now.id) },
              ...(mayChange
                ? [
                    { key: "rename", label: t("customers.renameView"), onClick: () => setNaming(now) },
                    { key: "remove", label: t("customers.removeView"), danger: true, onClick: () => void remove(now) },
                  ]
                : []),
            ],
          }}
        >
          <Button aria-label={t("customers.viewActions")} data-testid="view-actions">
            ⋯
          </Button>
        </Dropdown>
      )}
      {now && Object.entries(now.gone).length > 0 && (
        <span className="over" role="alert" data-testid="view-gone">
          {Object.entries(now.gone)
            .map(([what, id]) => t(`customers.gone_${what}` as "customers.gone_tag", { name: id }))
            .join(" ")}
        </span>
      )}
      {naming && (
        <Naming
          view={naming}
          filter={filter}
          columns={columns}
          close={() => setNaming(null)}
          kept={async (id) => {
            await refresh();
            const made = client.getQueryData<{ items: View[] }>(["customer-views"])?.items.find((each) => each.id === id);
            if (made) show(made);
          }}
        />
      )}
    </>
  );
}

function body({ name, audience, team, filter, columns, sort }: View) {
  return { name, audience, team, filter, columns, sort };
}

interface Fields {
  name: string;
  audience: View["audience"];
  team?: string;
  first?: boolean;
}

function Naming(props: { view: View | "new"; filter: Filter; columns: string[]; close: () => void; kept: (id: string) => Promise<void> }) {
  const { t } = useWords();
  const may = useMay();
  const teams = useKind("teams") ?? [];
  const [problem, setProblem] = useState("");
  const [busy, setBusy] = useState(false);
  const [form] = Form.useForm<Fields>();
  const audience = Form.useWatch("audience", form);
  const old = props.view === "new" ? null : props.view;
  const submit = async ({ name, audience, team = "", first }: Fields) => {
    setBusy(true);
    setProblem("");
    const told = { name, audience, team: audience === "team" ? team : "" };
    try {
      let id = old?.id ?? "";
      if (old) await api.put(`/customer-views/${pathId(id)}`, { ...body(old), ...told, version: old.version });
      else {
        const made = { ...told, filter: toKeep(props.filter), columns: props.columns, sort: props.filter.sort || "changed" };
        id = (await api.post<{ id: string }>("/customer-views", made)).id;
      }
      if (first) await api.put("/customer-views/default", { view: id });
      await props.kept(id);
      props.close();
    } catch (error) {
      setProblem(Object.values(fieldProblems(error))[0] ?? explain(error));
    } finally {
      setBusy(false);
    }
  };
  return (
    <Modal open onCancel={props.close} footer={null} title={t(old ? "customers.renameView" : "customers.keepView")}>
      <Form form={form} layout="vertical" initialValues={{ audience: "own", ...(old ?? {}) }} onFinish={(fields: Fields) => void submit(fields)}>
        {problem && (
          <p className="over" role="alert">
            {problem}
          </p>
        )}
        {props.filter.q && !old && <p className="quiet">{t("customers.notKept")}</p>}
        <Form.Item name="name" label={t("customers.viewName")} rules={[{ required: true, whitespace: true }]}>
          <Input autoFocus maxLength={80} data-testid="view-name" />
        </Form.Item>
        {may("customers.share_views") && (
          <Form.Item name="audience" label={t("customers.audience")}>
            <Radio.Group
              options={(["own", "team", "everyone"] as const)
                .filter((value) => value !== "team" || teams.length > 0)
                .map((value) => ({ value, label: t(`customers.a_${value}`) }))}
            />
          </Form.Item>
        )}
        {audience === "team" && (
          <Form.Item name="team" label={t("customers.team")} rules={[{ required: true }]}>
            <Select options={teams.map((team) => ({ value: team.id, label: team.name }))} />
          </Form.Item>
        )}
        {!old && (
          <Form.Item name="first" valuePropName="checked">
            <Checkbox>{t("customers.makeDefault")}</Checkbox>
          </Form.Item>
        )}
        <Button type="primary" htmlType="submit" loading={busy} data-testid="save-view">
          {t("common.save")}
        </Button>
      </Form>
    </Modal>
  );
}
