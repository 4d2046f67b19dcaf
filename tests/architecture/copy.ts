// Copies of the tree in a temporary folder, to plant things in or to take things away from.
import { cpSync, existsSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";

export const TREE = join(import.meta.dir, "../..");

/** Runs `use` on a new empty folder outside the tree, and removes it afterwards whatever happens. */
export const inTemporaryFolder = async <T>(use: (folder: string) => Promise<T>): Promise<T> => {
  const folder = mkdtempSync(join(tmpdir(), "gonogo-architecture-"));
  try {
    return await use(folder);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
};

/** Copies the named files and folders of the tree that exist into `folder`. */
export const copyOfTree = (folder: string, paths: readonly string[]): void => {
  for (const path of paths) {
    if (existsSync(join(TREE, path))) cpSync(join(TREE, path), join(folder, path), { recursive: true });
  }
};

export const linkPackages = (folder: string): void =>
  symlinkSync(join(TREE, "node_modules"), join(folder, "node_modules"), "dir");

/** Writes each file, path to text, making its folders; refuses to overwrite one of the tree. */
export const plant = (folder: string, files: Readonly<Record<string, string>>): void => {
  for (const [path, text] of Object.entries(files)) {
    const target = join(folder, path);
    if (existsSync(target)) throw new Error(`${path} exists: plant under another name`);
    mkdirSync(dirname(target), { recursive: true });
    writeFileSync(target, text);
  }
};
