import { useQuery } from "@tanstack/react-query";
import { Skeleton } from "antd";
import { Link, useParams } from "react-router";
import { api, pathId } from "../../api/client";
import type { ContactRecord } from "../../api/types";
import { useMay } from "../../app/session";
import { Failure } from "../../components/Failure";
import { duration, fullInstant, instant, phoneNumber } from "../../components/format";
import { listed, useWords } from "../../i18n";
import "./contacts.css";
import { CustomerBox } from "./CustomerBox";
import { RecordingBox } from "./RecordingBox";
import { agentsOf, callerWords, causeWords, isLoud, outcomeWords } from "./shown";
import { Timeline } from "./Timeline";
import { Way } from "./Way";

/** One contact with its whole way: who, what happened when, what was said. */
export function ContactPage() {
  const { id = "" } = useParams();
  const { data, error, refetch } = useQuery({
    queryKey: ["contact", id],
    queryFn: () => api.get<ContactRecord>(`/contacts/${pathId(id)}`),
    // What is still going on changes.
    refetchInterval: (query) => {
      const contact = query.state.data;
      return contact && (contact.ended_at === null || contact.recordings.some((each) => each.state === "pending")) ? 5000 : false;
    },
  });
  if (error && !data) return <Failure error={error} retry={() => void refetch()} />;
  if (!data) {
    return (
      <div className="page">
        <Skeleton active paragraph={{ rows: 10 }} />
      </div>
    );
  }
  return <Shown contact={data} />;
}

function Shown({ contact }: { contact: ContactRecord }) {
  const { t, named } = useWords();
  const may = useMay();
  const fact = (words: string, value: string) =>
    value && (
      <div>
        <dt>{words}</dt>
        <dd>{value}</dd>
      </div>
    );
  return (
    <div className="page" data-testid="contact" data-contact={contact.id}>
      <div className="page-head">
        <Link to="/contacts" className="quiet">
          ‹ {t("contacts.back")}
        </Link>
      </div>
      <header className="contact-head">
        <h1>{callerWords(contact)}</h1>
        {contact.customer && <span className="quiet">{phoneNumber(contact.number)}</span>}
        <span className="quiet">{named(contact.locality)}</span>
        <span className={`contact-outcome ${isLoud(contact.outcome) ? "over" : ""}`} data-testid="outcome">
          {outcomeWords(contact.outcome)}
        </span>
        <span className="quiet contact-at">
          {t(contact.direction === "out" ? "contacts.out" : "contacts.in")} · {fullInstant(contact.at)}
        </span>
      </header>
      <dl className="contact-facts">
        {fact(t("contacts.queue"), contact.queue_name)}
        {fact(t("contacts.agent"), agentsOf(contact))}
        {fact(t("contacts.site"), contact.site_name)}
        {fact(t("contacts.across"), across(contact))}
        {fact(t("contacts.wait"), contact.wait_s ? duration(contact.wait_s) : "")}
        {fact(t("contacts.talk"), contact.talk_s ? duration(contact.talk_s) : "")}
        {fact(t("contacts.duration"), contact.ended_at ? duration(contact.ended_at - contact.at) : "")}
        {fact(t("contacts.cause"), causeWords(contact.cause))}
        {fact(t("contacts.disposition"), named(contact.disposition_names))}
        {fact(t("contacts.entry"), entryOf(contact))}
        {fact(t("contacts.language"), contact.language === "zh" ? "中文" : contact.language === "en" ? "English" : contact.language)}
      </dl>
      <div className="contact-body">
        <div>
          <section>
            <h2>{t("contacts.recording")}</h2>
            {contact.recordings.length === 0 && (
              <p className="quiet" data-testid="no-recording">
                {t("contacts.noRecording")} <span className="faint">{t(contact.erased ? "contacts.noRecordingErased" : "contacts.noRecordingHint")}</span>
              </p>
            )}
            {contact.recordings.map((recording) => (
              <RecordingBox key={recording.id} recording={recording} />
            ))}
          </section>
          {contact.notes.length > 0 && (
            <section>
              <h2>{t("contacts.notes")}</h2>
              {contact.notes.map((note) => (
                <p key={note.id} className="contact-note" data-testid="contact-note">
                  {note.text}{" "}
                  <span className="faint">
                    {note.agent_name} {instant(note.at)}
                  </span>
                </p>
              ))}
            </section>
          )}
          {contact.customer && may("customers.view") && <CustomerBox id={contact.customer.id} />}
          {contact.self_service && <Way way={contact.self_service} />}
          {contact.journey.length > 0 && (
            <section>
              <h2>{t("contacts.journey")}</h2>
              <ul className="journey">
                {contact.journey.map((other) => (
                  <li key={other.id}>
                    <Link to={`/contacts/${pathId(other.id)}`}>{instant(other.at)}</Link> {other.queue_name}{" "}
                    {other.agent_name} <span className="quiet">{outcomeWords(other.outcome)}</span>
                  </li>
                ))}
              </ul>
            </section>
          )}
        </div>
        <section>
          <h2>{t("contacts.timeline")}</h2>
          <Timeline contact={contact} />
        </section>
      </div>
    </div>
  );
}

/** Agents of other sites than the contact's who talked with the customer. */
function across(contact: ContactRecord): string {
  const elsewhere = contact.assignments.filter(
    (each) => each.connected_at !== null && contact.site && each.site && each.site !== contact.site,
  );
  return listed([...new Set(elsewhere.map((each) => `${each.agent_name} · ${each.site_name}`))]);
}

/** The timeline names it also for those who may not see the configuration. */
function entryOf(contact: ContactRecord): string {
  const arrived = contact.timeline.find((event) => event.kind === "ContactArrived");
  return typeof arrived?.detail.entry_name === "string" ? arrived.detail.entry_name : contact.entry;
}
