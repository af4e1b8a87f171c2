import { Outlet } from "react-router";
import { Missing } from "./Missing";
import { useMay } from "./session";

export function Needs({ permission }: { permission: string }) {
  const may = useMay();
  return may(permission) ? <Outlet /> : <Missing notAllowed />;
}
