/** The parts of an error that its code alone decides: see errors.ts. */
export interface ErrorEntry {
  readonly title: string;
  readonly remedy: string;
  readonly status: number;
}
