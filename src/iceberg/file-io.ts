/** All the input and output this module needs: whole objects by location. */
export interface FileIO {
  read(location: string): Promise<Uint8Array>;
  write(location: string, bytes: Uint8Array): Promise<void>;
}
