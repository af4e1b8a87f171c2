/** What each kind of configured thing is made of: one list of fields serves its table and its form. */

import type { WordKey } from "../../i18n";
import { media, strategies } from "./routing/course";

export interface Item {
  id: string;
  version: number;
  name: string;
  [field: string]: unknown;
}

export type Field = {
  name: string | [string, string];
  words: WordKey;
  note?: WordKey;
  /** Shown in the table as well. */
  column?: boolean;
  required?: boolean;
  /** What an empty one means, said in the table. */
  ifNone?: WordKey;
  /** A heading before it. */
  group?: WordKey;
  /** Decided when it was made. */
  fixed?: boolean;
  /** Where the caret stands first. */
  focused?: boolean;
} & (
  | { type: "text"; max?: number }
  | { type: "number"; least: number; most: number; unit?: "s" }
  | { type: "percent" }
  | { type: "switch" }
  | { type: "choice"; options: { value: string; words?: WordKey; label?: string }[] }
  | { type: "choices"; options: { value: string; words?: WordKey; label?: string }[] }
  | { type: "one"; kind: string }
  | { type: "many"; kind: string }
  | { type: "levels" }
  | { type: "steps" }
  | { type: "overflow" }
  | { type: "conditions" }
  | { type: "ranks" }
  | { type: "matrix" }
  | { type: "byMedium"; least: number; most: number; usual: number }
  | { type: "list" }
  | { type: "lines" }
  | { type: "weekly" }
  | { type: "secret"; max?: number }
  | { type: "headers" }
);

const plain = (value: string) => ({ value, label: value });
const languages = [
  { value: "zh", label: "中文" },
  { value: "en", label: "English" },
];

const worded = (prefix: string, values: readonly string[]) =>
  values.map((value) => ({ value, words: `routing.${prefix}${value}` as WordKey }));

const language: Field = { name: "language", words: "manage.language", type: "choice", options: languages };

const names: Field[] = [
  { name: ["names", "zh"], words: "manage.namesZh", type: "text", required: true, column: true },
  { name: ["names", "en"], words: "manage.namesEn", type: "text", required: true, column: true },
  { name: "retired", words: "manage.retired", type: "switch", column: true },
];

const freshBreaks = { reasons: [], most: 1 };

const freshPolicy = {
  at_once: 1, auto_answer: false, misses: 1, penalty_s: 0, requeue_lost: false, grace_s: 30, extend_wrap_up_s: 0,
  overflow: [], callback_first: "agent", callback_attempts: 3, callback_retry_s: 300, callback_expires_s: 86400,
  breaks: freshBreaks,
};

/** So many at once, of these reasons. */
function breaks(group?: WordKey): Field[] {
  return [
    { name: ["breaks", "reasons"], words: "routing.breakReasons", note: "routing.breakReasonsNote", type: "many", kind: "reasons", column: !group, ...(group && { group }) },
    { name: ["breaks", "most"], words: "routing.breakMost", type: "number", least: 0, most: 10000, column: !group },
  ];
}

