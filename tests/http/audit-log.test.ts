import { describe, expect, test } from "bun:test";
import { pruneIdentities } from "../../src/app/audit/prune-log.ts";
import { DAY } from "../../src/domain/shared/instant.ts";
import { sequence, tell } from "../support/audit-log.ts";
import { type TestServer, testServer } from "../support/http.ts";
import { openCheckpoint, verifyProof, verifyServedLog } from "../support/log-verifier.ts";

const fetcherOf = (server: TestServer) => (path: string) => server.request("GET", `/audit/${path}`);

const adminOf = async (server: TestServer): Promise<string> =>
  (await server.signIn("admin@example.org", "admin")).token;

interface Listed {
  readonly items: readonly { readonly id: string; readonly action: string; readonly created_at: string }[];
  readonly next_cursor: string | null;
}

interface Proof {
  readonly index: number;
  readonly leaf: string;
  readonly tlog_proof: string;
  readonly checkpoint: string;
  readonly verifier_keys: readonly string[];
  readonly payload: { readonly salt: string; readonly details: string };
}

const proofOf = async (server: TestServer, token: string, id: string): Promise<Proof> => {
  const response = await server.request("GET", `/v1/admin/audit-entries/${id}/proof`, { token });
  expect(response.status).toBe(200);
  return (await response.json()) as Proof;
};

const list = async (server: TestServer, token: string, query = ""): Promise<Listed> => {
  const response = await server.request("GET", `/v1/admin/audit-entries?limit=100${query}`, { token });
  expect(response.status).toBe(200);
  return (await response.json()) as Listed;
};

describe("the served log", () => {
  test("is verified by a stranger's code: tiles, checkpoints, consistency and every proof", async () => {
    const server = await testServer();
    const token = await adminOf(server);
    await tell(server, 20);
    await sequence(server);
    const former = await (await server.request("GET", "/audit/checkpoint")).text();
    await tell(server, 400);
    await sequence(server);

    const { items } = await list(server, token, "&action=mail.sent");
    const { verifier_keys } = await proofOf(server, token, items[0]?.id ?? "");
    const [key = ""] = verifier_keys;
    const { size, origin } = await verifyServedLog(fetcherOf(server), key, former);
    expect(origin).toBe("localhost/audit");
    expect(size).toBeGreaterThan(840);
    for (const { id } of items.slice(0, 20)) {
      const proof = await proofOf(server, token, id);
      await verifyProof(proof.tlog_proof, proof.leaf, key);
      expect(JSON.parse(proof.leaf)).toMatchObject({ id, action: "mail.sent", v: 1 });
      await expect(verifyProof(proof.tlog_proof, proof.leaf.replace("mail", "mall"), key)).rejects.toThrow();
      await expect(
        verifyProof(proof.tlog_proof.replace(/index (\d+)/, `index ${proof.index + 1}`), proof.leaf, key),
      ).rejects.toThrow();
    }
    const notes = [former.replace("\n20\n", "\n21\n"), former.replace(/^\S+/, "elsewhere/audit")];
    for (const note of notes.filter((each) => each !== former)) {
      await expect(openCheckpoint(note, key)).rejects.toThrow();
    }
    const wrong = async (path: string) => {
      const response = await fetcherOf(server)(path);
      if (!path.startsWith("tile/0/001")) return response;
      const bytes = new Uint8Array(await response.arrayBuffer());
      bytes[40] = (bytes[40] ?? 0) ^ 1;
      return new Response(bytes);
    };
    await expect(verifyServedLog(wrong, key)).rejects.toThrow("signed root");
  });

  test("old proofs hold after what they tell of was pruned, and after the key was replaced", async () => {
    const server = await testServer();
    const token = await adminOf(server);
    await tell(server, 10);
    await sequence(server);
    const { items } = await list(server, token, "&action=configuration.changed");
    const before = await proofOf(server, token, items[0]?.id ?? "");
    server.pass(366 * DAY);
    await pruneIdentities(server.deps)({ now: server.deps.clock.now(), limit: 1_000, holds: [], after: 0 });
    await server.deps.logSigner.rotate();
    await tell(server, 10);
    await sequence(server);
    const again = (await server.signIn("admin@example.org")).token;
    const after = await proofOf(server, again, items[0]?.id ?? "");
    expect(after.leaf).toBe(before.leaf);
    expect(after.verifier_keys).toHaveLength(2);
    for (const key of after.verifier_keys) await verifyProof(after.tlog_proof, before.leaf, key);
    await verifyProof(before.tlog_proof, after.leaf, before.verifier_keys[0] ?? "");
  });

  test("tells of a new key itself, serves every key there was, and is signed with old and new", async () => {
    const server = await testServer();
    const token = await adminOf(server);
    await tell(server, 2);
    await sequence(server);
    const former = await (await server.request("GET", "/audit/checkpoint")).text();
    await server.deps.logSigner.rotate();
    await tell(server, 2);
    await sequence(server);
    const note = await (await server.request("GET", "/audit/checkpoint")).text();
    const keys = (await (await server.request("GET", "/audit/keys")).text()).trimEnd().split("\n");
    const [old = "", current = ""] = keys;
    expect(keys).toHaveLength(2);
    for (const key of keys) expect((await openCheckpoint(note, key)).size).toBeGreaterThan(4);
    expect((await openCheckpoint(former, old)).size).toBeGreaterThan(2);
    await expect(openCheckpoint(former, current)).rejects.toThrow("not signed by this key");

    const { items } = await list(server, token, "&action=key.created");
    const told = await Promise.all(items.map(({ id }) => proofOf(server, token, id)));
    const announced = told.map(({ payload }) => JSON.parse(payload.details));
    const publicHalf = (key: string) =>
      Buffer.from(key.split("+").slice(2).join("+"), "base64").subarray(1).toString("base64");
    expect(announced.filter(({ purpose }) => purpose.startsWith("audit-log:"))).toEqual([
      { purpose: "audit-log:0002", public_key: publicHalf(current) },
      { purpose: "audit-log:0001", public_key: publicHalf(old) },
    ]);
    // By the key that was known before: who trusts it learns of the next one.
    for (const proof of told) await verifyProof(proof.tlog_proof, proof.leaf, old);
  });

  test("says how long it may be kept, and has no tile that is not there", async () => {
    const server = await testServer();
    expect((await server.request("GET", "/audit/checkpoint")).status).toBe(404);
    await tell(server, 200);
    await sequence(server);
    const checkpoint = await server.request("GET", "/audit/checkpoint");
    expect(checkpoint.headers.get("content-type")).toBe("text/plain; charset=utf-8");
    expect(checkpoint.headers.get("cache-control")).toBe("public, max-age=2");
    for (const path of ["0/000", "0/000.p/17", "1/000.p/1", "0%2F000"]) {
      const tile = await server.request("GET", `/audit/tile/${path}`);
      expect([path, tile.status]).toEqual([path, 200]);
      expect(tile.headers.get("content-type")).toBe("application/octet-stream");
      expect(tile.headers.get("cache-control")).toBe("public, max-age=31536000, immutable");
    }
    const missing = [
      "0/001",
      "0/001.p/255",
      "2/000.p/1",
      "0/000.p/256",
      "0/0",
      "entries/000",
      "x",
      "0/x001/000",
    ];
    for (const path of missing) {
      expect([path, (await server.request("GET", `/audit/tile/${path}`)).status]).toEqual([path, 404]);
    }
  });
});

