import { Skeleton } from "antd";
import { useSyncExternalStore } from "react";
import { Stale } from "../../components/Stale";
import { useWords } from "../../i18n";
import { floorStream } from "../../live/stream";
import "./floor.css";
import { floorPanels } from "./panels";

export function Floor() {
  const { t } = useWords();
  const known = useSyncExternalStore(floorStream.subscribe, () => floorStream.state.stream !== "");
  return (
    <div className="floor" data-testid="floor">
      <Stale stream={floorStream} />
      {known ? (
        floorPanels.map(({ id, Panel }) => <Panel key={id} />)
      ) : (
        <div style={{ padding: 20 }} aria-label={t("floor.loading")}>
          <Skeleton active paragraph={{ rows: 12 }} title={false} />
        </div>
      )}
    </div>
  );
}
