import { App } from "antd";
import { ApiError } from "../api/client";
import { explain } from "../i18n/explain";

/** Says outcomes of actions in passing; errors stay until read. */
export function useTell() {
  const { message, notification } = App.useApp();
  return {
    done: (words: string) => void message.success({ content: words, duration: 2 }),
    info: (words: string) => void message.info({ content: words, duration: 4 }),
    warned: (words: string) =>
      notification.warning({ title: words, duration: 12, placement: "topRight", props: { "data-testid": "warning-notice" } }),
    failed: (error: unknown) => {
      // The end of the session has led to the sign-in page, which says so.
      if (error instanceof ApiError && error.status === 401 && error.code.startsWith("session.")) return;
      notification.error({
        title: explain(error),
        duration: 8,
        placement: "topRight",
        props: { "data-testid": "error-notice" },
      });
    },
  };
}
