import { Suspense, lazy } from "react";
import { Navigate, NavLink, Route, Routes } from "react-router";
import { Missing } from "../../app/Missing";
import { useMay } from "../../app/session";
import { useWords } from "../../i18n";
import "./manage.css";
import { openPages, type ManagePage } from "./pages";
import { ResourcePage } from "./ResourcePage";
import { SettingsPage } from "./SettingsPage";

const FlowsPage = lazy(async () => ({ default: (await import("./flows/FlowsPage")).FlowsPage }));
const DocumentPage = lazy(async () => ({ default: (await import("./document/DocumentPage")).DocumentPage }));
const Imports = lazy(async () => ({ default: (await import("../imports/Imports")).Imports }));
const CustomerFields = lazy(async () => ({ default: (await import("../customers/own/FieldsPage")).FieldsPage }));
const RelationTypes = lazy(async () => ({ default: (await import("../customers/own/TypesPage")).TypesPage }));
const ConsentPurposes = lazy(async () => ({ default: (await import("../customers/own/PurposesPage")).PurposesPage }));
const Segments = lazy(async () => ({ default: (await import("../segments/Segments")).Segments }));
const Webhooks = lazy(async () => ({ default: (await import("../webhooks/Webhooks")).Webhooks }));
const Prompts = lazy(async () => ({ default: (await import("../prompts/Prompts")).Prompts }));
const Retention = lazy(async () => ({ default: (await import("../retention/Retention")).Retention }));
const LockedOut = lazy(async () => ({ default: (await import("../services/LockedOut")).LockedOut }));
const Users = lazy(async () => ({ default: (await import("../people/Users")).Users }));
const Tokens = lazy(async () => ({ default: (await import("../people/Tokens")).Tokens }));
const Audit = lazy(async () => ({ default: (await import("../people/Audit")).Audit }));

export function Manage() {
  const { t } = useWords();
  const may = useMay();
  const open = openPages(may);
  const [first] = open;
  if (!first) return <Missing notAllowed />;
  const groups = [...new Set(open.map((page) => page.group))];
  return (
    <div className="manage">
      <nav className="manage-menu" aria-label={t("manage.title")}>
        {groups.map((group) => (
          <section key={group}>
            <h2>{t(group)}</h2>
            {open
              .filter((page) => page.group === group)
              .map((page) => (
                <NavLink key={page.path} to={`/manage/${page.path}`} data-testid={`manage-${page.path}`}>
                  {t(page.words)}
                </NavLink>
              ))}
          </section>
        ))}
      </nav>
      <div className="manage-main">
        <Suspense fallback={null}>
          <Routes>
            <Route index element={<Navigate to={first.path} replace />} />
            {open.map((page) => (
              <Route key={page.path} path={`${page.path}/*`} element={pageOf(page)} />
            ))}
            <Route path="*" element={<Missing />} />
          </Routes>
        </Suspense>
      </div>
    </div>
  );
}

function pageOf(page: ManagePage) {
  switch (page.path) {
    case "flows":
      return <FlowsPage />;
    case "settings":
      return <SettingsPage />;
    case "document":
      return <DocumentPage />;
    case "customer-imports":
      return <Imports />;
    case "customer-fields":
      return <CustomerFields />;
    case "relation-types":
      return <RelationTypes />;
    case "consent-purposes":
      return <ConsentPurposes />;
    case "segments":
      return <Segments />;
    case "webhooks":
      return <Webhooks />;
    case "prompts":
      return <Prompts />;
    case "retention":
      return <Retention />;
    case "locked-out":
      return <LockedOut />;
    case "users":
      return <Users />;
    case "tokens":
      return <Tokens />;
    case "audit":
      return <Audit />;
    default:
      return <ResourcePage key={page.path} kind={page.path} words={page.words} />;
  }
}
