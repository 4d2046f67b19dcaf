import { createReadStream } from "node:fs";
import { open as openFile, stat } from "node:fs/promises";
import { createGunzip } from "node:zlib";
import { MalformedExport, type OpenExport } from "../../ports/comment-export.ts";

const CHUNK_BYTES = 262_144;

/** An export as a file: its size, and how to open it. Disqus and remark42 hand theirs out compressed, so gzip is undone. */
export interface ExportFile {
  readonly bytes: number;
  /** Bytes of the file, as it lies there, that the stream opened last has taken. */
  readonly taken: () => number;
  readonly open: OpenExport;
}

const isGzip = async (path: string): Promise<boolean> => {
  const file = await openFile(path);
  try {
    const { buffer, bytesRead } = await file.read(Buffer.alloc(2), 0, 2, 0);
    return bytesRead === 2 && buffer[0] === 0x1f && buffer[1] === 0x8b;
  } finally {
    await file.close();
  }
};

/** Rejects as `node:fs` does when there is no such file or it may not be read. */
export const exportFile = async (path: string): Promise<ExportFile> => {
  const { size } = await stat(path);
  const compressed = await isGzip(path);
  let taken = (): number => 0;
  async function* open(): AsyncGenerator<Uint8Array> {
    const file = createReadStream(path, { highWaterMark: CHUNK_BYTES });
    taken = () => file.bytesRead;
    if (!compressed) {
      yield* file;
      return;
    }
    const gunzip = createGunzip({ chunkSize: CHUNK_BYTES });
    file.on("error", (error) => gunzip.destroy(error));
    try {
      for await (const chunk of file.pipe(gunzip)) yield chunk;
    } catch (error) {
      const code = error instanceof Error && "code" in error ? String(error.code) : "";
      if (!code.startsWith("Z_")) throw error;
      throw new MalformedExport("the file is gzip, and breaks off or was changed", 1);
    } finally {
      file.destroy();
    }
  }
  return { bytes: size, taken: () => taken(), open };
};
