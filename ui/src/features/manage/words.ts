import { words } from "../../i18n/words";

export const manageWords = words({ zh: { title: "" }, en: { title: "" } });
