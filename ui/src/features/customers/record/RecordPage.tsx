import { Skeleton } from "antd";
import { Link, useParams } from "react-router";
import { Failure } from "../../../components/Failure";
import { useWords } from "../../../i18n";
import { Head } from "./Head";
import { LineBox } from "./line/LineBox";
import { Book } from "./parts/Book";
import { Consents } from "./parts/Consents";
import { Facts } from "./parts/Facts";
import { Merges } from "./parts/Merges";
import { Notes } from "./parts/Notes";
import { Relations } from "./parts/Relations";
import { Tags } from "./parts/Tags";
import "./record.css";
import { TimelineBox } from "./TimelineBox";
import { useRecord } from "./useRecord";

/** All that is known of one customer: who, how they felt, what happened, and what to know before the next word. */
export function RecordPage() {
  const { id = "" } = useParams();
  return <Opened key={id} id={id} />;
}

function Opened({ id }: { id: string }) {
  const { t } = useWords();
  const { path, record, act } = useRecord(id);
  const customer = record.data;
  if (record.error && !customer) return <Failure error={record.error} retry={() => void record.refetch()} />;
  if (!customer) {
    return (
      <div className="page">
        <Skeleton active paragraph={{ rows: 12 }} />
      </div>
    );
  }
  const part = { customer, path, act };
  return (
    <div className="page record" data-testid="record" data-customer={customer.id}>
      <Link to="/customers" className="quiet">
        ‹ {t("customers.title")}
      </Link>
      <Head customer={customer} path={path} />
      <div className="record-body">
        <div className="record-main">
          <LineBox path={path} act={act} />
          <TimelineBox path={path} />
        </div>
        <aside>
          <Notes {...part} />
          <Tags {...part} />
          <Consents {...part} />
          <Facts customer={customer} />
          <Relations {...part} />
          <Book path={path} act={act} />
          <Merges {...part} />
        </aside>
      </div>
    </div>
  );
}
