import { api, ApiError, pathId } from "../../../api/client";
import type { Assignment, Notes, Target } from "../../../api/types";
import { t, type WordKey } from "../../../i18n";
import { useDoing } from "../hooks";
import { said } from "./notes";

export type Doing = "consult" | "transfer" | "swap" | "join" | "complete" | "end" | "remove";

/** Everything an owner does with others beside the customer; true when it was done. */
export function useCompany(assignment: Assignment) {
  const { busy, run } = useDoing<Doing>();
  const path = `/desk/assignments/${pathId(assignment.id)}`;
  return {
    busy,
    hand: (how: "consult" | "transfer", to: Target, name: string, notes: Notes) =>
      run(how, () => api.post(`${path}/${how}`, { to, notes: said(notes) }).catch((error: unknown) => refused(error, name))),
    swap: () => run("swap", () => api.post(`${path}/swap`)),
    join: () => run("join", () => api.post(`${path}/join`)),
    complete: () => run("complete", () => api.post(`${path}/complete`)),
    end: () => run("end", () => api.delete(`${path}/consult`)),
    remove: (consult: string) => run("remove", () => api.delete(`${path}/consults/${pathId(consult)}`)),
  };
}

const ofTheTarget: Record<string, WordKey> = {
  "agent.offline": "transfer.targetOffline",
  "agent.unreachable": "transfer.targetUnreachable",
  "agent.busy": "transfer.targetBusy",
};

/** The same codes are said of oneself elsewhere: here they are said of whom one wants to reach. */
function refused(error: unknown, name: string): never {
  const words = error instanceof ApiError ? ofTheTarget[error.code] : undefined;
  throw words ? new Error(t(words, { name })) : error;
}
