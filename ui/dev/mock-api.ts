/** Answers of the mock, call by call. */

import { dispositions, floorQueues, lines, makeContacts, me, reasons, sites, skills } from "./world.ts";

type Answer = [number, object | null];

const everything = [
  "desk.use", "desk.dial_out", "floor.view", "floor.act", "contacts.view", "customers.view", "customers.edit", "numbers.view",
  "recordings.play", "recordings.download", "configuration.view", "configuration.edit", "people.manage", "tokens.manage",
  "audit.view", "operations.view",
];

export function permissionsOf(name: string): string[] {
  if (name === "lin") return ["desk.use", "contacts.view", "customers.view", "customers.edit", "numbers.view", "desk.dial_out"];
  return everything;
}

export const session = {
  in: false,
  user: {
    id: "u1",
    name: "lin",
    display_name: "林晓雨",
    mail: "lin@example.cn",
    language: "zh",
    agent: "a1",
    roles: ["agent"],
    permissions: permissionsOf("lin"),
    sites: [],
    lines: [],
    second_factor: false,
    must_change_password: false,
  },
};

const contacts = makeContacts(120);

const page = (items: unknown[]) => ({ items, next: null, total: items.length });

const queues = floorQueues.map((q) => ({
  id: q.id, version: 1, name: q.name, line: q.line, requires: { k2: 2 }, ring_s: 15, wrap_up_s: 60, priority_s: 0,
  service_level_s: 20, service_level_target: 0.8, short_abandon_s: 5, closed: q.closed, music: "default", announce_place: true,
  announce_wait: true, announce_every_s: 30, record: true, dispositions: ["d1", "d2", "d3"],
}));

const flowText = `name: 主菜单
start: welcome
nodes:
  welcome:
    say: { zh: 您好，欢迎致电。, en: Welcome. }
    next: main
  main:
    menu:
      prompt: { zh: 账单请按 1，报修请按 2，人工请按 0。 }
      keys: { "1": bill, "2": repair, "0": agent }
  bill:
    queue: 账单咨询
  repair:
    queue: 故障报修
  agent:
    queue: 业务办理
`;

const kinds: Record<string, object[]> = {
  lines, sites, skills, reasons, dispositions, queues,
  agents: Array.from({ length: 40 }, (_, i) => ({
    id: `a${i + 1}`, version: 1, name: i === 0 ? me.name : `坐席 ${i + 1}`, number: String(10001 + i), site: "s1",
    queues: ["q1", "q2"], skills: { k1: 3, k2: 4 }, dial_out: i % 3 === 0, language: "zh",
  })),
  hours: [{ id: "h1", version: 1, name: "工作时间", timezone: "Asia/Shanghai", calendar: "cn", closed_dates: [], open_dates: [],
    weekly: { mon: [["09:00", "18:00"]], tue: [["09:00", "18:00"]], wed: [["09:00", "18:00"]], thu: [["09:00", "18:00"]], fri: [["09:00", "12:00"], ["13:00", "18:00"]] } }],
  trunks: [{ id: "t1", version: 1, name: "电信中继", trunk: "t1", host: "sip.example.cn", port: 5060, transport: "udp",
    codecs: ["alaw", "ulaw"], register: false, username: "", has_secret: false, addresses: ["10.0.0.8/32"], trust_identity: true,
    caller_number: "+865515550000", number_format: "national", country: "CN", early_media: true, session_timers: "yes" }],
  "entry-points": [{ id: "e1", version: 1, name: "热线", kind: "number", key: "+8695598", localities: [], line: "l1", flow: "f1",
    language: "zh", title: { zh: "客服热线", en: "Hotline" }, enabled: true }],
  destinations: [{ id: "x1", version: 1, name: "国内", pattern: "+86", permission: "desk.dial_out", max_per_hour: 200 }],
  flows: [{ id: "f1", version: 3, name: "主菜单", text: flowText, published_version: 2 }],
};

