import { useQueryClient } from "@tanstack/react-query";
import { Dropdown, type MenuProps } from "antd";
import { NavLink, Outlet, useLocation } from "react-router";
import { api } from "../api/client";
import { setLanguage, useWords } from "../i18n";
import { RingBar } from "../features/desk/RingBar";
import { openPages } from "../features/manage/pages";
import { deskPhone } from "../phone/phone";
import { Mark } from "./Mark";
import { forget, useMay, useSession } from "./session";
import "./shell.css";
import { chooseTheme, useThemeChoice, type ThemeChoice } from "./theme-choice";

/** The frame of all staff pages: one dark strip with where one can go, and who one is. */
export function Shell() {
  const { t } = useWords();
  const { user, tenant } = useSession();
  const may = useMay();
  const onDesk = useLocation().pathname.startsWith("/desk");
  const places = [
    { to: "/desk", words: t("common.desk"), open: may("desk.use") && user.agent !== "" },
    { to: "/floor", words: t("common.floor"), open: may("floor.view") },
    { to: "/callbacks", words: t("later.title"), open: may("callbacks.view") },
    { to: "/contacts", words: t("common.contacts"), open: may("contacts.view") },
    { to: "/customers", words: t("customers.title"), open: may("customers.view") },
    { to: "/recoveries", words: t("recovery.title"), open: may("customers.view") },
    { to: "/self-service", words: t("selfservice.title"), open: may("selfservice.view") },
    { to: "/manage", words: t("common.manage"), open: openPages(may).length > 0 },
  ];
  return (
    <div className="shell">
      <a className="skip" href="#main">
        {t("common.skip")}
      </a>
      <header className="shell-head">
        <NavLink to="/" className="shell-mark" aria-label={t("common.product")}>
          <Mark /> <span>{t("common.product")}</span>
        </NavLink>
        <nav>
          {places
            .filter((place) => place.open)
            .map((place) => (
              <NavLink key={place.to} to={place.to} data-testid={`nav${place.to.replace("/", "-")}`}>
                {place.words}
              </NavLink>
            ))}
        </nav>
        <span className="shell-tenant">{tenant.name}</span>
        <UserMenu />
      </header>
      <RingBar hidden={onDesk} />
      <main id="main" className="shell-main" tabIndex={-1}>
        <Outlet />
      </main>
    </div>
  );
}

function UserMenu() {
  const { t, language } = useWords();
  const { user } = useSession();
  const client = useQueryClient();
  const theme = useThemeChoice();
  const leave = async () => {
    deskPhone.stop();
    try {
      await api.delete("/session");
    } finally {
      forget(client);
    }
  };
  const choice = (key: ThemeChoice, words: string) => ({ key: `theme:${key}`, label: words });
  const items: MenuProps["items"] = [
    { key: "account", label: <NavLink to="/account">{t("common.account")}</NavLink> },
    { type: "divider" },
    {
      type: "group",
      label: t("common.language"),
      children: [
        { key: "language:zh", label: "中文" },
        { key: "language:en", label: "English" },
      ],
    },
    {
      type: "group",
      label: t("common.theme"),
      children: [
        choice("system", t("common.themeSystem")),
        choice("light", t("common.themeLight")),
        choice("dark", t("common.themeDark")),
      ],
    },
    { type: "divider" },
    { key: "leave", label: <span data-testid="sign-out">{t("common.signOut")}</span> },
  ];
  return (
    <Dropdown
      trigger={["click"]}
      menu={{
        items,
        selectedKeys: [`language:${language}`, `theme:${theme}`],
        onClick: ({ key }) => {
          const [what, value] = key.split(":");
          if (what === "language") setLanguage(value === "en" ? "en" : "zh");
          if (what === "theme") chooseTheme(value as ThemeChoice);
          if (what === "leave") void leave();
        },
      }}
    >
      <button type="button" className="shell-user" data-testid="user-menu">
        {user.display_name || user.name} <span aria-hidden>▾</span>
      </button>
    </Dropdown>
  );
}
