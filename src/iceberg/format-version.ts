/** Versions of the table format (spec: "Format Versioning") that are written; version 1 is only read. */
export const formatVersions = [2, 3] as const;
export type FormatVersion = (typeof formatVersions)[number];
