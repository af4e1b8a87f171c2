import type { Root } from "react-dom/client";
import { addWords } from "../../i18n";
import { CallPage } from "./CallPage";
import { customerCallWords } from "./words";

export function start(root: Root): void {
  addWords({ call: customerCallWords });
  root.render(<CallPage entry={decodeURIComponent(location.pathname.split("/")[2] ?? "")} />);
}
