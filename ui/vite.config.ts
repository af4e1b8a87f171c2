import react from "@vitejs/plugin-react";
import { defineConfig } from "vitest/config";
import { mockCentre } from "./dev/mock.ts";

/** `npm run mock` serves an invented centre; `npm run dev` passes calls on to a real one (QT_SERVER). */
const server = process.env.QT_SERVER ?? "http://127.0.0.1:8000";
const mock = process.env.QT_MOCK === "1";

export default defineConfig({
  plugins: [react(), ...(mock ? [mockCentre()] : [])],
  server: mock
    ? { host: "127.0.0.1" }
    : {
        host: "127.0.0.1",
        proxy: { "/api": { target: server, ws: true }, "/sip": { target: server, ws: true }, "/public": server },
      },
  build: { target: "es2022", chunkSizeWarningLimit: 1200, reportCompressedSize: false },
  test: { include: ["tests/**/*.test.ts"], environment: "node" },
});
