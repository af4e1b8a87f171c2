import { words } from "../../i18n/words";

export const contactsWords = words({ zh: { title: "" }, en: { title: "" } });
