import { Tabs } from "antd";
import { Route, Routes, useLocation, useNavigate } from "react-router";
import { useWords } from "../../i18n";
import { SegmentEditor, TaggingEditor } from "./Editors";
import { SegmentList } from "./SegmentList";
import "./segments.css";
import { TaggingList } from "./TaggingList";

/** Who belongs together, and which tags come by themselves. */
export function Segments() {
  return (
    <Routes>
      <Route index element={<Lists />} />
      <Route path="tags" element={<Lists />} />
      <Route path="tags/:id" element={<TaggingEditor />} />
      <Route path=":id" element={<SegmentEditor />} />
    </Routes>
  );
}

function Lists() {
  const { t } = useWords();
  const navigate = useNavigate();
  const onTags = useLocation().pathname.endsWith("/tags");
  return (
    <div className="page segments" data-testid="page-segments">
      <div className="page-head">
        <h1>{t("segments.title")}</h1>
      </div>
      <Tabs
        activeKey={onTags ? "tags" : "segments"}
        onChange={(key) => void navigate(key === "tags" ? "/manage/segments/tags" : "/manage/segments")}
        destroyOnHidden
        items={[
          { key: "segments", label: t("segments.segments"), children: <SegmentList /> },
          { key: "tags", label: t("segments.taggings"), children: <TaggingList /> },
        ]}
      />
    </div>
  );
}
