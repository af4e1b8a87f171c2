import { useEffect } from "react";
import type { Assignment } from "../../api/types";
import { useCollection, useStreamStatus } from "../../live/hooks";
import { deskStream } from "../../live/stream";
import { deskPhone } from "../../phone/phone";
import { usePhone } from "./hooks";

const grace_ms = 1500;

/**
 * Lets go of a call that the centre knows is over. An engine that broke down says no goodbye: the phone would hold
 * a dead line and turn the next caller away as busy.
 */
export function useLostCalls(): void {
  const { call } = usePhone();
  const status = useStreamStatus(deskStream);
  const assignments = useCollection<Assignment>(deskStream, "assignments");
  const assignment = call?.state === "up" ? assignments.find((each) => each.id === call.assignment) : undefined;
  const dead = call?.state === "up" && call.assignment !== "" && (!assignment || assignment.state === "wrap_up");
  useEffect(() => {
    if (!dead || status !== "live") return;
    const timer = setTimeout(() => deskPhone.hangUp(), grace_ms);
    return () => clearTimeout(timer);
  }, [dead, status]);
}