describe("the trail", () => {
  test("is listed newest first, page by page, by action, resource and time", async () => {
    const server = await testServer();
    await tell(server, 30);
    server.pass(DAY);
    await tell(server, 3);
    const token = await adminOf(server);
    const all: Listed["items"][number][] = [];
    let cursor: string | null = null;
    do {
      const query: string = cursor === null ? "" : `&cursor=${cursor}`;
      const response = await server.request("GET", `/v1/admin/audit-entries?limit=7${query}`, { token });
      const page = (await response.json()) as Listed;
      all.push(...page.items);
      cursor = page.next_cursor;
    } while (cursor !== null);
    expect(new Set(all.map(({ id }) => id)).size).toBe(all.length);
    expect(all.map(({ id }) => id)).toEqual(
      all
        .map(({ id }) => id)
        .toSorted()
        .toReversed(),
    );
    const sent = await list(server, token, "&action=configuration.changed");
    expect(sent.items).toHaveLength(33);
    const [newest] = sent.items;
    expect(
      (await list(server, token, `&action=configuration.changed&from=${newest?.created_at}`)).items,
    ).toHaveLength(3);
    const to = new Date(Date.parse(newest?.created_at ?? "") - 1).toISOString();
    expect(
      (await list(server, token, `&resource=configuration&action=configuration.changed&to=${to}`)).items,
    ).toHaveLength(30);
    expect((await list(server, token, "&resource=nothing")).items).toEqual([]);
  });

  test("an entry that is not in the tree yet has no proof yet", async () => {
    const server = await testServer();
    const token = await adminOf(server);
    await tell(server, 1);
    const { items } = await list(server, token, "&action=mail.sent");
    const path = `/v1/admin/audit-entries/${items[0]?.id}/proof`;
    expect((await server.request("GET", path, { token })).status).toBe(404);
    await sequence(server);
    expect((await server.request("GET", path, { token })).status).toBe(200);
  });
});
