import { breaksPanel } from "../later/BreaksPanel";
import { callPanel } from "./CallPanel";
import { dialPanel } from "./DialPanel";
import { noticesPanel } from "./NoticesPanel";
import type { DeskPanel } from "./panel";
import { phonePanel } from "./PhonePanel";
import { presencePanel } from "./PresencePanel";
import { recentPanel } from "./RecentPanel";

export const deskPanels: DeskPanel[] = [presencePanel, breaksPanel, phonePanel, dialPanel, noticesPanel, callPanel, recentPanel];
