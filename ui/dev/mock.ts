/** A mock of docs/api.md for looking at pages without a server. Development only; it proves nothing.
 *
 * Sign in with any password: `lin` is an agent, `wang` a supervisor, `admin` everything.
 * `POST /mock/offer|connect|hold|end|lose` plays the other side; `POST /mock/put` with any fields of an assignment.
 */

import type { IncomingMessage, ServerResponse } from "node:http";
import type { Duplex } from "node:stream";
import type { Plugin, PreviewServer, ViteDevServer } from "vite";
import { WebSocketServer, type WebSocket } from "ws";
import { mockApi, permissionsOf, session } from "./mock-api.ts";
import { sipRegistrar } from "./mock-sip.ts";
import { floorQueues, makeAgents, makeAssignment, makeTargets, me } from "./world.ts";

type Item = object | null;

class Stream {
  readonly sockets = new Set<WebSocket>();
  private seq = 1;
  constructor(readonly state: Record<string, Record<string, object>>) {}

  join(socket: WebSocket): void {
    this.sockets.add(socket);
    socket.on("close", () => this.sockets.delete(socket));
    socket.send(JSON.stringify({ t: "snapshot", stream: "mock", seq: this.seq, now: Date.now() / 1000, state: this.state }));
  }

  change(changes: [string, string, Item][]): void {
    this.seq += 1;
    for (const [collection, id, item] of changes) {
      const items = (this.state[collection] ??= {});
      if (item) items[id] = item;
      else Reflect.deleteProperty(items, id);
    }
    const text = JSON.stringify({ t: "changes", seq: this.seq, now: Date.now() / 1000, changes });
    for (const socket of this.sockets) socket.send(text);
  }
}

export function mockCentre(): Plugin {
  const agents = makeAgents(Number(process.env.QT_AGENTS ?? 10_000));
  const desk = new Stream({ me: { me }, assignments: {}, notices: {} });
  const floor = new Stream({
    queues: Object.fromEntries(floorQueues.map((q) => [q.id, q])),
    agents: Object.fromEntries(agents.map((a) => [a.id, a])),
    totals: {
      now: {
        in_self_service: 212,
        waiting: 21,
        talking: 4803,
        agents_on: 9420,
        engine: "up",
        journal: "ok",
        refused_today: { "number.unknown": 12, "web_call.too_many": 3 },
      },
    },
  });
  const sockets = new WebSocketServer({ noServer: true, handleProtocols: (offered) => (offered.has("sip") ? "sip" : false) });

  return {
    name: "qingting-mock",
    configureServer: attach,
    configurePreviewServer: attach,
  };

  function attach(server: ViteDevServer | PreviewServer): void {
    server.httpServer?.on("upgrade", (request: IncomingMessage, socket: Duplex, head: Buffer) => {
      const path = (request.url ?? "").split("?")[0] ?? "";
      if (!path.startsWith("/api/v1/live/") && path !== "/sip") return;
      sockets.handleUpgrade(request, socket, head, (ws) => {
        if (path === "/sip") sipRegistrar(ws);
        else (path.endsWith("desk") ? desk : floor).join(ws);
      });
    });
    const timer = setInterval(() => {
      const changed = Array.from({ length: 60 }, () => {
        const agent = agents[Math.floor(Math.random() * agents.length)];
        if (!agent) throw new Error("no agents");
        const next = { idle: "ringing", ringing: "talking", talking: "wrap_up", wrap_up: "idle" }[agent.state as string];
        if (next) {
          agent.state = next as never;
          agent.since = Date.now() / 1000;
        }
        return ["agents", agent.id, { ...agent }] as [string, string, Item];
      });
      floor.change(changed);
    }, 250);
    server.httpServer?.on("close", () => clearInterval(timer));

    server.middlewares.use((request: IncomingMessage, response: ServerResponse, next) => {
      const url = new URL(request.url ?? "/", "http://mock");
      const plays = url.pathname.startsWith("/mock/");
      if (!plays && !url.pathname.startsWith("/api/v1/")) {
        next();
        return;
      }
      let text = "";
      request.on("data", (part: Buffer) => (text += part.toString()));
      request.on("end", () => {
        const body = (text ? JSON.parse(text) : {}) as Record<string, unknown>;
        if (plays) {
          play(url.pathname.slice(6), desk, body);
          response.end();
          return;
        }
        const path = url.pathname.slice(7);
        if (path === "/desk/targets") {
          response.setHeader("Content-Type", "application/json");
          response.end(JSON.stringify(makeTargets(url.searchParams.get("q") ?? "", agents)));
          return;
        }
        const answer = deskActions(request.method ?? "GET", path, body, desk) ?? mockApi(request.method ?? "GET", path, url, body);
        const [status, data] = answer;
        response.statusCode = status;
        if (data instanceof Buffer) {
          response.setHeader("Content-Type", "audio/wav");
          response.end(data);
          return;
        }
        response.setHeader("Content-Type", "application/json");
        response.end(data === null ? "" : JSON.stringify(data));
      });
    });
  }
}

function play(what: string, desk: Stream, body: object = {}): void {
  const now = Date.now() / 1000;
  const at = desk.state.assignments?.["v1/1"];
  const put = (change: object) => desk.change([["assignments", "v1/1", { ...(at ?? makeAssignment("v1/1")), since: now, ...change }]]);
  if (what === "offer") desk.change([["assignments", "v1/1", { ...makeAssignment("v1/1"), until: now + 20 }]]);
  if (what === "put") put(body);
  if (what === "connect") put({ state: "active", talk: "customer", until: null });
  if (what === "hold") put({ state: "held", talk: "none" });
  if (what === "end") put({ state: "wrap_up", until: now + 60, end_cause: "customer" });
  if (what === "lose") put({ state: "wrap_up", until: now + 60, end_cause: "engine_lost", call_back: "+8613856781234" });
  if (what === "gone") desk.change([["assignments", "v1/1", null]]);
  if (what === "notice")
    desk.change([["notices", "n1", { id: "n1", level: "error", code: "engine.lost", detail: { call_back: "+8613856781234" }, at: now }]]);
  if (what === "drop") for (const socket of desk.sockets) socket.terminate();
}

function deskActions(method: string, path: string, body: Record<string, unknown>, desk: Stream): [number, object | null] | null {
  const now = Date.now() / 1000;
  if (path === "/desk/presence") {
    Object.assign(me, {
      presence: body.presence,
      reason: body.reason ?? "",
      since: now,
      routability: body.presence === "available" ? "routable" : body.presence,
    });
    desk.change([["me", "me", { ...me }]]);
    return [204, null];
  }
  const verb = /^\/desk\/assignments\/[^/]+\/(\w+)$/.exec(path)?.[1];
  if (method === "POST" && (verb === "consult" || verb === "callback")) return [201, { [verb]: "c1.k1" }];
  if (method === "POST" && verb) {
    play({ hold: "hold", resume: "connect", hang_up: "end", finish: "gone", decline: "gone" }[verb] ?? "", desk);
    return [204, null];
  }
  if (path === "/session" && method === "POST") {
    const name = String(body.name);
    if (body.password === "wrong") {
      return [401, { error: { code: "sign_in.wrong", message: "", detail: {}, retryable: false, reference: "r-1" } }];
    }
    session.user = { ...session.user, name, permissions: permissionsOf(name), agent: name === "admin" ? "" : "a1" };
    session.in = true;
    return null;
  }
  return null;
}
