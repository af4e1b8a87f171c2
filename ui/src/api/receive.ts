import { base, refusal } from "./client";

/** A long file, received piece by piece so that it is seen how far it is (`progress`: bytes), then kept under `name`. */
export async function receiveFile(path: string, name: string, progress: (bytes: number, records: number) => void, signal: AbortSignal): Promise<void> {
  const response = await fetch(base + path, { credentials: "same-origin", signal });
  if (!response.ok) throw refusal(response, await response.text());
  const records = Number(response.headers.get("X-Records") ?? 0);
  const pieces: BlobPart[] = [];
  const reader = response.body?.getReader();
  let bytes = 0;
  for (let read = await reader?.read(); read && !read.done; read = await reader?.read()) {
    pieces.push(read.value);
    bytes += read.value.length;
    progress(bytes, records);
  }
  const link = document.createElement("a");
  link.href = URL.createObjectURL(new Blob(pieces));
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 60_000);
}
