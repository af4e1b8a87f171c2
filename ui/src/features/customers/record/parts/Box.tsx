import { Button } from "antd";
import { useState, type ReactNode } from "react";

interface Shown {
  title: string;
  note?: string;
  /** What the button says that opens a way to add one; empty: nobody may. */
  add?: string;
  form?: (close: () => void) => ReactNode;
  children: ReactNode;
  testid: string;
}

/** One part of a record: what there is, and a way to add to it that is out of sight until it is asked for. */
export function Box({ title, note, add = "", form, children, testid }: Shown) {
  const [open, setOpen] = useState(false);
  return (
    <section className="record-box" data-testid={testid}>
      <header>
        <h2 title={note}>{title}</h2>
        {add && !open && (
          <Button type="link" size="small" onClick={() => setOpen(true)} data-testid={`${testid}-add`}>
            {add}
          </Button>
        )}
      </header>
      {open && form?.(() => setOpen(false))}
      {children}
    </section>
  );
}

/** A small form in a box: Enter saves, Escape leaves it. */
export function Small({ save, close, ready, words, cancel, children }: { save: () => Promise<boolean>; close: () => void; ready: boolean; words: string; cancel: string; children: ReactNode }) {
  const [busy, setBusy] = useState(false);
  const submit = async () => {
    if (!ready || busy) return;
    setBusy(true);
    if (await save()) close();
    else setBusy(false);
  };
  return (
    <form
      className="record-form"
      onSubmit={(event) => {
        event.preventDefault();
        void submit();
      }}
      onKeyDown={(event) => event.key === "Escape" && close()}
    >
      {children}
      <div>
        <Button size="small" type="primary" htmlType="submit" loading={busy} disabled={!ready}>
          {words}
        </Button>{" "}
        <Button size="small" onClick={close}>
          {cancel}
        </Button>
      </div>
    </form>
  );
}
