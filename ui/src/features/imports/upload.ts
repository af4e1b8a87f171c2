import { api, ApiError, pathId, putBytes } from "../../api/client";
import type { Import } from "./shapes";

const tries = 3;

/** Sends a file piece by piece; a piece that was lost is sent again from where the server is. */
export async function upload(file: File, language: string, progress: (share: number) => void): Promise<Import> {
  let job = await api.post<Import & { piece: number }>("/customer-imports", { name: file.name.slice(0, 200), size: file.size, language });
  const { id, piece } = job;
  let at = 0;
  let failed = 0;
  while (at < file.size) {
    try {
      const part = file.slice(at, at + piece);
      job = { ...(await putBytes<Import>(`/customer-imports/${pathId(id)}/content?offset=${at}`, part)), piece };
      at = job.received;
      failed = 0;
    } catch (error) {
      failed += 1;
      const mendable = error instanceof ApiError && (error.retryable || error.code === "import.wrong_place");
      if (!mendable || failed >= tries) throw error;
      at = Number(error.detail.received ?? at);
    }
    progress(at / file.size);
  }
  return job;
}
