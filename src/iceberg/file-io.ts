/** All the input and output this module needs: whole objects by location. */
export interface FileIO {
  read(location: string): Promise<Uint8Array>;
  write(location: string, bytes: Uint8Array): Promise<void>;
  /** What was written and is not needed after all. Where it is not given, such files stay, and belong to no table. */
  delete?(locations: readonly string[]): Promise<void>;
}
