/** An invented centre, big enough to see what a full floor looks like. Development only. */

import type { Assignment, ContactRow, FloorAgent, FloorQueue, Me, TargetAgent, Targets } from "../src/api/types.ts";

const now = () => Date.now() / 1000;

let seed = 7;
export function random(): number {
  seed = (seed * 1103515245 + 12345) % 2147483648;
  return seed / 2147483648;
}
const pick = <T>(all: readonly T[]): T => all[Math.floor(random() * all.length)] as T;

const families = "王李张刘陈杨赵黄周吴徐孙胡朱高林何郭马罗";
const given = ["伟", "芳", "娜", "敏", "静", "丽", "强", "磊", "军", "洋", "艳", "勇", "杰", "涛", "明", "超", "雪", "婷", "子涵", "思远"];
const person = () => (families[Math.floor(random() * families.length)] ?? "王") + pick(given);

export const lines = [
  { id: "l1", version: 1, name: "电力" },
  { id: "l2", version: 1, name: "电商" },
];
export const sites = [
  { id: "s1", version: 1, name: "合肥" },
  { id: "s2", version: 1, name: "成都" },
];
export const skills = [
  { id: "k1", version: 1, name: "英语" },
  { id: "k2", version: 1, name: "账单" },
  { id: "k3", version: 1, name: "技术" },
];
export const reasons = [
  { id: "r1", version: 1, name: "break", names: { zh: "小休", en: "Break" }, retired: false },
  { id: "r2", version: 1, name: "lunch", names: { zh: "用餐", en: "Lunch" }, retired: false },
  { id: "r3", version: 1, name: "training", names: { zh: "培训", en: "Training" }, retired: false },
  { id: "r4", version: 1, name: "meeting", names: { zh: "会议", en: "Meeting" }, retired: false },
];
export const dispositions = [
  { id: "d1", version: 1, name: "solved", names: { zh: "已解决", en: "Solved" }, retired: false },
  { id: "d2", version: 1, name: "follow", names: { zh: "需跟进", en: "Follow up" }, retired: false },
  { id: "d3", version: 1, name: "complaint", names: { zh: "投诉", en: "Complaint" }, retired: false },
  { id: "d4", version: 1, name: "wrong", names: { zh: "打错电话", en: "Wrong number" }, retired: false },
  { id: "d5", version: 1, name: "silent", names: { zh: "无声或骚扰", en: "Silent or nuisance" }, retired: false },
];

const queueNames = ["账单咨询", "故障报修", "业务办理", "投诉建议", "停电通知", "新装过户", "电子发票", "VIP 专席", "英文服务", "售后退换"];

export const floorQueues: FloorQueue[] = queueNames.map((name, i) => {
  const offered = 200 + Math.floor(random() * 900);
  const level = [0.93, 0.58, 0.86, 0.78, 0.97, 0.91, 0.83, 0.66, 0.9, 0.88][i] ?? 0.9;
  const waiting = i === 1 ? 14 : i === 7 ? 3 : i < 4 ? Math.floor(random() * 4) : 0;
  const abandoned = Math.floor(offered * (1 - level) * 0.3);
  return {
    id: `q${i + 1}`,
    name,
    line: i < 7 ? "l1" : "l2",
    waiting,
    longest_since: waiting > 0 ? now() - (i === 1 ? 187 : i === 7 ? 64 : 6 + i * 3) : null,
    offered: i === 8 ? 0 : offered,
    answered: i === 8 ? 0 : offered - abandoned,
    answered_in_target: Math.floor(offered * level),
    abandoned: i === 8 ? 0 : abandoned,
    short_abandoned: Math.floor(abandoned / 4),
    flow_out: Math.floor(random() * 9), escalated: 0,
    service_level: i === 8 ? null : level,
    service_level_s: 20,
    service_level_target: 0.8,
    agents: { idle: i === 1 ? 0 : 3 + Math.floor(random() * 30), ringing: 1, talking: 20 + i * 7, wrap_up: 4 + i, not_ready: 6 },
    closed: i === 9,
    out_of_hours: false,
    across: i === 2 ? 3 : 0,
    warning: i === 8 ? "no_agents" : "",
    missing: [],
  };
});

const states: FloorAgent["state"][] = [
  ...(Array(18).fill("idle") as "idle"[]),
  ...(Array(48).fill("talking") as "talking"[]),
  ...(Array(3).fill("ringing") as "ringing"[]),
  ...(Array(4).fill("held") as "held"[]),
  ...(Array(12).fill("wrap_up") as "wrap_up"[]),
  ...(Array(9).fill("not_ready") as "not_ready"[]),
  "not_responding",
  "unreachable",
  ...(Array(6).fill("offline") as "offline"[]),
];

