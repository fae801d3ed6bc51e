/** The part of the address of asking: a thing, or a product. */
export interface AskSearch {
  readonly on?: string;
  readonly product?: string;
}
