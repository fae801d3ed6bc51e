/** The kinds of personal data as people say them. */
import type { PiiProposal } from "../../src/client/api-client.ts";

export const piiWords: Readonly<Record<PiiProposal["class"], string>> = {
  email: "E-mail",
  phone: "Phone",
  person_name: "Name",
  postal_address: "Address",
  iban: "IBAN",
  card_number: "Card number",
  national_id: "National id",
  birth_date: "Birth date",
  ip_address: "IP address",
  free_text: "Free text",
};

/** A class that the API may say and this page does not know yet is shown as it is. */
export function piiWord(name: string): string {
  return Object.entries(piiWords).find(([known]) => known === name)?.[1] ?? name;
}
