import { Form, Input } from "antd";
import { useWords } from "../../i18n";

/** A new password, twice; the server judges its strength, this only spares a round trip. */
export function NewPassword({ autoFocus = false }: { autoFocus?: boolean }) {
  const { t } = useWords();
  return (
    <>
      <Form.Item
        name="password"
        label={t("session.newPassword")}
        extra={t("session.weak")}
        rules={[{ required: true, min: 10, message: "" }]}
      >
        <Input.Password autoFocus={autoFocus} autoComplete="new-password" data-testid="new-password" />
      </Form.Item>
      <Form.Item
        name="repeat"
        label={t("session.repeat")}
        dependencies={["password"]}
        rules={[
          { required: true, message: "" },
          ({ getFieldValue }) => ({
            validator: (_, value) =>
              !value || value === getFieldValue("password") ? Promise.resolve() : Promise.reject(new Error(t("session.differ"))),
          }),
        ]}
      >
        <Input.Password autoComplete="new-password" data-testid="repeat-password" />
      </Form.Item>
    </>
  );
}
