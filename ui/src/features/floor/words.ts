import { words } from "../../i18n/words";

export const floorWords = words({ zh: { title: "" }, en: { title: "" } });
