/** People as the server lists them. */

export interface Listed {
  id: string;
  name: string;
  display_name: string;
  mail: string;
  language: string;
  roles: string[];
  sites: string[];
  lines: string[];
  agent: string;
  active: boolean;
  invited: boolean;
  second_factor: boolean;
  locked_until: number | null;
  last_seen: number | null;
  mail_state: "" | "waiting" | "sent" | "failed";
}

export interface Role {
  role: string;
  permissions: string[];
}