export const kinds: Record<string, { fields: Field[]; fresh: Record<string, unknown> }> = {
  lines: { fields: [], fresh: {} },
  sites: {
    fields: [
      { name: "host", words: "manage.siteHost", note: "manage.siteHostNote", ifNone: "manage.siteHostNone", type: "text", max: 253, column: true },
      { name: "port", words: "manage.port", type: "number", least: 1, most: 65535 },
      { name: "transport", words: "manage.transport", type: "choice", options: ["udp", "tcp", "tls"].map(plain) },
      { name: "secret", words: "manage.siteSecret", note: "manage.siteSecretNote", type: "secret" },
      { name: "addresses", words: "manage.addresses", note: "manage.siteAddressesNote", type: "list" },
    ],
    fresh: { host: "", port: 5060, transport: "udp", addresses: [] },
  },
  skills: {
    fields: [{ name: "kind", words: "routing.kind", type: "choice", options: worded("kind_", ["skill", "language", "grade"]), column: true }],
    fresh: { kind: "skill" },
  },
  rules: {
    fields: [
      { name: "when", words: "routing.when", type: "conditions", column: true },
      { name: "priority_s", words: "routing.rulePriority", note: "routing.rulePriorityNote", type: "number", least: -86400, most: 86400, unit: "s", column: true },
      { name: "requires", words: "routing.ruleRequires", type: "levels", column: true },
      { name: "queues", words: "routing.ruleQueues", note: "routing.allIfNone", type: "many", kind: "queues", column: true },
      { name: "media", words: "routing.ruleMedia", note: "routing.allIfNone", type: "choices", options: worded("", media) },
    ],
    fresh: { when: [{ attribute: "vip", operator: "=", value: "yes" }], priority_s: 60, requires: {}, queues: [], media: [] },
  },
  reasons: { fields: names, fresh: { names: { zh: "", en: "" }, retired: false } },
  dispositions: {
    fields: [
      ...names,
      { name: "meaning", words: "manage.meaning", note: "manage.meaningNote", type: "choice", options: [{ value: "", words: "manage.meaningNone" }, ...worded("meaning_", ["resolved", "unresolved", "complaint"])], column: true },
    ],
    fresh: { names: { zh: "", en: "" }, retired: false, meaning: "" },
  },
  queues: {
    fields: [
      { name: "line", words: "manage.line", type: "one", kind: "lines", column: true },
      { name: "requires", group: "routing.whoServes", words: "manage.requires", type: "levels", column: true },
      { name: "second_line", words: "routing.secondLine", note: "routing.secondLineNote", type: "switch" },
      { name: "strategy", words: "routing.strategy", note: "routing.strategyNote", type: "choice", options: worded("", strategies) },
      { name: "site_rule", words: "routing.siteRule", type: "choice", options: worded("", ["any", "near", "home"]) },
      { name: "priority_s", words: "manage.priority", note: "manage.priorityNote", type: "number", least: -86400, most: 86400, unit: "s" },
      { name: "relax", words: "routing.relax", type: "steps" },
      { name: "behind_s", words: "routing.behind", note: "routing.behindNote", type: "number", least: 0, most: 86400, unit: "s" },
      { name: "ring_s", group: "routing.offers", words: "manage.ring", type: "number", least: 3, most: 300, unit: "s" },
      { name: "at_once", words: "routing.atOnce", note: "routing.atOnceNote", type: "number", least: 1, most: 10 },
      { name: "auto_answer", words: "routing.autoAnswer", type: "switch" },
      { name: "misses", words: "routing.misses", note: "routing.missesNote", type: "number", least: 0, most: 100 },
      { name: "penalty_s", words: "routing.penalty", note: "routing.penaltyNote", type: "number", least: 0, most: 86400, unit: "s" },
      { name: "spare_decliners", words: "routing.spareDecliners", type: "switch" },
      { name: "last_agent_s", words: "routing.lastAgent", note: "routing.lastAgentNote", type: "number", least: 0, most: 3600, unit: "s" },
      { name: "requeue_lost", words: "routing.requeueLost", type: "switch" },
      { name: "grace_s", words: "routing.grace", note: "routing.graceNote", type: "number", least: 0, most: 86400, unit: "s" },
      { name: "service_level_s", group: "routing.howLong", words: "manage.serviceLevel", type: "number", least: 1, most: 86400, unit: "s", column: true },
      { name: "service_level_target", words: "manage.serviceTarget", type: "percent", column: true },
      { name: "wrap_up_s", words: "manage.wrapUp", note: "manage.wrapUpNote", type: "number", least: 0, most: 86400, unit: "s", column: true },
      { name: "extend_wrap_up_s", words: "routing.extendWrapUp", note: "routing.extendWrapUpNote", type: "number", least: 0, most: 86400, unit: "s" },
      { name: "short_abandon_s", words: "manage.shortAbandon", note: "manage.shortAbandonNote", type: "number", least: 0, most: 86400, unit: "s" },
      { name: "closed", group: "routing.whereElse", words: "manage.closed", type: "switch", column: true },
      { name: "hours", words: "routing.queueHours", note: "routing.queueHoursNote", type: "one", kind: "hours" },
      { name: "overflow", words: "routing.overflow", note: "routing.overflowNote", type: "overflow", column: true },
      { name: "site", words: "routing.standsFor", note: "routing.standsForNote", type: "one", kind: "sites" },
      { name: "callback_first", group: "routing.callbacks", words: "routing.callbackFirst", note: "routing.callbackFirstNote", type: "choice", options: worded("first_", ["agent", "customer"]) },
      { name: "callback_attempts", words: "routing.callbackAttempts", type: "number", least: 1, most: 10 },
      { name: "callback_retry_s", words: "routing.callbackRetry", note: "routing.callbackRetryNote", type: "number", least: 0, most: 86400, unit: "s" },
      { name: "callback_expires_s", words: "routing.callbackExpires", note: "routing.callbackExpiresNote", type: "number", least: 60, most: 2678400, unit: "s" },
      { name: "music", group: "routing.whatHears", words: "manage.music", note: "manage.musicNote", ifNone: "manage.musicNone", type: "text", max: 40 },
      { name: "announce_place", words: "manage.announcePlace", type: "switch" },
      { name: "announce_wait", words: "manage.announceWait", type: "switch" },
      { name: "announce_every_s", words: "manage.announceEvery", type: "number", least: 10, most: 3600, unit: "s" },
      { name: "record", words: "manage.record", type: "switch", column: true },
      { name: "dispositions", group: "routing.after", words: "manage.queueDispositions", note: "manage.queueDispositionsNote", type: "many", kind: "dispositions" },
      ...breaks("routing.queueBreaks"),
    ],
    fresh: {
      line: "", site: "", hours: "", second_line: false, ...freshPolicy, requires: {}, relax: [], strategy: "longest_idle", site_rule: "any", behind_s: 0, spare_decliners: false, last_agent_s: 0, ring_s: 15, wrap_up_s: 60, priority_s: 0, service_level_s: 20, service_level_target: 0.8,
      short_abandon_s: 5, closed: false, music: "", announce_place: true, announce_wait: true, announce_every_s: 30,
      record: true, dispositions: [],
    },
  },
  teams: { fields: breaks(), fresh: { breaks: freshBreaks } },
  agents: {
    fields: [
      { name: "number", words: "manage.number", type: "text", required: true, column: true },
      { name: "team", words: "routing.team", type: "one", kind: "teams", column: true },
      { name: "site", words: "manage.site", type: "one", kind: "sites", column: true },
      { name: "queues", words: "manage.agentQueues", type: "many", kind: "queues", column: true },
      { name: "ranks", words: "routing.ranks", note: "routing.ranksNote", type: "ranks" },
      { name: "skills", words: "manage.agentSkills", type: "levels", column: true },
      { name: "capacity", words: "routing.capacity", type: "byMedium", least: 0, most: 50, usual: 0 },
      { name: "load", words: "routing.load", note: "routing.loadNote", type: "number", least: 0, most: 100 },
      { name: "dial_out", words: "manage.dialOut", type: "switch", column: true },
      { name: "auto_answer", words: "routing.autoAnswerAgent", type: "switch" },
      language,
    ],
    fresh: {
      number: "", team: "", auto_answer: false, site: "", queues: [], ranks: {}, skills: {}, capacity: { voice: 1 }, load: 0, dial_out: false, language: "zh",
    },
  },
  hours: {
    fields: [
      { name: "timezone", words: "manage.timezone", type: "text", required: true, column: true },
      { name: "weekly", words: "manage.weekly", note: "manage.weeklyNote", type: "weekly" },
      {
        name: "calendar",
        words: "manage.calendar",
        type: "choice",
        options: [
          { value: "", words: "manage.calendarNone" },
          { value: "cn", words: "manage.calendarCn" },
        ],
      },
      { name: "closed_dates", words: "manage.closedDates", note: "manage.datesNote", type: "list" },
      { name: "open_dates", words: "manage.openDates", note: "manage.datesNote", type: "list" },
    ],
    fresh: { timezone: "Asia/Shanghai", weekly: {}, calendar: "cn", closed_dates: [], open_dates: [] },
  },
  trunks: {
    fields: [
      { name: "host", words: "manage.host", type: "text", required: true, column: true, max: 253 },
      { name: "port", words: "manage.port", type: "number", least: 1, most: 65535, column: true },
      { name: "transport", words: "manage.transport", type: "choice", options: ["udp", "tcp", "tls"].map(plain), column: true },
      { name: "codecs", words: "manage.codecs", type: "choices", options: ["alaw", "ulaw", "opus", "g722", "g729", "gsm"].map(plain) },
      { name: "addresses", words: "manage.addresses", note: "manage.addressesNote", type: "list", column: true },
      { name: "register", words: "manage.register", type: "switch" },
      { name: "username", words: "manage.username", type: "text" },
      { name: "secret", words: "manage.secret", type: "secret" },
      { name: "caller_number", words: "manage.callerNumber", type: "text", column: true },
      {
        name: "number_format",
        words: "manage.numberFormat",
        type: "choice",
        options: [
          { value: "e164", words: "manage.fmt_e164" },
          { value: "plus", words: "manage.fmt_plus" },
          { value: "national", words: "manage.fmt_national" },
        ],
      },
      { name: "country", words: "manage.country", type: "text", max: 2 },
      { name: "trust_identity", words: "manage.trustIdentity", type: "switch" },
      { name: "early_media", words: "manage.earlyMedia", type: "switch" },
      {
        name: "session_timers",
        words: "manage.sessionTimers",
        type: "choice",
        options: [
          { value: "no", words: "manage.t_no" },
          { value: "yes", words: "manage.t_yes" },
          { value: "required", words: "manage.t_required" },
        ],
      },
    ],
    fresh: {
      host: "", port: 5060, transport: "udp", codecs: ["alaw", "ulaw", "opus"], register: false, username: "", addresses: [],
      trust_identity: false, caller_number: "", number_format: "e164", country: "CN", early_media: true, session_timers: "yes",
    },
  },
  services: {
    fields: [
      { name: "url", words: "services.url", note: "services.urlNote", type: "text", required: true, column: true, max: 500 },
      { name: "secret_header", words: "services.secretHeader", note: "services.secretHeaderNote", ifNone: "services.noSecret", type: "text", max: 60, column: true },
      { name: "secret_prefix", words: "services.secretPrefix", note: "services.secretPrefixNote", type: "text", max: 40 },
      { name: "secret", words: "services.secret", note: "services.secretNote", type: "secret", max: 2000 },
      { name: "headers", words: "services.headers", note: "services.headersNote", type: "headers" },
      { name: "timeout_s", words: "services.timeout", type: "number", least: 0.5, most: 20, unit: "s", column: true, group: "services.limits" },
      { name: "at_once", words: "services.atOnce", note: "services.atOnceNote", type: "number", least: 1, most: 500, column: true },
      { name: "per_second", words: "services.perSecond", type: "number", least: 0.1, most: 5000, column: true },
      { name: "rest_after", words: "services.restAfter", type: "number", least: 1, most: 1000 },
      { name: "rest_s", words: "services.rest", note: "services.restNote", type: "number", least: 1, most: 300, unit: "s" },
    ],
    fresh: {
      url: "https://", secret_header: "", secret_prefix: "", headers: {}, timeout_s: 10, at_once: 50, per_second: 100, rest_after: 5, rest_s: 10,
    },
  },
  "entry-points": {
    fields: [
      {
        name: "kind",
        words: "manage.entryKind",
        type: "choice",
        column: true,
        options: [
          { value: "number", words: "manage.kind_number" },
          { value: "web", words: "manage.kind_web" },
        ],
      },
      { name: "key", words: "manage.entryKey", note: "manage.entryKeyNote", type: "text", required: true, column: true },
      { name: "flow", words: "manage.flow", type: "one", kind: "flows", required: true, column: true },
      { name: "line", words: "manage.line", type: "one", kind: "lines", column: true },
      { name: "site", words: "manage.site", type: "one", kind: "sites" },
      { name: "localities", words: "manage.localities", note: "manage.localitiesNote", type: "list" },
      language,
      { name: ["title", "zh"], words: "manage.titleZh", type: "text" },
      { name: ["title", "en"], words: "manage.titleEn", type: "text" },
      { name: "enabled", words: "manage.enabled", type: "switch", column: true },
    ],
    fresh: { kind: "number", key: "", localities: [], line: "", flow: "", site: "", language: "zh", title: { zh: "", en: "" }, enabled: true },
  },
  destinations: {
    fields: [
      { name: "pattern", words: "manage.pattern", note: "manage.patternNote", type: "text", required: true, column: true },
      { name: "max_per_hour", words: "manage.maxPerHour", type: "number", least: 0, most: 100000, column: true },
    ],
    fresh: { pattern: "+", permission: "desk.dial_out", max_per_hour: 100 },
  },
  settings: {
    fields: [
      { name: "company_name", words: "manage.company", type: "text" },
      { name: "timezone", words: "manage.timezone", type: "text", required: true },
      { name: "default_language", words: "manage.defaultLanguage", type: "choice", options: languages },
      { name: "consent_announcement", words: "manage.consent", type: "switch" },
      { name: "vip_tags", words: "manage.vipTags", note: "manage.vipTagsNote", type: "list" },
      { name: ["self_service", "containment_target"], words: "manage.containmentTarget", note: "manage.containmentTargetNote", type: "number", least: 0, most: 1 },
      { name: ["self_service", "agent_contact_cost"], words: "manage.agentContactCost", note: "manage.agentContactCostNote", type: "number", least: 0, most: 1000000 },
      { name: ["self_service", "currency"], words: "manage.currency", type: "text" },
      { name: ["media", "load"], words: "routing.mediaLoad", note: "routing.mediaLoadNote", type: "number", least: 0, most: 100 },
      { name: ["media", "weights"], words: "routing.mediaWeights", type: "byMedium", least: 1, most: 100, usual: 1 },
      { name: ["media", "interrupts"], words: "routing.mediaInterrupts", note: "routing.mediaInterruptsNote", type: "matrix" },
    ],
    fresh: {},
  },
};

export function valueAt(item: Record<string, unknown>, name: Field["name"]): unknown {
  if (typeof name === "string") return item[name];
  return (item[name[0]] as Record<string, unknown> | undefined)?.[name[1]];
}
