import { words } from "../../i18n/words";

export const peopleWords = words({ zh: { title: "" }, en: { title: "" } });
