import { createRoot } from "react-dom/client";
import "./app/base.css";
import { applyTheme } from "./app/theme-choice";

applyTheme();

const root = createRoot(document.getElementById("root") as HTMLElement);

// Customers get their own small page: neither the desk's code nor its words.
const start = location.pathname.startsWith("/call/")
  ? import("./features/customer-call/start")
  : import("./app/start");
void start.then(({ start }) => start(root));