export function makeAgents(count: number): FloorAgent[] {
  return Array.from({ length: count }, (_, i) => {
    const state = pick(states);
    const long = random() > 0.97 ? 1400 : 240;
    return {
      id: `a${i + 1}`,
      number: String(10001 + i),
      name: person(),
      site: pick(sites).id,
      state,
      reason: state === "not_ready" ? pick(reasons).id : "",
      since: now() - random() * (state === "idle" ? 90 : state === "offline" ? 9000 : long),
      pending: state === "talking" && random() > 0.96 ? { presence: "not_ready", reason: "r2" } : null,
      queue: state === "talking" || state === "held" || state === "ringing" || state === "wrap_up" ? `q${1 + (i % 8)}` : "",
      contact: "",
      from_site: "",
      queues: [`q${1 + (i % 8)}`, `q${1 + ((i * 3) % 10)}`],
      answered_today: Math.floor(random() * 60),
    };
  });
}

export const me: Me = {
  agent: "a1",
  number: "10001",
  name: "林晓雨",
  presence: "offline",
  reason: "",
  since: now() - 40,
  pending: null,
  routability: "offline",
  reachable: true,
  set_aside: "",
};

export function makeAssignment(id: string): Assignment {
  return {
    id,
    state: "offered",
    since: now(),
    until: now() + 20,
    contact: "c1",
    visit: "v1",
    queue: "q1",
    queue_name: "账单咨询",
    line: "l1",
    direction: "in",
    language: "zh",
    caller: { number: "+8613856781234", withheld: false, erased: false, locality: { zh: "安徽 合肥", en: "Hefei, Anhui" } },
    customer: {
      id: "cu1",
      name: "赵思远",
      kind: "person",
      note: "VIP；上次投诉电费翻倍，已答应复核表计。",
      language: "zh",
      vip: true,
      level: "confirmed",
      tags: [{ layer: "value", tag: "gold", origin: "hand", confidence: 1, at: 1_790_000_000 }],
      notes: [],
      consents: [{ purpose: "marketing", medium: "sms", given: false }],
      contacts: [],
      open: 0,
    },
    calls_today: 3,
    calls_year: 14,
    last_contact_at: now() - 5400,
    path: [
      { at: now() - 60, node: "language", key: "1", words: { zh: "普通话", en: "普通话" } },
      { at: now() - 50, node: "main", key: "2", words: { zh: "电费账单", en: "电费账单" } },
      { at: now() - 40, node: "bill", key: "0", words: { zh: "人工服务", en: "人工服务" } },
    ],
    waited_s: 38,
    first_arrival: now() - 38,
    recording: "on",
    disposition: "",
    end_cause: "",
    call_back: null,
    role: "owner",
    talk: "none",
    consults: [],
    owner_name: "",
    notes: null,
    transferred_from: "",
    extendable: false,
    auto: false,
    callback: null,
  };
}

export function makeTargets(text: string, agents: FloorAgent[]): Targets {
  const has = (...words: string[]) => words.some((each) => each.includes(text));
  const as = { idle: "free", not_ready: "away", offline: "offline" } as Record<string, TargetAgent["state"]>;
  return {
    queues: floorQueues
      .filter((q) => has(q.name))
      .map((q) => ({ id: q.id, name: q.name, open: !q.closed, free: q.agents.idle, waiting: q.waiting, second_line: q.id === "q2" })),
    agents: agents
      .filter((a) => a.id !== "a1" && has(a.name, a.number))
      .slice(0, 50)
      .map((a) => ({
        id: a.id,
        number: a.number,
        name: a.name,
        state: as[a.state] ?? "busy",
        queue_names: a.queues.map((id) => floorQueues.find((q) => q.id === id)?.name ?? id),
      })),
    outside: true,
  };
}

export function makeContacts(count: number): ContactRow[] {
  return Array.from({ length: count }, (_, i) => {
    const outcome = random() > 0.86 ? "abandoned" : random() > 0.9 ? "self_service" : "answered";
    const queue = pick(floorQueues);
    return {
      id: `ct${i + 1}`,
      at: now() - i * 480 - 300,
      medium: "voice",
      direction: i % 9 === 4 ? "out" : "in",
      number: `+861${pick(["38", "39", "58", "86", "77"])}${String(10000000 + Math.floor(random() * 89999999))}`,
      withheld: false, erased: false,
      locality: { zh: "安徽 合肥", en: "Hefei, Anhui" },
      cause: "customer",
      ended_at: now() - i * 480,
      customer: random() > 0.4 ? { id: `cu${i}`, name: person() } : null,
      entry: "e1",
      line: queue.line,
      queue: queue.id,
      queue_name: queue.name,
      agent: outcome === "answered" ? "a1" : "",
      agent_name: outcome === "answered" ? person() : "",
      outcome,
      wait_s: Math.floor(random() * 90),
      talk_s: outcome === "answered" ? 20 + Math.floor(random() * 500) : null,
      recording: outcome === "answered" ? (i === 3 ? "failed" : i === 0 ? "pending" : "ready") : "none",
      ...disposed(outcome === "answered" ? pick(dispositions) : undefined),
    };
  });
}

function disposed(one: { id: string; names: { zh: string; en: string } } | undefined) {
  return { disposition: one?.id ?? "", disposition_names: one?.names ?? {} };
}
