/** All the input and output that this module needs: whole objects by location. */
export interface FileIO {
  /** With `places`: only an object that lies below one of these locations. */
  read(location: string, places?: readonly string[]): Promise<Uint8Array>;
  write(location: string, bytes: Uint8Array): Promise<void>;
  /**
   * Deletes objects that were written but are not needed after all. Without it, such files remain and belong to no
   * table.
   */
  delete?(locations: readonly string[]): Promise<void>;
}
