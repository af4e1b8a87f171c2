/** Lines of `name=value`; what is none of these is left out. Pure. */
export function pairs(text: string | undefined): Record<string, string> {
  const found: Record<string, string> = {};
  for (const line of (text ?? "").split("\n")) {
    const at = line.indexOf("=");
    const name = line.slice(0, Math.max(at, 0)).trim();
    if (name) found[name] = line.slice(at + 1).trim();
  }
  return found;
}
