import { Result } from "antd";
import { useWords } from "../i18n";

export function Missing({ notAllowed = false }: { notAllowed?: boolean }) {
  const { t } = useWords();
  return (
    <Result
      icon={null}
      title={t(notAllowed ? "common.notAllowed" : "common.notFound")}
      subTitle={t(notAllowed ? "common.notAllowedHint" : "common.notFoundHint")}
      data-testid={notAllowed ? "not-allowed" : "not-found"}
    />
  );
}
