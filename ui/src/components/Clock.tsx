import { useNow } from "../live/hooks";
import { duration } from "./format";

/** Time since a server instant, ticking; with `until`, what is left. */
export function Since({ at }: { at: number }) {
  return <span className="clock">{duration(useNow() - Math.floor(at))}</span>;
}

export function Until({ at }: { at: number }) {
  return <span className="clock">{duration(Math.ceil(at) - useNow())}</span>;
}
