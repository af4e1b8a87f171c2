import { Button } from "antd";
import { useEffect, useRef, useState } from "react";
import { api, fetchBlob, pathId, putBytes } from "../../api/client";
import { useMay } from "../../app/session";
import { duration } from "../../components/format";
import { useTell } from "../../components/useTell";
import { useWords } from "../../i18n";
import type { Prompt } from "./shapes";
import { toWav } from "./sound";
import { useRecorder } from "./useRecorder";
import { Versions } from "./Versions";

/** What callers hear in one language: listen, record, upload, go back to an earlier version. */
export function Voice({ prompt, language, changed }: { prompt: Prompt; language: string; changed: () => Promise<void> }) {
  const { t } = useWords();
  const may = useMay();
  const tell = useTell();
  const mayEdit = may("configuration.edit");
  const [fresh, setFresh] = useState<Blob | null>(null);
  const [playing, setPlaying] = useState<Blob | null>(null);
  const [busy, setBusy] = useState("");
  const picker = useRef<HTMLInputElement>(null);
  const at = `/prompts/${pathId(prompt.id)}/recordings/${encodeURIComponent(language)}`;
  const own = prompt.recordings.filter((each) => each.language === language);
  const current = own.find((each) => each.current);
  const text = prompt.texts[language] ?? "";

  const doing = async (what: string, work: () => Promise<void>) => {
    setBusy(what);
    try {
      await work();
    } catch (failure) {
      tell.failed(failure);
    } finally {
      setBusy("");
    }
  };
  const recorder = useRecorder(
    (sound) => void doing("record", async () => setFresh(await toWav(sound, true))),
    (why) => tell.warned(t(why === "none" ? "prompts.noMicrophone" : "prompts.denied")),
  );
  const keep = (sound: Blob, source: "recorded" | "uploaded") =>
    doing(source, async () => {
      await putBytes(`${at}?source=${source}`, sound);
      setFresh(null);
      setPlaying(null);
      tell.done(t("prompts.taken"));
      await changed();
    });
  const upload = (file: File) =>
    doing("uploaded", async () => {
      // What this browser cannot read the server may be able to.
      const sound = await toWav(file, false).catch(() => file);
      await keep(sound, "uploaded");
    });
  const hear = (number: number) => doing(`hear-${number}`, async () => setPlaying(await fetchBlob(`${at}/${number}`)));
  const hearEngine = () => doing("engine", async () => setPlaying(await fetchBlob("/prompts/spoken", { text, language })));
  const choose = (number: number) =>
    doing(`choose-${number}`, async () => {
      await api.post(`${at}/current`, { number });
      await changed();
    });

  return (
    <section className="prompt-section">
      <h3>{t("prompts.heard")}</h3>
      <div data-testid="prompt-heard">
        {current ? (
          <>
            {t("prompts.version", { n: current.number })} · {duration(current.seconds)} · {current.by}
          </>
        ) : text ? (
          t("prompts.byEngine")
        ) : (
          <span className="over">{t("prompts.nothing")}</span>
        )}
      </div>
      <div className="prompt-actions">
        {current && (
          <Button onClick={() => void hear(current.number)} loading={busy === `hear-${current.number}`} data-testid="prompt-hear">
            {t("prompts.hear")}
          </Button>
        )}
        {mayEdit && text && (
          <Button onClick={() => void hearEngine()} loading={busy === "engine"} data-testid="prompt-hear-engine">
            {t("prompts.hearEngine")}
          </Button>
        )}
        {mayEdit && recorder.seconds === null && !fresh && (
          <>
            <Button type="primary" onClick={() => void recorder.start()} loading={busy === "record"} data-testid="prompt-record">
              {t("prompts.record")}
            </Button>
            <Button onClick={() => picker.current?.click()} loading={busy === "uploaded"} title={t("prompts.uploadNote")}>
              {t("prompts.upload")}
            </Button>
            <input
              ref={picker}
              type="file"
              accept="audio/*,.wav,.mp3,.ogg,.flac,.m4a"
              hidden
              data-testid="prompt-file"
              onChange={(event) => {
                const [file] = event.target.files ?? [];
                event.target.value = "";
                if (file) void upload(file);
              }}
            />
          </>
        )}
        {recorder.seconds !== null && (
          <Button danger type="primary" onClick={recorder.stop} autoFocus data-testid="prompt-stop">
            {t("prompts.recording", { time: duration(recorder.seconds) })}
          </Button>
        )}
      </div>
      {fresh && (
        <div data-testid="prompt-fresh">
          <p>{t("prompts.ready")}</p>
          <Player sound={fresh} play={false} />
          <div className="prompt-actions">
            <Button type="primary" onClick={() => void keep(fresh, "recorded")} loading={busy === "recorded"} data-testid="prompt-use">
              {t("prompts.use")}
            </Button>
            <Button
              onClick={() => {
                setFresh(null);
                void recorder.start();
              }}
            >
              {t("prompts.again")}
            </Button>
            <Button type="text" onClick={() => setFresh(null)}>
              {t("prompts.discard")}
            </Button>
          </div>
        </div>
      )}
      {playing && !fresh && <Player sound={playing} play />}
      {own.length > 0 && <Versions recordings={own} busy={busy} hear={hear} choose={mayEdit ? choose : null} />}
    </section>
  );
}

function Player({ sound, play }: { sound: Blob; play: boolean }) {
  const { t } = useWords();
  const audio = useRef<HTMLAudioElement>(null);
  useEffect(() => {
    const address = URL.createObjectURL(sound);
    if (audio.current) audio.current.src = address;
    return () => URL.revokeObjectURL(address);
  }, [sound]);
  // What is played is the prompt whose text stands above.
  return <audio ref={audio} className="prompt-player" controls autoPlay={play} aria-label={t("prompts.player")} data-testid="prompt-player" />;
}
