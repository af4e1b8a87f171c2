import { Navigate } from "react-router";
import { openPages } from "../features/manage/pages";
import { Missing } from "./Missing";
import { useMay, useSession } from "./session";

/** Each role's own page: agents sit at the desk, supervisors look at the floor, engineers set things up. */
export function Home() {
  const { user } = useSession();
  const may = useMay();
  if (may("floor.view") && !user.agent) return <Navigate to="/floor" replace />;
  if (user.roles.includes("supervisor") && may("floor.view")) return <Navigate to="/floor" replace />;
  if (may("desk.use") && user.agent) return <Navigate to="/desk" replace />;
  if (may("floor.view")) return <Navigate to="/floor" replace />;
  if (may("contacts.view")) return <Navigate to="/contacts" replace />;
  const [first] = openPages(may);
  return first ? <Navigate to={`/manage/${first.path}`} replace /> : <Missing notAllowed />;
}
