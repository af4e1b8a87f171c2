import { Button, Input, QRCode, Typography } from "antd";
import { useState } from "react";
import { api } from "../../api/client";
import { useRefreshSession, useSession } from "../../app/session";
import { useWords } from "../../i18n";
import { explain } from "../../i18n/explain";

type Step = { at: "rest" } | { at: "scan"; secret: string; uri: string } | { at: "codes"; codes: string[] } | { at: "off" };

/** Turning it on takes three steps: scan, prove, keep the recovery codes. */
export function SecondFactor() {
  const { t } = useWords();
  const { user } = useSession();
  const refresh = useRefreshSession();
  const [step, setStep] = useState<Step>({ at: "rest" });
  const [typed, setTyped] = useState("");
  const [problem, setProblem] = useState("");
  const [busy, setBusy] = useState(false);

  const run = async (what: () => Promise<void>) => {
    setBusy(true);
    setProblem("");
    try {
      await what();
      setTyped("");
    } catch (error) {
      setProblem(explain(error));
    } finally {
      setBusy(false);
    }
  };
  const begin = () =>
    run(async () => setStep({ at: "scan", ...(await api.post<{ secret: string; uri: string }>("/session/second-factor")) }));
  const confirm = () =>
    run(async () => {
      const answer = await api.post<{ recovery_codes: string[] }>("/session/second-factor/confirm", { code: typed.trim() });
      setStep({ at: "codes", codes: answer.recovery_codes });
    });
  const turnOff = () =>
    run(async () => {
      await api.delete("/session/second-factor", { password: typed });
      setStep({ at: "rest" });
      await refresh();
    });
  const kept = () => {
    setStep({ at: "rest" });
    void refresh();
  };

  return (
    <div className="second-factor" data-testid="second-factor" data-on={user.second_factor}>
      {step.at === "rest" && (
        <>
          <p>{t(user.second_factor ? "people.secondFactorOn" : "people.secondFactorOff")}</p>
          {user.second_factor ? (
            <Button onClick={() => setStep({ at: "off" })} data-testid="second-factor-off">
              {t("people.turnOff")}
            </Button>
          ) : (
            <Button onClick={() => void begin()} loading={busy} data-testid="second-factor-on">
              {t("people.turnOn")}
            </Button>
          )}
        </>
      )}
      {step.at === "scan" && (
        <form
          onSubmit={(event) => {
            event.preventDefault();
            void confirm();
          }}
        >
          <p>{t("people.scan")}</p>
          <QRCode value={step.uri} size={168} color="#000000" bgColor="#ffffff" />
          <p className="quiet">
            {t("people.secret")}: <Typography.Text copyable code data-testid="second-factor-secret">{step.secret}</Typography.Text>
          </p>
          <div className="inline">
            <Input
              value={typed}
              onChange={(event) => setTyped(event.target.value)}
              placeholder={t("people.code")}
              inputMode="numeric"
              autoComplete="one-time-code"
              maxLength={6}
              autoFocus
              data-testid="second-factor-code"
            />
            <Button type="primary" htmlType="submit" loading={busy} data-testid="second-factor-confirm">
              {t("people.confirm")}
            </Button>
            <Button onClick={() => setStep({ at: "rest" })}>{t("common.cancel")}</Button>
          </div>
        </form>
      )}
      {step.at === "codes" && (
        <>
          <strong>{t("people.recovery")}</strong>
          <p>{t("people.recoveryHint")}</p>
          <Typography.Paragraph copyable={{ text: step.codes.join("\n") }}>
            <code className="recovery" data-testid="recovery-codes">
              {step.codes.join("\n")}
            </code>
          </Typography.Paragraph>
          <Button type="primary" onClick={kept} data-testid="recovery-kept">
            {t("people.recoveryDone")}
          </Button>
        </>
      )}
      {step.at === "off" && (
        <form
          className="inline"
          onSubmit={(event) => {
            event.preventDefault();
            void turnOff();
          }}
        >
          <Input.Password
            value={typed}
            onChange={(event) => setTyped(event.target.value)}
            placeholder={t("people.passwordToTurnOff")}
            autoComplete="current-password"
            autoFocus
            data-testid="second-factor-password"
          />
          <Button danger htmlType="submit" loading={busy} data-testid="second-factor-off-confirm">
            {t("people.turnOff")}
          </Button>
          <Button onClick={() => setStep({ at: "rest" })}>{t("common.cancel")}</Button>
        </form>
      )}
      {problem && (
        <p className="over" role="alert" data-testid="second-factor-problem">
          {problem}
        </p>
      )}
    </div>
  );
}
