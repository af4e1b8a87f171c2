import { theme, type ThemeConfig } from "antd";

const fonts =
  'system-ui, -apple-system, "Segoe UI", "PingFang SC", "Microsoft YaHei", "Noto Sans SC", "Noto Sans CJK SC", sans-serif';

/** Controls are ink on paper: colour is left to states. */
export function themeFor(dark: boolean): ThemeConfig {
  const ink = dark ? "#dfe5ec" : "#1c2733";
  const paper = dark ? "#14181d" : "#ffffff";
  return {
    algorithm: dark ? [theme.darkAlgorithm, theme.compactAlgorithm] : [theme.defaultAlgorithm, theme.compactAlgorithm],
    token: {
      fontFamily: fonts,
      // The compact algorithm takes a step off each: 14 and 30 on the page.
      fontSize: 16,
      controlHeight: 34,
      borderRadius: 5,
      colorPrimary: ink,
      colorLink: dark ? "#9ec3f0" : "#274f80",
      colorError: dark ? "#ff7b72" : "#c4231c",
      colorWarning: dark ? "#d9a441" : "#9a6700",
      colorSuccess: dark ? "#4ac26b" : "#1a7f37",
      colorInfo: dark ? "#8b98a5" : "#57636f",
      colorBgBase: paper,
      colorBgContainer: paper,
      colorBgElevated: dark ? "#1a1f25" : "#ffffff",
      colorBorder: dark ? "#3d4651" : "#c3cad1",
      colorBorderSecondary: dark ? "#2a3139" : "#dde2e7",
      colorBgLayout: dark ? "#0e1114" : "#f4f6f8",
      colorTextBase: dark ? "#e6ebf0" : "#17202a",
      controlOutlineWidth: 3,
      motionDurationMid: "0.12s",
      motionDurationSlow: "0.18s",
    },
    components: {
      Button: { primaryColor: paper, primaryShadow: "none", defaultShadow: "none", dangerShadow: "none" },
      Segmented: { trackBg: dark ? "#22282f" : "#e8ecf0" },
      Table: { headerBg: "transparent", cellPaddingBlockSM: 5 },
      Menu: { itemHeight: 30, activeBarBorderWidth: 0 },
      Tooltip: { fontSize: 12 },
    },
  };
}
