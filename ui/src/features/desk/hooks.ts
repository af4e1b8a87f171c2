import { useQuery } from "@tanstack/react-query";
import { useEffect, useState, useSyncExternalStore } from "react";
import { api, ApiError, pathId } from "../../api/client";
import { deskSetupQuery } from "../../api/desk";
import type { Assignment, AssignmentState, DeskSetup, Labelled, Me } from "../../api/types";
import { useTell } from "../../components/useTell";
import { serverClock } from "../../live/clock";
import { useCollection } from "../../live/hooks";
import { deskStream } from "../../live/stream";
import { deskPhone } from "../../phone/phone";
import { flushDraft } from "./draft";

export function usePhone() {
  return useSyncExternalStore(deskPhone.subscribe, deskPhone.read);
}

export function useDeskSetup() {
  return useQuery(deskSetupQuery);
}

export function dispositionsOf(setup: DeskSetup | undefined, queue: string): Labelled[] {
  const all = setup?.dispositions ?? [];
  const own = setup?.queues.find((each) => each.id === queue)?.dispositions ?? [];
  return own.length > 0 ? all.filter((each) => own.includes(each.id)) : all;
}

const order: AssignmentState[] = ["offered", "connecting", "active", "joined", "held", "wrap_up"];

/** The assignment that the stage belongs to: who waits for an answer first, then who talks, then paper work. */
export function useCurrentAssignment(): Assignment | null {
  const all = useCollection<Assignment>(deskStream, "assignments");
  return all.reduce<Assignment | null>(
    (best, each) => (best === null || order.indexOf(each.state) < order.indexOf(best.state) ? each : best),
    null,
  );
}

/** When the agent last became free: by presence, or by the end of the work before. */
export function useFreeSince(me: Me | null): number {
  const assignment = useCurrentAssignment();
  const working = assignment !== null;
  const [worked, setWorked] = useState(0);
  useEffect(() => {
    if (!working) return;
    return () => setWorked(serverClock.now());
  }, [working]);
  return Math.max(me?.since ?? 0, worked);
}

/** One action at a time: `busy` names the one under way, a refusal is told; true when it was done. */
export function useDoing<Name extends string>() {
  const tell = useTell();
  const [busy, setBusy] = useState<Name | "">("");
  const run = async (name: Name, action: () => Promise<unknown>): Promise<boolean> => {
    if (busy) return false;
    setBusy(name);
    try {
      await action();
      return true;
    } catch (error) {
      tell.failed(error);
      return false;
    } finally {
      setBusy("");
    }
  };
  return { busy, run };
}

export type Verb =
  | "decline"
  | "hold"
  | "resume"
  | "hang_up"
  | "finish"
  | "extend_wrap_up"
  | "pause_recording"
  | "resume_recording";

/** Runs a verb on an assignment; `busy` names the one under way. */
export function useVerbs(assignment: Assignment) {
  const { busy, run } = useDoing<Verb>();
  const act = async (verb: Verb, body?: unknown) => {
    try {
      if (verb === "finish") await flushDraft(assignment.id);
      await api.post(`/desk/assignments/${pathId(assignment.id)}/${verb}`, body);
    } catch (error) {
      // The server does not answer, yet the person wants out of the call: ending our side ends it everywhere.
      if (verb === "hang_up" && error instanceof ApiError && error.retryable) deskPhone.hangUp();
      else throw error;
    }
  };
  return { busy, run: (verb: Verb, body?: unknown) => run(verb, () => act(verb, body)) };
}

/** Calls a number; wrap-up that is still open is finished first, with what was written in it. */
export function useDial() {
  const tell = useTell();
  const [busy, setBusy] = useState(false);
  const dial = async (number: string, wrappingUp?: Assignment | null): Promise<boolean> => {
    setBusy(true);
    try {
      if (wrappingUp?.state === "wrap_up") {
        await flushDraft(wrappingUp.id);
        await api.post(`/desk/assignments/${pathId(wrappingUp.id)}/finish`);
      }
      await api.post("/desk/calls", { number });
      return true;
    } catch (error) {
      tell.failed(error);
      return false;
    } finally {
      setBusy(false);
    }
  };
  return { busy, dial };
}
