import { contactsWords } from "../features/contacts/words";
import { duplicatesWords } from "../features/customers/duplicates/words";
import { customersWords } from "../features/customers/list/words";
import { ownWords } from "../features/customers/own/words";
import { recordWords } from "../features/customers/record/words";
import { recoveryWords } from "../features/customers/recovery/words";
import { audioWords } from "../features/desk/audio/words";
import { callbackWords } from "../features/desk/callback/words";
import { transferWords } from "../features/desk/transfer/words";
import { deskWords } from "../features/desk/words";
import { floorWords } from "../features/floor/words";
import { importsWords } from "../features/imports/words";
import { laterWords } from "../features/later/words";
import { documentWords } from "../features/manage/document/words";
import { flowsWords } from "../features/manage/flows/words";
import { manageWords } from "../features/manage/words";
import { routingWords } from "../features/manage/routing/words";
import { peopleWords } from "../features/people/words";
import { promptsWords } from "../features/prompts/words";
import { segmentsWords } from "../features/segments/words";
import { selfserviceWords } from "../features/selfservice/words";
import { servicesWords } from "../features/services/words";
import { sessionWords } from "../features/session/words";
import { retentionWords } from "../features/retention/words";
import { webhooksWords } from "../features/webhooks/words";
import { commonWords } from "./common";

export const staffWords = {
  common: commonWords,
  session: sessionWords,
  desk: deskWords,
  transfer: transferWords,
  callback: callbackWords,
  audio: audioWords,
  floor: floorWords,
  contacts: contactsWords,
  record: recordWords,
  recovery: recoveryWords,
  later: laterWords,
  customers: customersWords,
  duplicates: duplicatesWords,
  imports: importsWords,
  flows: flowsWords,
  manage: manageWords,
  own: ownWords,
  routing: routingWords,
  document: documentWords,
  people: peopleWords,
  prompts: promptsWords,
  retention: retentionWords,
  segments: segmentsWords,
  selfservice: selfserviceWords,
  services: servicesWords,
  webhooks: webhooksWords,
};
