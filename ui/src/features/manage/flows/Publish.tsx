import { ClockCircleOutlined } from "@ant-design/icons";
import { Button, DatePicker, Popover, Space } from "antd";
import dayjs, { type Dayjs } from "dayjs";
import { useState } from "react";
import { useWords } from "../../../i18n";

/** Publish now, or from a time on: callers of the moment are never cut off. */
export function Publish(props: { busy: boolean; disabled: boolean; publish: (startsAt: number) => Promise<void> }) {
  const { busy, disabled, publish } = props;
  const { t } = useWords();
  const [open, setOpen] = useState(false);
  const [at, setAt] = useState<Dayjs | null>(null);
  const later = async () => {
    if (!at) return;
    await publish(at.unix());
    setOpen(false);
  };
  const form = (
    <div className="publish-at">
      <DatePicker
        showTime={{ format: "HH:mm", minuteStep: 5 }}
        format="YYYY-MM-DD HH:mm"
        value={at}
        onChange={setAt}
        disabledDate={(day) => day.isBefore(dayjs(), "day")}
        placeholder={t("flows.when")}
        aria-label={t("flows.when")}
        data-testid="publish-when"
      />
      <Button type="primary" disabled={!at || at.isBefore(dayjs())} loading={busy} onClick={() => void later()} data-testid="publish-later">
        {t("flows.publishThen")}
      </Button>
    </div>
  );
  return (
    <Space.Compact>
      <Button type="primary" onClick={() => void publish(0)} loading={busy} disabled={disabled} data-testid="flow-publish">
        {t("manage.flowPublish")}
      </Button>
      <Popover content={form} trigger="click" open={open} onOpenChange={setOpen} placement="bottomRight" title={t("flows.publishAt")}>
        <Button
          type="primary"
          disabled={disabled}
          icon={<ClockCircleOutlined aria-hidden />}
          aria-label={t("flows.publishAt")}
          title={t("flows.publishAt")}
          data-testid="flow-publish-at"
        />
      </Popover>
    </Space.Compact>
  );
}
