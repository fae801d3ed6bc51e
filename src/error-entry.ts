/** The parts of an error that are the same for every error with its code; see errors.ts. */
export interface ErrorEntry {
  readonly title: string;
  readonly remedy: string;
  readonly status: number;
}
