import { createHash } from "node:crypto";
import { createReadStream } from "node:fs";
import { open, readdir, rename, rm, stat } from "node:fs/promises";
import { join } from "node:path";
import type { Decrypter, Encrypter } from "age-encryption";
import type { Instant } from "../../domain/shared/instant.ts";
import type { DatabaseCopy } from "../../ports/database-copy.ts";
import { asStream, BackupBroken, packed, type Unpacked, unpack } from "./archive.ts";
import { isErrno, makeFolder, readIfThere, syncFolder, writeWhole } from "./files.ts";
import { type Manifest, proveManifest, readManifest } from "./manifest.ts";

export interface BackupFolder {
  /** Backups that are whole, newest first. What was cut short is not among them. */
  list(): Promise<readonly Manifest[]>;
  /** Encrypts a copy; it is there, durably, once this resolves, and not at all before. */
  write(copy: DatabaseCopy, encrypter: Encrypter, now: Instant): Promise<Manifest>;
  /** Whether the file is, byte by byte, the one that was written. */
  isIntact(manifest: Manifest): Promise<boolean>;
  /** Decrypts one. What it yields is checked at its end. Throws BackupBroken when it is not what it was. */
  open(manifest: Manifest, decrypter: Decrypter): Promise<Unpacked>;
  /** Deletes those made before a moment, and what was cut short; answers the names. */
  prune(before: Instant): Promise<readonly string[]>;
}

const PARTIAL = ".partial";
const NAME = /^(gonogo-\d{8}T\d{6}Z-[\da-f]{8})\.json$/;

const nameAt = (now: Instant): string =>
  `gonogo-${new Date(now).toISOString().replace(/[-:]|\.\d+/g, "")}-${crypto.randomUUID().slice(0, 8)}`;

const hashOf = async (path: string): Promise<string> => {
  const hash = createHash("sha256");
  for await (const chunk of createReadStream(path) as AsyncIterable<Buffer>) hash.update(chunk);
  return hash.digest("hex");
};

export const openBackupFolder = (
  directory: string,
  prove: (text: string) => Promise<string>,
): BackupFolder => {
  const fileOf = (name: string): string => join(directory, `${name}.age`);
  const manifestOf = (name: string): string => join(directory, `${name}.json`);

  const names = async (): Promise<readonly string[]> => {
    try {
      return await readdir(directory);
    } catch (failure) {
      if (isErrno(failure, "ENOENT")) return [];
      throw failure;
    }
  };

  const whole = async (name: string): Promise<Manifest | null> => {
    const text = await readIfThere(manifestOf(name));
    const manifest = text === null ? null : await readManifest(text, prove);
    if (manifest === null || manifest.contents.name !== name) return null;
    const size = await stat(fileOf(name)).then(
      (found) => found.size,
      () => null,
    );
    return size === manifest.file_bytes ? manifest : null;
  };

  const list = async (): Promise<readonly Manifest[]> => {
    const found: Manifest[] = [];
    for (const file of await names()) {
      const name = NAME.exec(file)?.[1];
      const manifest = name === undefined ? null : await whole(name);
      if (manifest !== null) found.push(manifest);
    }
    return found.toSorted((a, b) => b.contents.created_at - a.contents.created_at);
  };

  /** Only one instance makes backups at a time: a partial one is nobody's any more. */
  const sweep = async (): Promise<void> => {
    for (const file of await names()) {
      if (file.endsWith(PARTIAL) || file.includes(".draft-"))
        await rm(join(directory, file), { force: true });
    }
  };

  const encrypted = async (
    path: string,
    bytes: AsyncIterable<Uint8Array>,
    encrypter: Encrypter,
  ): Promise<{ readonly file_bytes: number; readonly file_sha256: string }> => {
    const file = await open(path, "wx", 0o600);
    try {
      const hash = createHash("sha256");
      let size = 0;
      for await (const chunk of await encrypter.encrypt(asStream(bytes))) {
        hash.update(chunk);
        size += chunk.length;
        await file.writeFile(chunk);
      }
      await file.sync();
      return { file_bytes: size, file_sha256: hash.digest("hex") };
    } finally {
      await file.close();
    }
  };

  return {
    list,
    write: async (copy, encrypter, now) => {
      await makeFolder(directory);
      await sweep();
      const name = nameAt(now);
      const { engine, engine_version, counts, migrations, ledger_position } = copy;
      const contents = {
        format: "gonogo-backup-1" as const,
        name,
        created_at: now,
        engine,
        engine_version,
        counts: { ...counts },
        migrations: [...migrations],
        ledger_position,
      };
      const partial = `${fileOf(name)}${PARTIAL}`;
      let sha256 = "";
      const written = await encrypted(
        partial,
        packed(contents, copy.bytes(), (hex) => {
          sha256 = hex;
        }),
        encrypter,
      );
      // Read again from the disk: what was sent there and what came of it may differ.
      if ((await hashOf(partial)) !== written.file_sha256)
        throw new BackupBroken("The disk did not keep it.");
      const manifest = await proveManifest({ contents, sha256, ...written }, prove);
      await rename(partial, fileOf(name));
      await syncFolder(directory);
      await writeWhole(manifestOf(name), `${JSON.stringify(manifest, null, 2)}\n`);
      return manifest;
    },
    isIntact: async ({ contents, file_sha256 }) => (await hashOf(fileOf(contents.name))) === file_sha256,
    open: async ({ contents: { name } }, decrypter) => {
      const file = asStream(createReadStream(fileOf(name)) as AsyncIterable<Uint8Array>);
      const unpacked = await unpack((await decrypter.decrypt(file)) as AsyncIterable<Uint8Array>);
      if (unpacked.contents.name !== name)
        throw new BackupBroken("The backup is another one than its name says.");
      return unpacked;
    },
    prune: async (before) => {
      const due = (await list()).filter(({ contents }) => contents.created_at < before);
      for (const { contents } of due) {
        // The file first: a manifest without one is no backup, a file without a manifest is not seen.
        await rm(fileOf(contents.name), { force: true });
        await rm(manifestOf(contents.name), { force: true });
      }
      await sweepOrphans(await names(), before);
      return due.map(({ contents }) => contents.name);
    },
  };

  /** Files of backups that were cut short between their two names, or whose manifest nobody proves: by their own date. */
  async function sweepOrphans(files: readonly string[], before: Instant): Promise<void> {
    for (const file of files) {
      if (!/^gonogo-.*\.(age|json|partial)$/.test(file)) continue;
      const path = join(directory, file);
      if ((await stat(path)).mtimeMs < before) await rm(path, { force: true });
    }
  }
};
