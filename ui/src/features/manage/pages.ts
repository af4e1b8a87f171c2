import type { WordKey } from "../../i18n";

export interface ManagePage {
  path: string;
  words: WordKey;
  permission: string;
  /** Needed beside it, to read what the page is of. */
  also?: string;
  group: WordKey;
}

const routing = "manage.groupRouting" as const;
const voice = "manage.groupVoice" as const;
const tenant = "manage.groupTenant" as const;
const customers = "manage.groupCustomers" as const;
const people = "manage.groupPeople" as const;

const page = (path: string, group: WordKey, permission = "configuration.view"): ManagePage => ({
  path,
  words: `manage.${path}` as WordKey,
  permission,
  group,
});

/** What can be managed, in the order of the menu. */
const managePages: ManagePage[] = [
  page("agents", routing),
  page("queues", routing),
  page("skills", routing),
  page("rules", routing),
  page("reasons", routing),
  page("dispositions", routing),
  page("entry-points", voice),
  page("flows", voice),
  page("services", voice),
  page("prompts", voice),
  page("hours", voice),
  page("trunks", voice),
  page("destinations", voice),
  page("lines", tenant),
  page("sites", tenant),
  page("teams", tenant),
  page("settings", tenant),
  page("document", tenant, "configuration.transfer"),
  { ...page("customer-fields", customers), also: "customers.view" },
  { ...page("relation-types", customers), also: "customers.view" },
  { ...page("consent-purposes", customers), also: "customers.view" },
  page("segments", customers, "customers.segment"),
  page("customer-imports", customers, "customers.import"),
  page("webhooks", customers, "webhooks.manage"),
  page("locked-out", customers, "proofs.unlock"),
  page("retention", customers, "retention.manage"),
  page("users", people, "people.manage"),
  page("tokens", people, "tokens.manage"),
  page("audit", people, "audit.view"),
];

/** Those that somebody may open. */
export function openPages(may: (permission: string) => boolean): ManagePage[] {
  return managePages.filter((page) => may(page.permission) && may(page.also ?? page.permission));
}
