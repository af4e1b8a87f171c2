import { useQuery } from "@tanstack/react-query";
import { useMay } from "../../../app/session";
import { allPages } from "../../../components/useNames";

interface User {
  id: string;
  name: string;
  display_name: string;
}

/** Who published a version; empty for who may not know the users, and for the installation itself. */
export function usePublisher(): (user: string) => string {
  const allowed = useMay()("people.manage");
  const { data } = useQuery({ queryKey: ["users"], queryFn: () => allPages<User>("/users"), enabled: allowed, staleTime: 60_000 });
  const names = new Map(data?.map((user) => [user.id, user.display_name || user.name]));
  return (user) => names.get(user) ?? "";
}
