/** Sums and what follows from them; null where there is nothing to say. */
export interface FlowFigures {
  contacts: number;
  contained: number;
  handed: number;
  partly: number;
  lost: number;
  later: number;
  finished: number;
  queries: number;
  transactions: number;
  looped: number;
  rated: number;
  containment: number | null;
  containment_all: number | null;
  satisfaction: number | null;
  seconds_mean: number | null;
  before_person_mean: number | null;
  loop_rate: number | null;
  saved: number | null;
}

export interface NodeFigures {
  contacts: number;
  visits: number;
  missed: number;
  failures: number;
  rated: number;
  arrival_rate: number | null;
  success_rate: number | null;
  hops_mean: number | null;
  before_mean: number | null;
  seconds_mean: number | null;
  loop_rate: number | null;
  person_rate: number | null;
  lost_rate: number | null;
  failure_rate: number | null;
  satisfaction: number | null;
}

export type NodeRow = NodeFigures & { node: string; weakness: number };

export interface Way {
  source: string;
  target: string;
  via: string;
  times: number;
}

interface About {
  definitions: Record<string, string>;
  target: number;
  agent_contact_cost: number;
  currency: string;
}

export interface Overview extends About {
  total: FlowFigures;
  days: (FlowFigures & { day: string })[];
  items: (FlowFigures & { flow: string; name: string; published_version: number })[];
}

export interface OneFlow extends About {
  flow: string;
  name: string;
  published_version: number;
  versions: { version: number; contacts: number }[];
  total: FlowFigures;
  trend: (FlowFigures & { at: string })[];
  nodes: NodeRow[];
  ways: Way[];
}

export interface GraphNode {
  id: string;
  flow: string;
  kind: string;
  goal: string;
  about: string;
  words: Record<string, string>;
}

export interface Arrow {
  source: string;
  target: string;
  via: string;
  words: Record<string, string>;
}

export interface Graph {
  version: number;
  start: string;
  languages: string[];
  nodes: GraphNode[];
  arrows: Arrow[];
}
