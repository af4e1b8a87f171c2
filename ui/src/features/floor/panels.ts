import { AgentsPanel } from "./AgentsPanel";
import { BreakLimits } from "../later/BreakLimits";
import type { FloorPanel } from "./panel";
import { QueuesPanel } from "./QueuesPanel";
import { TotalsPanel } from "./TotalsPanel";

export const floorPanels: FloorPanel[] = [
  { id: "totals", Panel: TotalsPanel },
  { id: "queues", Panel: QueuesPanel },
  { id: "breaks", Panel: BreakLimits },
  { id: "agents", Panel: AgentsPanel },
];
