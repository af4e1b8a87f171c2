import { Modal } from "antd";
import { useEffect, useMemo, useState } from "react";
import { useSession } from "../../app/session";
import { Stale } from "../../components/Stale";
import { useWords } from "../../i18n";
import { deskStream } from "../../live/stream";
import { deskPhone } from "../../phone/phone";
import "./desk.css";
import { Keyboard, KeyboardContext, keyLabel, useDeskKey } from "./keys";
import { useLostCalls } from "./lost-calls";
import type { DeskPanel } from "./panel";
import { deskPanels } from "./panels";

export function Desk() {
  const { user } = useSession();
  const keyboard = useMemo(
    () =>
      new Keyboard({
        help: "?",
        ...Object.fromEntries(
          deskPanels.flatMap((panel) => Object.entries(panel.keys).map(([name, key]) => [name, key.combo])),
        ),
      }),
    [],
  );
  useEffect(() => deskPhone.start(user.id), [user.id]);
  useLostCalls();
  useEffect(() => {
    // A page that goes takes its call along: the customer must not be left with a silent line.
    const warn = (event: BeforeUnloadEvent) => {
      if (deskPhone.read().call?.state === "up") event.preventDefault();
    };
    const leave = () => deskPhone.hangUp();
    addEventListener("beforeunload", warn);
    addEventListener("pagehide", leave);
    return () => {
      removeEventListener("beforeunload", warn);
      removeEventListener("pagehide", leave);
    };
  }, []);
  useEffect(() => {
    const listener = (event: KeyboardEvent) => {
      if (keyboard.handle(event)) event.preventDefault();
    };
    addEventListener("keydown", listener);
    return () => removeEventListener("keydown", listener);
  }, [keyboard]);
  const at = (place: DeskPanel["place"]) =>
    deskPanels.filter((panel) => panel.place === place).map(({ id, Panel }) => <Panel key={id} />);
  return (
    <KeyboardContext value={keyboard}>
      <div className="desk" data-testid="desk">
        <Stale stream={deskStream} />
        <div className="desk-strip">
          {at("strip")}
          <KeyHelp />
        </div>
        {at("notices")}
        <div className="desk-body">
          <section className="desk-stage">{at("stage")}</section>
          <aside className="desk-side">{at("side")}</aside>
        </div>
      </div>
    </KeyboardContext>
  );
}

function KeyHelp() {
  const { t } = useWords();
  const [open, setOpen] = useState(false);
  useDeskKey("help", () => setOpen((was) => !was));
  return (
    <>
      <button type="button" className="desk-help" onClick={() => setOpen(true)} aria-label={t("desk.keyHelpKey")}>
        <kbd>?</kbd>
      </button>
      <Modal open={open} onCancel={() => setOpen(false)} footer={null} title={t("desk.keyHelp")} width={460}>
        <table className="key-table" data-testid="key-help">
          <tbody>
            {deskPanels
              .flatMap((panel) => Object.values(panel.keys))
              .concat({ combo: "?", words: "desk.keyHelpKey" })
              .map((key) => (
                <tr key={key.combo}>
                  <td>
                    <kbd>{keyLabel(key.combo)}</kbd>
                  </td>
                  <td>{t(key.words)}</td>
                </tr>
              ))}
          </tbody>
        </table>
      </Modal>
    </>
  );
}
