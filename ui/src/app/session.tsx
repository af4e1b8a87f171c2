/** Who is signed in: asked once, kept in the query cache, gone when any request finds the session ended. */

import { useQuery, useQueryClient, type QueryClient } from "@tanstack/react-query";
import { createContext, useContext, type ReactNode } from "react";
import { api, ApiError, setCsrf } from "../api/client";
import type { Session } from "../api/types";
import { serverClock } from "../live/clock";

export const sessionKey = ["session"] as const;

const Current = createContext<Session | null>(null);

export async function fetchSession(): Promise<Session | null> {
  try {
    return received(await api.get<Session>("/session"));
  } catch (error) {
    if (error instanceof ApiError && error.status === 401) return null;
    throw error;
  }
}

export function received(session: Session): Session {
  setCsrf(session.csrf);
  serverClock.heard(session.now);
  return session;
}

export function useSessionQuery() {
  return useQuery({ queryKey: sessionKey, queryFn: fetchSession, staleTime: Infinity, retry: true, retryDelay: 2000 });
}

export function SessionProvider({ session, children }: { session: Session; children: ReactNode }) {
  return <Current value={session}>{children}</Current>;
}

/** Only below a signed-in route. */
export function useSession(): Session {
  const session = useContext(Current);
  if (!session) throw new Error("no session here");
  return session;
}

export function useMay(): (permission: string) => boolean {
  const { user } = useSession();
  return (permission) => user.permissions.includes(permission);
}

export function useRefreshSession(): () => Promise<void> {
  const client = useQueryClient();
  return () => client.invalidateQueries({ queryKey: sessionKey });
}

/** Everything of the person who left goes with them. */
export function forget(client: QueryClient): void {
  setCsrf("");
  client.setQueryData(sessionKey, null);
  client.removeQueries({ predicate: (query) => query.queryKey[0] !== sessionKey[0] });
}