export function mockApi(method: string, path: string, url: URL, body: Record<string, unknown>): Answer {
  const now = Date.now() / 1000;
  if (path === "/session") {
    if (method === "DELETE") session.in = false;
    if (!session.in) return [method === "DELETE" ? 204 : 401, { error: { code: "session.none", message: "" } }];
    return [200, { user: session.user, tenant: { id: "t", name: "演示中心" }, csrf: "x", now }];
  }
  if (path === "/desk/setup") {
    return [200, { agent: { id: "a1", number: "10001", name: me.name }, reasons, queues, dispositions }];
  }
  if (path === "/desk/phone") {
    return [200, { endpoint: "e-1", secret: "s", realm: "qingting", ws: "/sip", ice_servers: [], expires_at: now + 3600 }];
  }
  if (path === "/desk/recent") return [200, page(contacts.slice(0, 12))];
  if (path.startsWith("/public/entries/")) {
    if (path.endsWith("nothing")) return [404, { error: { code: "entry.unknown", message: "" } }];
    return [200, { title: { zh: "客户服务热线", en: "Customer service" }, open: true, company: "清听电力" }];
  }
  if (path === "/public/calls") return [429, { error: { code: "web_call.too_many", message: "" } }];
  if (path === "/public/trust") {
    return [200, { tls: "auto", authority: "/api/v1/public/authority.pem", fingerprint: "9A:41:7C:02:5E:…", name: "Qingting local authority" }];
  }
  if (path === "/contacts") {
    const number = url.searchParams.get("number") ?? "";
    return [200, { items: contacts.filter((c) => c.number.includes(number)).slice(0, 50), next: "50", total: 120 }];
  }
  const contact = /^\/contacts\/([^/]+)$/.exec(path)?.[1];
  if (contact) return [200, record(contact, now)];
  if (/^\/recordings\/[^/]+\/waveform$/.test(path)) return [200, waveform()];
  if (/^\/recordings\/[^/]+\/audio$/.test(path)) return [200, tone()];
  if (path.startsWith("/customers/")) {
    return [200, { id: "cu1", version: 1, name: "赵思远", numbers: ["+8613856781234"], note: "VIP", calls_today: 3, calls_year: 14 }];
  }
  if (path === "/roles") {
    return [200, { items: [{ role: "agent", permissions: permissionsOf("lin") }, { role: "supervisor", permissions: everything }, { role: "administrator", permissions: everything }] }];
  }
  if (path === "/users") {
    return [200, page([{ ...session.user, active: true, locked_until: null, last_seen: now - 60 }, { ...session.user, id: "u2", name: "wang", display_name: "王敏", roles: ["supervisor"], agent: "", active: true, locked_until: now + 600, last_seen: now - 86400 }])];
  }
  if (path === "/invitations" && method === "POST") return [200, { id: "i1", link: "https://cc.example.cn/invite/abc" }];
  if (path === "/invitation/show") return [200, { name: "lin", display_name: "林晓雨", tenant: { name: "演示中心" } }];
  if (path === "/tokens") {
    return method === "POST" ? [200, { id: "k1", token: "qt_0123456789abcdef" }] : [200, page([{ id: "k1", name: "报表", permissions: ["contacts.view"], created_at: now - 9000, expires_at: null, last_used_at: now - 50 }])];
  }
  if (path === "/audit") {
    return [200, page(Array.from({ length: 30 }, (_, i) => ({ at: now - i * 500, user: "u1", user_name: "林晓雨", action: ["sign_in", "recording.play", "queues.put", "flow.publish"][i % 4], target: `q${i}`, detail: { name: "账单咨询" }, address: "10.0.0.7", via: "session" })))];
  }
  if (path === "/settings") {
    return [200, { version: 1, consent_announcement: true, retention: { recordings_days: 180, contacts_days: 730 }, default_language: "zh", company_name: "清听电力", ...body }];
  }
  if (path === "/session/second-factor" && method === "POST") return [200, { secret: "JBSWY3DPEHPK3PXP", uri: "otpauth://totp/Qingting:lin?secret=JBSWY3DPEHPK3PXP&issuer=Qingting" }];
  if (path === "/session/second-factor/confirm") return [200, { recovery_codes: ["a1b2-c3d4", "e5f6-g7h8", "j9k0-l1m2", "n3p4-q5r6"] }];
  if (path === "/flows/check") {
    return [200, { problems: String(body.text).includes("bad") ? [{ line: 9, column: 5, code: "flow.unknown_target", message: "no node named bad" }] : [] }];
  }
  const [, kind = "", id] = path.split("/");
  const items = kinds[kind];
  if (items) {
    if (!id) return method === "POST" ? [201, { id: "new", version: 1, ...body }] : [200, page(items)];
    return [200, { ...items[0], ...body }];
  }
  return [204, null];
}

