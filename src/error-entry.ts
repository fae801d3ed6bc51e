/** What is told of an error beside its place: see errors.ts. */
export interface ErrorEntry {
  readonly title: string;
  readonly remedy: string;
  readonly status: number;
}
