/** The part of the catalog's address that narrows it: words, filters and the order. */

export interface CatalogSearch {
  readonly q?: string;
  readonly database?: string;
  readonly only?: "readable" | "views" | "late";
  readonly sort?: "name" | "rows" | "changed";
}
