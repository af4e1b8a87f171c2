/** What of a form is sent. Pure. */

import { headersOf, type Headers } from "../services/headers";

const readOnly = new Set(["id", "version", "has_secret", "has_phone", "published_version", "problems", "warnings"]);

/** Made of fields of their own, each in its place of the form. */
const nested = new Set(["names", "title", "retention", "media", "breaks"]);

/** What is sent: everything that was there, over it what the form holds; an empty secret keeps the old one. */
export function bodyOf(before: Record<string, unknown>, values: Record<string, unknown>): Record<string, unknown> {
  const body: Record<string, unknown> = {};
  for (const [name, value] of Object.entries({ ...before, ...values })) {
    if (!readOnly.has(name)) body[name] = value;
  }
  for (const [name, value] of Object.entries(body)) {
    if (isPlain(value) && isPlain(before[name]) && isPlain(values[name]) && nested.has(name)) {
      body[name] = { ...before[name], ...values[name] };
    }
  }
  if ("headers" in body) body.headers = headersOf(body.headers as Headers);
  if (!body.secret) delete body.secret;
  return body;
}

function isPlain(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
