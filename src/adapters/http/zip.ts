import { makeZip } from "client-zip";
import type { ArchiveFile } from "../../app/privacy-requests/personal-archive.ts";

/**
 * A ZIP file of files that are read one after the other, as fast as the client takes them. `onFailure` is told when one
 * cannot be read to its end: the connection then breaks off, so that half an archive never passes for a whole one.
 */
export const zipStream = (
  files: readonly ArchiveFile[],
  onFailure: (failure: unknown) => void,
): ReadableStream<Uint8Array> => {
  const watched = async function* (chunks: AsyncIterable<string>): AsyncGenerator<string> {
    try {
      yield* chunks;
    } catch (failure) {
      onFailure(failure);
      throw failure;
    }
  };
  return makeZip(files.map(({ name, chunks }) => ({ name, input: watched(chunks) })));
};
