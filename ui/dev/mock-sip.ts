/** Enough of a registrar for the phone to say that it is ready: answers REGISTER with 200, nothing else. */

import type { WebSocket } from "ws";

export function sipRegistrar(socket: WebSocket): void {
  socket.on("message", (data: Buffer) => {
    const text = data.toString();
    if (!text.startsWith("REGISTER ")) return;
    const header = (name: string) => new RegExp(`^${name}: (.*)$`, "mi").exec(text)?.[1]?.trim() ?? "";
    socket.send(
      [
        "SIP/2.0 200 OK",
        `Via: ${header("Via")}`,
        `From: ${header("From")}`,
        `To: ${header("To")};tag=mock`,
        `Call-ID: ${header("Call-ID")}`,
        `CSeq: ${header("CSeq")}`,
        `Contact: ${header("Contact")}`,
        "Expires: 120",
        "Content-Length: 0",
        "",
        "",
      ].join("\r\n"),
    );
  });
}
