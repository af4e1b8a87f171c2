import { Button, Select, Switch } from "antd";
import { useState, type ReactNode } from "react";
import { useTell } from "../../../components/useTell";
import { useWords } from "../../../i18n";
import { chooseAudio, choosesOutput, useAudioChoice } from "../../../phone/audio";
import type { AudioChoice } from "../../../phone/audio-choice";
import { testTone } from "../../../phone/sounds";
import { startRinging, stopRinging } from "../../../phone/ring";
import "./audio.css";
import { useDevices } from "./devices";
import { LevelMeter } from "./LevelMeter";

const processing = ["echoCancellation", "noiseSuppression", "autoGainControl"] as const;

/** The headset: which devices, how they are, and whether they work. What is changed is heard at once, in a call too. */
export function AudioSettings() {
  const { t } = useWords();
  const tell = useTell();
  const choice = useAudioChoice();
  const { inputs, outputs, look } = useDevices();
  const [sounding, setSounding] = useState(false);
  const test = () => {
    setSounding(true);
    testTone(choice.speaker)
      .catch(tell.failed)
      .finally(() => setSounding(false));
  };
  const ring = () => {
    startRinging();
    setTimeout(stopRinging, 1200);
  };
  return (
    <div className="audio-settings" data-testid="audio-settings">
      <Row label={t("audio.microphone")}>
        <Device kind="microphone" choice={choice} devices={inputs} />
      </Row>
      <Row label={t("audio.level")}>
        <LevelMeter choice={choice} label={t("audio.level")} opened={look} />
      </Row>
      <Row label={t("audio.speaker")}>
        {choosesOutput && <Device kind="speaker" choice={choice} devices={outputs} />}
        <Button size="small" onClick={test} disabled={sounding} data-testid="test-tone">
          {t("audio.testTone")}
        </Button>
      </Row>
      <Row label={t("audio.ringer")}>
        {choosesOutput && <Device kind="ringer" choice={choice} devices={outputs} />}
        <Button size="small" onClick={ring} data-testid="test-ring">
          {t("audio.testRing")}
        </Button>
      </Row>
      {!choosesOutput && <p className="quiet">{t("audio.systemOutput")}</p>}
      {processing.map((each) => (
        <label key={each} className="audio-switch">
          <Switch
            size="small"
            checked={choice[each]}
            onChange={(on) => chooseAudio({ [each]: on })}
            data-testid={`audio-${each}`}
          />
          <span>
            {t(`audio.${each}`)}
            <small>{t(`audio.${each}Help`)}</small>
          </span>
        </label>
      ))}
    </div>
  );
}

function Row({ label, children }: { label: string; children: ReactNode }) {
  return (
    <div className="audio-row">
      <span>{label}</span>
      <div>{children}</div>
    </div>
  );
}

function Device(props: { kind: "microphone" | "speaker" | "ringer"; choice: AudioChoice; devices: MediaDeviceInfo[] }) {
  const { t } = useWords();
  const { kind, choice, devices } = props;
  const chosen = choice[kind];
  const options = [
    { value: "", label: t("audio.system") },
    ...devices.map((each, n) => ({ value: each.deviceId, label: each.label || t("audio.unnamed", { n: n + 1 }) })),
  ];
  if (chosen && !devices.some((each) => each.deviceId === chosen)) {
    options.push({ value: chosen, label: t("audio.gone") });
  }
  return (
    <Select
      size="small"
      value={chosen}
      options={options}
      onChange={(device) => chooseAudio({ [kind]: device })}
      popupMatchSelectWidth={false}
      data-testid={`audio-${kind}`}
    />
  );
}
