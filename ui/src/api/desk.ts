import { queryOptions } from "@tanstack/react-query";
import { api } from "./client";
import type { DeskSetup } from "./types";

export const deskSetupQuery = queryOptions({
  queryKey: ["desk", "setup"],
  queryFn: () => api.get<DeskSetup>("/desk/setup"),
  staleTime: 60_000,
});
