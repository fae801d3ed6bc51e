/** The classes of personal data that can be proposed for a column, in the order in which they are shown. */
export const piiClasses = [
  "email",
  "phone",
  "person_name",
  "postal_address",
  "iban",
  "card_number",
  "national_id",
  "birth_date",
  "ip_address",
  /** Text in sentences, or JSON, in which some of the others occur. */
  "free_text",
] as const;

export type PiiClass = (typeof piiClasses)[number];