function record(id: string, now: number): object {
  const row = contacts.find((c) => c.id === id) ?? contacts[1];
  const at = now - 4000;
  return {
    ...row, id, at, outcome: "answered", recording: "ready", agent_name: "林晓雨", talk_s: 184, wait_s: 42,
    customer: { id: "cu1", name: "赵思远" },
    visits: [{ id: "v1", queue: "q1", queue_name: "账单咨询", since: at + 30, answered_at: at + 72, ended_at: at + 256, outcome: "answered" }],
    assignments: [
      { id: "v1/1", agent_name: "周洋", offered_at: at + 40, state: "timed_out" },
      { id: "v1/2", agent_name: "林晓雨", offered_at: at + 60, accepted_at: at + 72, state: "done" },
    ],
    steps: [
      { at: at + 2, flow: "f1", node: "welcome", via: "start", words: { zh: "欢迎语", en: "欢迎语" } },
      { at: at + 8, flow: "f1", node: "main", via: "2", words: { zh: "电费账单", en: "电费账单" } },
      { at: at + 20, flow: "f1", node: "bill", via: "0", words: { zh: "人工服务", en: "人工服务" } },
    ],
    timeline: [
      happening(at, "ContactArrived", { entry: "e1", entry_name: "热线", direction: "in" }),
      happening(at + 2, "DialogueMoved", { node: "welcome", via: "start" }),
      happening(at + 8, "DialogueMoved", { node: "main", via: "2" }),
      happening(at + 20, "DialogueMoved", { node: "bill", via: "0" }),
      happening(at + 30, "VisitStarted", { queue: "q1", queue_name: "账单咨询" }),
      happening(at + 40, "AssignmentOffered", { agent_name: "周洋", why: "band 4, idle 3:12" }),
      happening(at + 55, "AssignmentTimedOut", {}),
      happening(at + 55, "VisitRequeued", { why: "ring_no_answer" }),
      happening(at + 60, "AssignmentOffered", { agent_name: "林晓雨", why: "band 4, idle 1:40" }),
      happening(at + 72, "AssignmentAccepted", {}),
      happening(at + 72.4, "AssignmentConnected", {}),
      happening(at + 120, "AssignmentHeld", {}),
      happening(at + 141, "AssignmentResumed", {}),
      happening(at + 256, "ContactEnded", { cause: "customer" }),
      happening(at + 256, "WrapUpStarted", { cause: "customer" }),
      happening(at + 262, "DispositionSet", { disposition_names: { zh: "已解决", en: "Resolved" } }),
      happening(at + 290, "AssignmentDone", { how: "finished" }),
    ],
    journey: contacts.slice(5, 8),
    language: "zh", cause: "customer", ended_at: at + 256,
    notes: [{ id: "n1", at: at + 280, text: "客户核对三月账单，已解释阶梯电价。" }],
    recordings: [{ id: "rec1", started: at + 72, seconds: 184, state: "ready", error: "", paused: [[at + 132, at + 150]] }],
  };
}

function happening(at: number, kind: string, detail: object): object {
  return { at, kind, words: kind, detail };
}

function waveform(): object {
  const speech = (offset: number) =>
    Array.from({ length: 900 }, (_, i) => {
      const turn = Math.sin((i + offset) / 28) > 0 ? 1 : 0.06;
      const paused = i / 900 > 60 / 184 && i / 900 < 78 / 184 ? 0 : 1;
      return Math.abs(Math.sin(i * 1.7 + offset) * Math.cos(i * 0.31)) * turn * paused * 0.9;
    });
  return { seconds: 184, channels: { customer: speech(0), agent: speech(88) } };
}

function tone(): Buffer {
  const seconds = 20;
  const rate = 8000;
  const data = Buffer.alloc(44 + seconds * rate * 2);
  data.write("RIFF", 0);
  data.writeUInt32LE(36 + seconds * rate * 2, 4);
  data.write("WAVEfmt ", 8);
  data.writeUInt32LE(16, 16);
  data.writeUInt16LE(1, 20);
  data.writeUInt16LE(1, 22);
  data.writeUInt32LE(rate, 24);
  data.writeUInt32LE(rate * 2, 28);
  data.writeUInt16LE(2, 32);
  data.writeUInt16LE(16, 34);
  data.write("data", 36);
  data.writeUInt32LE(seconds * rate * 2, 40);
  for (let i = 0; i < seconds * rate; i++) data.writeInt16LE(Math.round(Math.sin(i / 5) * 3000), 44 + i * 2);
  return data;
}
