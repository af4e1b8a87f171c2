import { expect, test } from "vitest";
import { loud, wav } from "../src/features/prompts/sound";

test("silence goes at both ends, with a little room", () => {
  const samples = new Float32Array(10_000);
  samples.fill(0.5, 4_000, 5_000);
  expect(loud(samples, 1_000)).toEqual([3_850, 5_149]);
  expect(loud(new Float32Array(100), 1_000)).toEqual([0, 100]);
});

test("a WAV of 16 bit, 8 kHz, one channel", async () => {
  const made = new DataView(await wav(new Float32Array([0, 1, -1, 2])).arrayBuffer());
  expect(made.byteLength).toBe(44 + 8);
  expect([made.getUint16(22, true), made.getUint32(24, true), made.getUint16(34, true)]).toEqual([1, 8_000, 16]);
  expect([0, 1, 2, 3].map((n) => made.getInt16(44 + n * 2, true))).toEqual([0, 32_767, -32_767, 32_767]);
});
