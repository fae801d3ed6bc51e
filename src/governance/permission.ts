/**
 * The permissions that a grant can give, in the words that people know from AWS Lake Formation.
 * Invariant: only SELECT and ALL let anybody read rows; in particular INSERT, DELETE and ADMINISTER do not.
 */
export const permissions = [
  /** Read rows. */
  "SELECT",
  /** Know that something exists, and see its columns. */
  "DESCRIBE",
  /** Find it in the search, with what is said of it and its columns' names, and ask for it; nothing else shows it. */
  "BROWSE",
  "INSERT",
  "DELETE",
  /** Change a table's settings and description. */
  "ALTER",
  "DROP",
  "CREATE_TABLE",
  "CREATE_DATABASE",
  /** Create tables at a storage location. Never needed to read. */
  "DATA_LOCATION_ACCESS",
  /** Begin and end runs. */
  "OPERATE",
  /** See all metadata, decide what is connected, and grant anything to anybody. Rows stay hidden without a grant. */
  "ADMINISTER",
  /** Everything above except ADMINISTER, and nothing of what follows: that gives rights to others. */
  "ALL",
  /** Define tag keys in an account. */
  "CREATE_TAG",
  /** Give things a tag and take it away. Needs ALTER on the thing, too. */
  "ASSOCIATE",
  /** Grant rights on whatever has a tag. */
  "GRANT_WITH_TAG",
] as const;

export type Permission = (typeof permissions)[number];
