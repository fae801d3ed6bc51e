/** The rows of the search (migrations/0085_search.sql, 0100_search_texts.sql) as Kysely types. */
import type { ColumnType, Generated } from "kysely";

export interface SearchTables {
  readonly search_documents: SearchDocumentRow;
  readonly search_texts: SearchTextsRow;
  readonly search_words: SearchWordRow;
  readonly search_stale: SearchStaleRow;
}

/** Written as JSON text and read as the value it represents. */
type JsonColumn<T> = ColumnType<T, string, string>;

export const foundKinds = ["database", "table", "view", "product"] as const;

export type FoundKind = (typeof foundKinds)[number];

/** The texts of a thing that can be found, from those that count most. */
export const textLevels = ["name", "column", "label", "text"] as const;

export type TextLevel = (typeof textLevels)[number];

export interface StoredText {
  readonly level: TextLevel;
  readonly text: string;
  /** The column that it is the name of, or that it is said of. */
  readonly fieldId?: number | undefined;
}

export interface StoredColumn {
  readonly id: number;
  readonly name: string;
  readonly doc?: string | undefined;
}

export interface SearchDocumentRow {
  readonly id: string;
  readonly kind: FoundKind;
  readonly account_id: string;
  readonly database_id: string | null;
  readonly name: string;
  readonly mark: string | null;
  readonly sensitivity: "none" | "pii" | "unclassified" | "secret";
  readonly owners: readonly string[];
  readonly tags: readonly string[];
  readonly history_of: string | null;
  readonly words: string;
  readonly name_words: string;
}

interface SearchTextsRow {
  readonly id: string;
  readonly columns: JsonColumn<readonly StoredColumn[]>;
  readonly parts: JsonColumn<readonly StoredText[]>;
}

interface SearchWordRow {
  readonly word: string;
  readonly trigrams: readonly string[];
}

interface SearchStaleRow {
  readonly id: Generated<bigint>;
  readonly thing_id: string;
}
