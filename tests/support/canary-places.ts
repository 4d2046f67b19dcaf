// Where something of the canary could be left: in what the service keeps, and in what it hands out.
import { execFile } from "node:child_process";
import { readdir, readFile, rm } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";
import { Redis } from "ioredis";
import { CANARY, inBytes } from "./canary.ts";
import type { World } from "./canary-world.ts";
import { type Environment, runCli } from "./process.ts";

/** What of her was found, by where. */
export type Found = Readonly<Record<string, readonly string[]>>;

const foundIn = async (
  things: readonly (readonly [name: string, bytes: Promise<Buffer>])[],
): Promise<Found> => {
  const found: Record<string, readonly string[]> = {};
  for (const [name, bytes] of things) {
    const spelled = inBytes(await bytes);
    if (spelled.length > 0) found[name] = spelled;
  }
  return found;
};

/** A file that goes meanwhile holds nothing. */
const bytesOf = (path: string): Promise<Buffer> =>
  readFile(path).catch((failure: { readonly code?: unknown }) => {
    if (failure.code === "ENOENT") return Buffer.alloc(0);
    throw failure;
  });

/** Every file below a folder that holds something of hers, and what. */
export const betrayedUnder = async (
  folder: string,
  looksAt: (name: string) => boolean = () => true,
): Promise<Found> => {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  const names = entries
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name).slice(folder.length + 1));
  const found: Record<string, readonly string[]> = {};
  for (const name of names.filter(looksAt))
    Object.assign(found, await foundIn([[name, bytesOf(join(folder, name))]]));
  return found;
};

/** Every key and value; and, so that looking there means something, what is found once she was put there. */
export const betrayedInRedis = async (url: string) => {
  const client = new Redis(url);
  const look = async (): Promise<Found> => {
    const keys = await client.keys("*");
    const values = keys.map(async (key): Promise<readonly [string, Promise<Buffer>]> => {
      // A key may end while it is looked at; the limiter keeps texts alone.
      const value = (await client.getBuffer(key)) ?? Buffer.alloc(0);
      return [key, Promise.resolve(Buffer.concat([Buffer.from(`${key}\n`), value]))];
    });
    return foundIn(await Promise.all(values));
  };
  const found = await look();
  await client.set("planted", CANARY.email);
  const planted = await look();
  await client.del("planted");
  const count = await client.dbsize();
  client.disconnect();
  return { found, planted, count };
};

export const METRICS_TOKEN = "a-token-of-sixteen-characters";

const LISTS = [
  ...["audit-entries", "privacy-requests", "legal-holds", "breaches", "config", "webhooks", "retention"],
  ...["service-credentials", "consent-policies", "flags", "processing-record", "retention/runs"],
].map((name) => `/v1/admin/${name}`);

/** What anybody, a neighbour with his whole archive, moderators and admins are handed. */
export const betrayedInAnswers = async ({
  url,
  admin,
  moderator,
  neighbour,
  recipient,
  recipientId,
}: World) => {
  const get = async (path: string, token: string | null): Promise<Buffer> => {
    const headers = token === null ? {} : { authorization: `Bearer ${token}` };
    const response = await fetch(url + path, { headers });
    if (!response.ok) throw new Error(`${path}: ${response.status}`);
    return Buffer.from(await response.arrayBuffer());
  };
  const pages = async (path: string): Promise<Buffer> => {
    const all: Buffer[] = [];
    for (let cursor: string | null = ""; cursor !== null; ) {
      const page = await get(`${path}?limit=100${cursor === "" ? "" : `&cursor=${cursor}`}`, admin.token);
      all.push(page);
      cursor = (JSON.parse(page.toString()) as { next_cursor?: string | null }).next_cursor ?? null;
    }
    return Buffer.concat(all);
  };
  const items: { id: string; type: string }[] = (
    JSON.parse((await get("/v1/privacy-requests", neighbour.token)).toString()) as { items: never }
  ).items;
  const access = items.find(({ type }) => type === "access");
  const archives = `/v1/privacy-requests/${access?.id}/export`;
  return foundIn([
    ["thread", get("/v1/threads/birds/comments?limit=100", null)],
    ["imported thread", get(`/v1/threads/${encodeURIComponent("/2023/old-post/")}/comments`, null)],
    ["queue", get("/v1/moderation/queue", moderator.token)],
    ["metrics", get("/metrics", METRICS_TOKEN)],
    ["neighbour's archive", get(archives, neighbour.token)],
    ["recipient", Promise.resolve(Buffer.from(JSON.stringify(recipient.received)))],
    ["deliveries", get(`/v1/admin/webhooks/${recipientId}/deliveries?limit=100`, admin.token)],
    ...LISTS.map((path) => [path, pages(path)] as const),
  ]);
};

/** A copy for a staging service, made and searched; nothing of it is left. */
export const betrayedInStaging = async (settings: Environment, folder: string): Promise<Found> => {
  const copy = join(folder, "staging");
  await runCli(settings, "staging", "export", "--to", `sqlite:///${copy}/staging.db`);
  const found = await betrayedUnder(copy);
  await rm(copy, { recursive: true });
  return found;
};

/** A logical dump, by the programs of this folder. */
export const betrayedInDump = async (programs: string, url: string): Promise<Found> => {
  const { stdout } = await promisify(execFile)(join(programs, "pg_dump"), [`--dbname=${url}`], {
    encoding: "buffer",
    maxBuffer: 1 << 28,
  });
  return foundIn([["dump", Promise.resolve(stdout)]]);
};
