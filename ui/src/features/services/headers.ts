/** Headers of a service while somebody writes them: a list, for two rows may have one name for a moment. Pure. */

export type Row = [name: string, value: string];
export type Headers = Row[] | Record<string, string>;

export const rowsOf = (headers: Headers | undefined): Row[] => (Array.isArray(headers) ? headers : Object.entries(headers ?? {}));

/** As it is sent: rows without anything are left out. */
export function headersOf(headers: Headers | undefined): Record<string, string> {
  return Object.fromEntries(rowsOf(headers).flatMap(([name, value]) => (name.trim() || value.trim() ? [[name.trim(), value.trim()]] : [])));
}

/** What keeps them from being sent: a value without a name, a name without a value, a name twice. */
export function wrong(headers: Headers | undefined): "name" | "value" | "twice" | null {
  const seen = new Set<string>();
  for (const [name, value] of rowsOf(headers).map(([name, value]): Row => [name.trim().toLowerCase(), value.trim()])) {
    if (!name && !value) continue;
    if (!name) return "name";
    if (!value) return "value";
    if (seen.has(name)) return "twice";
    seen.add(name);
  }
  return null;
}

/** Whether its value had better be sealed as the secret is. */
export const looksSecret = (name: string) => /auth|cookie|secret|token|password|api-?key/i.test(name);
