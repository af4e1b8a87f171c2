/** Attributes for rules as people type them: one a line, `vip=yes`. */

export type Attributes = Record<string, string | number>;

export function attributesText(attributes: Attributes): string {
  return Object.entries(attributes)
    .map(([name, value]) => `${name}=${value}`)
    .join("\n");
}

/** Null where a line is none. Numbers are numbers: rules compare them. */
export function attributesOf(text: string): Attributes | null {
  const found: Attributes = {};
  for (const line of text.split("\n")) {
    if (!line.trim()) continue;
    const match = /^\s*([a-z][a-z0-9_]{0,39})\s*[=＝:：]\s*(.{1,64}?)\s*$/.exec(line);
    if (!match?.[1] || !match[2]) return null;
    found[match[1]] = /^-?\d+(\.\d+)?$/.test(match[2]) ? Number(match[2]) : match[2];
  }
  return found;
}
