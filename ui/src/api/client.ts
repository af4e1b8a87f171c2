/** One way to the server: JSON, CSRF, a time limit, and errors with the server's stable codes. */

export class ApiError extends Error {
  constructor(
    readonly status: number,
    readonly code: string,
    message: string,
    readonly detail: Record<string, unknown> = {},
    readonly retryable = false,
    readonly reference = "",
    readonly retryAfter_s = 0,
  ) {
    super(message);
    this.name = "ApiError";
  }
}

export const base = "/api/v1";

const limit_ms = 20_000;
let csrf = "";
let onSignedOut: () => void = () => undefined;

export function setCsrf(token: string): void {
  csrf = token;
}

/** Called when any request finds that the session has ended. */
export function whenSignedOut(listener: () => void): void {
  onSignedOut = listener;
}

/** An id inside a path: `/` travels as `~`. */
export function pathId(id: string): string {
  return encodeURIComponent(id.replaceAll("/", "~"));
}

export type Query = Record<string, string | number | boolean | null | undefined>;

export function withQuery(path: string, query: Query): string {
  const search = new URLSearchParams();
  for (const [name, value] of Object.entries(query)) {
    if (value !== undefined && value !== null && value !== "") search.set(name, String(value));
  }
  const text = search.toString();
  return text ? `${path}?${text}` : path;
}

export async function request<T>(method: string, path: string, body?: unknown, signal?: AbortSignal): Promise<T> {
  return send<T>(method, path, {
    headers: body === undefined ? {} : { "Content-Type": "application/json" },
    body: body === undefined ? undefined : JSON.stringify(body),
    signal,
  });
}

interface Sent {
  headers: Record<string, string>;
  body?: BodyInit;
  signal?: AbortSignal;
}

async function send<T>(method: string, path: string, { headers: own, body, signal }: Sent): Promise<T> {
  const headers: Record<string, string> = { Accept: "application/json", ...own };
  if (method !== "GET" && csrf) headers["X-CSRF-Token"] = csrf;
  const limit = AbortSignal.timeout(limit_ms);
  let response: Response;
  try {
    response = await fetch(base + path, {
      method,
      headers,
      credentials: "same-origin",
      body,
      signal: signal ? AbortSignal.any([signal, limit]) : limit,
    });
  } catch (error) {
    if (signal?.aborted) throw error;
    const code = limit.aborted ? "network.timeout" : "network.down";
    throw new ApiError(0, code, error instanceof Error ? error.message : code, {}, true);
  }
  if (response.status === 204) return undefined as T;
  const text = await response.text();
  if (response.ok) return (text ? JSON.parse(text) : undefined) as T;
  const failure = refusal(response, text);
  if (failure.status === 401 && !failure.code.startsWith("sign_in.") && !path.startsWith("/public/")) onSignedOut();
  throw failure;
}

export function refusal(response: Response, text: string): ApiError {
  const retryAfter = Number(response.headers.get("Retry-After") ?? 0) || 0;
  try {
    const { error } = JSON.parse(text) as { error: Partial<ApiError> & { message?: string } };
    return new ApiError(
      response.status,
      error.code ?? "unknown",
      error.message ?? "",
      error.detail ?? {},
      error.retryable ?? false,
      error.reference ?? "",
      retryAfter,
    );
  } catch {
    // A proxy in between, or a server that is starting: no JSON form to read.
    const code = response.status >= 502 && response.status <= 504 ? "network.down" : `http.${response.status}`;
    return new ApiError(response.status, code, text.slice(0, 200), {}, response.status >= 500, "", retryAfter);
  }
}

/** Bytes as they are, within a longer limit than questions have. */
export async function putBytes<T>(path: string, body: Blob, signal?: AbortSignal): Promise<T> {
  return send<T>("PUT", path, { headers: { "Content-Type": "application/octet-stream" }, body, signal });
}

/** Bytes to be played or shown here; with a body it is a question. */
export async function fetchBlob(path: string, body?: unknown): Promise<Blob> {
  const headers: Record<string, string> = csrf ? { "X-CSRF-Token": csrf } : {};
  if (body !== undefined) headers["Content-Type"] = "application/json";
  const method = body === undefined ? "GET" : "POST";
  const sent = { method, headers, credentials: "same-origin" as const, signal: AbortSignal.timeout(limit_ms) };
  const response = await fetch(base + path, body === undefined ? sent : { ...sent, body: JSON.stringify(body) });
  if (!response.ok) throw refusal(response, await response.text());
  return response.blob();
}

/** A file to be kept, asked for by a request that may be refused in words. */
export async function takeFile(path: string, name: string): Promise<void> {
  const response = await fetch(base + path, { credentials: "same-origin" });
  if (!response.ok) throw refusal(response, await response.text());
  const link = document.createElement("a");
  link.href = URL.createObjectURL(await response.blob());
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 60_000);
}

export const api = {
  get: <T>(path: string, query: Query = {}, signal?: AbortSignal) =>
    request<T>("GET", withQuery(path, query), undefined, signal),
  post: <T>(path: string, body: unknown = {}) => request<T>("POST", path, body),
  put: <T>(path: string, body: unknown) => request<T>("PUT", path, body),
  patch: <T>(path: string, body: unknown) => request<T>("PATCH", path, body),
  delete: <T>(path: string, body?: unknown) => request<T>("DELETE", path, body),
};
