import { afterEach, beforeEach, describe, expect, test } from "bun:test";
import { link, mkdtemp, readdir, rm, stat } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import {
  deletePreviousSecretKey,
  previousKeyPath,
  readOrMakeSecretKeys,
  replaceSecretKey,
  secretKeyFiles,
} from "../../src/adapters/crypto/secret-file.ts";

let folder = "";
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "gonogo-secret-"));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

const modeOf = async (name: string): Promise<string> =>
  ((await stat(join(folder, name))).mode & 0o777).toString(8);

describe("the secret key in a file", () => {
  test("is made once, for its owner alone, whoever asks first", async () => {
    expect(await secretKeyFiles(folder)).toBe("none");
    const asked = await Promise.all(Array.from({ length: 20 }, () => readOrMakeSecretKeys(folder)));
    expect(new Set(asked.map(({ current }) => current)).size).toBe(1);
    expect(asked[0]?.previous).toBeNull();
    expect(Buffer.from(asked[0]?.current ?? "", "base64")).toHaveLength(32);
    expect([await readdir(folder), await modeOf("secret.key")]).toEqual([["secret.key"], "600"]);
    expect(await secretKeyFiles(folder)).toBe("one");
  });

  test("is replaced by another, and kept as the previous one until that is deleted", async () => {
    const { current: old } = await readOrMakeSecretKeys(folder);
    await replaceSecretKey(folder);
    expect(await secretKeyFiles(folder)).toBe("rotating");
    const both = await readOrMakeSecretKeys(folder);
    expect(both.previous).toBe(old);
    expect(both.current).not.toBe(old);
    expect((await readdir(folder)).toSorted()).toEqual(["secret.key", "secret.key.previous"]);
    expect([await modeOf("secret.key"), await modeOf("secret.key.previous")]).toEqual(["600", "600"]);
    await deletePreviousSecretKey(folder);
    expect(await readOrMakeSecretKeys(folder)).toEqual({ current: both.current, previous: null });
    expect(await secretKeyFiles(folder)).toBe("one");
  });

  test("is never lost to a second replacement: the first must be done before", async () => {
    await readOrMakeSecretKeys(folder);
    await replaceSecretKey(folder);
    const keys = await readOrMakeSecretKeys(folder);
    await expect(replaceSecretKey(folder)).rejects.toMatchObject({ code: "EEXIST" });
    expect(await readOrMakeSecretKeys(folder)).toEqual(keys);
    expect(await readdir(folder)).toHaveLength(2);
  });

  test("goes on when it was killed between keeping the old and taking the new", async () => {
    const { current: old } = await readOrMakeSecretKeys(folder);
    await link(join(folder, "secret.key"), previousKeyPath(folder));
    expect(await readOrMakeSecretKeys(folder)).toEqual({ current: old, previous: null });
    expect(await secretKeyFiles(folder)).toBe("one");
    await replaceSecretKey(folder);
    expect((await readOrMakeSecretKeys(folder)).previous).toBe(old);
    expect(await secretKeyFiles(folder)).toBe("rotating");
  });
});
