import { fullGC, heapSize } from "bun:jsc";
import { makeZip } from "client-zip";
import type { ArchiveFile } from "../../app/privacy-requests/personal-archive.ts";

/** A store that answers at once, and a client that takes all there is, would leave the loop to nobody else. */
const turn = (): Promise<void> => new Promise((resume) => setImmediate(resume));

/** Pieces (pages of records) after which the heap is looked at, and bytes by which it may have grown. */
const LOOK_EVERY = 256;
const GROWTH_MAX = 24 << 20;

/**
 * Rows that are in work when the collector makes one of its quick rounds count as old from then on, and are kept until the heap
 * has doubled, long after they are written: a long export would grow by all the memory it may. So the collector is told to
 * look at everything when that has become much: some 25 ms, once in 100,000 records or so.
 */
const heapWatch = () => {
  let seen = 0;
  let least = heapSize();
  return (): void => {
    seen += 1;
    if (seen % LOOK_EVERY !== 0 || heapSize() < least + GROWTH_MAX) return;
    fullGC();
    least = heapSize();
  };
};

/**
 * A ZIP file of files that are read one after the other, as fast as the client takes them, and no further once it is
 * gone. `onFailure` is told when one cannot be read to its end: the connection then breaks off, so that half an archive
 * never passes for a whole one.
 */
export const zipStream = (
  files: readonly ArchiveFile[],
  onFailure: (failure: unknown) => void,
): ReadableStream<Uint8Array> => {
  const look = heapWatch();
  const watched = async function* (chunks: AsyncIterable<string>): AsyncGenerator<string> {
    try {
      for await (const chunk of chunks) {
        look();
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
