import { describe, expect, test } from "vitest";
import { constraintsOf, parseAudio, usualAudio } from "../src/phone/audio-choice";

describe("a person's headset", () => {
  test("what was kept comes back; what makes no sense is as usual", () => {
    expect(parseAudio(null)).toEqual(usualAudio);
    expect(parseAudio("{broken")).toEqual(usualAudio);
    expect(parseAudio("7")).toEqual(usualAudio);
    expect(parseAudio('{"noiseSuppression": false, "speaker": "x", "microphone": 3, "other": 1}')).toEqual({
      ...usualAudio,
      noiseSuppression: false,
      speaker: "x",
    });
  });

  test("a chosen microphone is wished for, not insisted on", () => {
    expect(constraintsOf(usualAudio)).toEqual({
      audio: { echoCancellation: true, noiseSuppression: true, autoGainControl: true },
      video: false,
    });
    expect(constraintsOf({ ...usualAudio, microphone: "m1" }).audio).toMatchObject({ deviceId: { ideal: "m1" } });
  });
});
