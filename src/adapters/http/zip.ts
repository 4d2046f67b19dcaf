import { makeZip } from "client-zip";
import type { ArchiveFile } from "../../app/privacy-requests/personal-archive.ts";

/** A store that answers at once, and a client that takes all there is, would leave the loop to nobody else. */
const turn = (): Promise<void> => new Promise((resume) => setImmediate(resume));

/**
 * A ZIP file of files that are read one after the other, as fast as the client takes them, and no further once it is
 * gone. `onFailure` is told when one cannot be read to its end: the connection then breaks off, so that half an archive
 * never passes for a whole one.
 */
export const zipStream = (
  files: readonly ArchiveFile[],
  onFailure: (failure: unknown) => void,
): ReadableStream<Uint8Array> => {
  const watched = async function* (chunks: AsyncIterable<string>): AsyncGenerator<string> {
    try {
      for await (const chunk of chunks) {
        yield chunk;
        await turn();
      }
    } catch (failure) {
      onFailure(failure);
      throw failure;
    }
  };
  // client-zip tells the list, never a file, that nobody reads on, by throwing into it: an array would not hear it.
  const inputs = async function* () {
    for (const { name, chunks } of files) {
      const input = watched(chunks);
      try {
        yield { name, input };
      } catch {
        await input.return(undefined);
        return;
      }
    }
  };
  return makeZip(inputs());
};
