import { SearchOutlined } from "@ant-design/icons";
import { QueryClient, QueryClientProvider } from "@tanstack/react-query";
import { App as AntApp, ConfigProvider } from "antd";
import enUS from "antd/locale/en_US";
import zhCN from "antd/locale/zh_CN";
import dayjs from "dayjs";
import "dayjs/locale/zh-cn";
import { useEffect } from "react";
import { RouterProvider } from "react-router";
import { ApiError, whenSignedOut } from "../api/client";
import { useWords } from "../i18n";
import { deskPhone } from "../phone/phone";
import { forget, sessionKey } from "./session";
import { router } from "./routes";
import { themeFor } from "./theme";
import { useDark } from "./theme-choice";

const client = new QueryClient({
  defaultOptions: {
    queries: {
      retry: (failures, error) => failures < 2 && error instanceof ApiError && error.retryable,
      staleTime: 10_000,
      refetchOnWindowFocus: false,
    },
  },
});

whenSignedOut(() => {
  if (client.getQueryData(sessionKey)) {
    deskPhone.stop();
    forget(client);
    client.setQueryData(["ended"], true);
  }
});

export function App() {
  const { t, language } = useWords();
  const dark = useDark();
  useEffect(() => {
    dayjs.locale(language === "zh" ? "zh-cn" : "en");
  }, [language]);
  return (
    <ConfigProvider
      theme={themeFor(dark)}
      locale={language === "zh" ? zhCN : enUS}
      button={{ autoInsertSpace: false }}
      variant="outlined"
      inputSearch={{ searchIcon: <SearchOutlined aria-label={t("common.search")} /> }}
      drawer={{ closable: { "aria-label": t("common.close") } }}
    >
      <AntApp style={{ height: "100%" }} message={{ maxCount: 3 }}>
        <QueryClientProvider client={client}>
          <RouterProvider router={router} />
        </QueryClientProvider>
      </AntApp>
    </ConfigProvider>
  );
}
