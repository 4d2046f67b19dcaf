import { describe, expect, test } from "bun:test";
import { makeBlindIndexer } from "../../src/adapters/crypto/blind-indexer.ts";
import { makeIdGenerator } from "../../src/adapters/crypto/id-generator.ts";
import { type KeyVaultDeps, makeKeyVault } from "../../src/adapters/crypto/key-vault.ts";
import { makePseudonymiser } from "../../src/adapters/crypto/pseudonymiser.ts";
import { makeSealer } from "../../src/adapters/crypto/sealer.ts";
import { destroyExpiredKeys } from "../../src/app/keys/destroy-expired-keys.ts";
import { PSEUDONYM_KEYS, type PseudonymKind } from "../../src/domain/anonymization/pseudonym.ts";
import { DEFAULT_RETENTION } from "../../src/domain/retention/retention-period.ts";
import { DAY, type Instant } from "../../src/domain/shared/instant.ts";
import { SealBroken } from "../../src/ports/secrets.ts";
import { StorageFailure } from "../../src/ports/unit-of-work.ts";
import { fakeClock, stage } from "./stage.ts";

const SECRET = "a secret key of at least thirty-two bytes";
const TODAY = (20_414 * DAY + 5 * 3_600_000) as Instant;

const setUp = (secrets = { current: SECRET, previous: null as string | null }) => {
  const store = stage();
  const clock = fakeClock(TODAY);
  const deps: KeyVaultDeps = {
    keys: store.readers.keys,
    unitOfWork: store.unitOfWork,
    sealer: makeSealer(secrets),
    clock,
    ids: makeIdGenerator(clock),
    retention: DEFAULT_RETENTION,
  };
  const destroy = () =>
    destroyExpiredKeys({
      readers: store.readers,
      unitOfWork: store.unitOfWork,
      clock,
      ids: deps.ids,
      policies: { retention: DEFAULT_RETENTION },
    });
  return { store, clock, deps, destroy };
};

describe("blind indexes", () => {
  test("find a value again, keep kinds apart and need a key that was made once and audited", async () => {
    const { store, deps } = setUp();
    const indexer = makeBlindIndexer(makeKeyVault(deps));
    const a = await indexer.index("email", "ada@example.org");
    expect(a).toMatch(/^[0-9a-f]{64}$/);
    expect(await indexer.index("email", "ada@example.org")).toBe(a);
    expect(await indexer.index("email", "bob@example.org")).not.toBe(a);
    expect(await indexer.index("external_user_id", "ada@example.org")).not.toBe(a);
    expect(store.keys().map(({ id }) => id)).toEqual(["blind-index:email", "blind-index:external_user_id"]);
    expect(store.keys()[0]?.destroy_at).toBeNull();
    expect(store.trail().map(({ action, details, user_id_hash }) => [action, details, user_id_hash])).toEqual(
      [
        ["key.created", '{"purpose":"blind-index:email"}', null],
        ["key.created", '{"purpose":"blind-index:external_user_id"}', null],
      ] as never,
    );
  });

  test("are the same in another process and after SECRET_KEY was rotated, and gone with the wrong one", async () => {
    const { deps } = setUp();
    const a = await makeBlindIndexer(makeKeyVault(deps)).index("email", "ada@example.org");
    expect(await makeBlindIndexer(makeKeyVault(deps)).index("email", "ada@example.org")).toBe(a);
    const next = "another secret key of thirty-two bytes or more";
    const sealer = makeSealer({ current: next, previous: SECRET });
    expect(await makeBlindIndexer(makeKeyVault({ ...deps, sealer })).index("email", "ada@example.org")).toBe(
      a,
    );
    const wrong = makeKeyVault({ ...deps, sealer: makeSealer({ current: next, previous: null }) });
    await expect(makeBlindIndexer(wrong).index("email", "ada@example.org")).rejects.toBeInstanceOf(
      SealBroken,
    );
  });

  test("share one creation among concurrent first uses", async () => {
    const { store, deps } = setUp();
    const indexer = makeBlindIndexer(makeKeyVault(deps));
    const hashes = await Promise.all(
      Array.from({ length: 20 }, () => indexer.index("email", "ada@example.org")),
    );
    expect(new Set(hashes).size).toBe(1);
    expect(store.trail()).toHaveLength(1);
  });

  test("agree between instances that race for the first use", async () => {
    const { store, deps } = setUp();
    const instances = Array.from({ length: 5 }, () => makeBlindIndexer(makeKeyVault(deps)));
    const hashes = await Promise.all(instances.map((indexer) => indexer.index("email", "ada@example.org")));
    expect(new Set(hashes).size).toBe(1);
    expect(store.trail()).toHaveLength(1);
  });

  test("reject when the store is away, and recover when it is back", async () => {
    const { deps } = setUp();
    let away = true;
    const flaky: KeyVaultDeps = {
      ...deps,
      keys: {
        ...deps.keys,
        byId: async (id) => {
          if (away) throw new StorageFailure("lost", "no", "read a key");
          return deps.keys.byId(id);
        },
      },
    };
    const indexer = makeBlindIndexer(makeKeyVault(flaky));
    await expect(indexer.index("email", "a")).rejects.toBeInstanceOf(StorageFailure);
    away = false;
    expect(await indexer.index("email", "a")).toMatch(/^[0-9a-f]{64}$/);
  });

  test("reject with a storage failure when every creation loses and nothing is ever there", async () => {
    const { deps } = setUp();
    const vault = makeKeyVault({ ...deps, keys: { ...deps.keys, byId: async () => null } });
    await vault.key("blind-index:email", null);
    const other = makeKeyVault({ ...deps, keys: { ...deps.keys, byId: async () => null } });
    await expect(other.key("blind-index:email", null)).rejects.toBeInstanceOf(StorageFailure);
  });

  test("are stored under their own name: a key moved to another one does not open", async () => {
    const { store, deps } = setUp();
    await makeKeyVault(deps).key("blind-index:email", null);
    const [row] = store.keys();
    if (row === undefined) return expect.unreachable();
    store.putKey({ ...row, id: "blind-index:external_user_id" });
    await expect(makeKeyVault(deps).key("blind-index:external_user_id", null)).rejects.toBeInstanceOf(
      SealBroken,
    );
  });
});

describe("pseudonyms", () => {
  test("of one address are alike however it is written, within its day only", async () => {
    const { deps } = setUp();
    const { hash } = makePseudonymiser(makeKeyVault(deps));
    const a = await hash("ip", "203.0.113.7", TODAY);
    expect(a).toMatch(/^[0-9a-f]{64}$/);
    expect(await hash("ip", "::ffff:203.0.113.7", TODAY)).toBe(a);
    expect(await hash("ip", "203.0.113.7", (20_415 * DAY - 1) as Instant)).toBe(a);
    expect(await hash("ip", "203.0.113.7", (20_415 * DAY) as Instant)).not.toBe(a);
    expect(await hash("user_agent", "203.0.113.7", TODAY)).not.toBe(a);
  });

  test.each(["ip", "user_agent", "user"] as const)(
    "of kind %s have a key that dies after its period",
    async (kind: PseudonymKind) => {
      const { store, deps } = setUp();
      await makePseudonymiser(makeKeyVault(deps)).hash(kind, "x", TODAY);
      const [row] = store.keys();
      const { periodDays, keptDays } = PSEUDONYM_KEYS[kind];
      const period = Math.floor(20_414 / periodDays);
      expect(row?.id).toBe(`pseudonym:${kind}:${period}`);
      expect(row?.destroy_at as number).toBe(((period + 1) * periodDays + keptDays) * DAY);
    },
  );

  test("cannot be made again once the key was destroyed: not in the store, not in memory", async () => {
    const { store, clock, deps, destroy } = setUp();
    const { hash } = makePseudonymiser(makeKeyVault(deps));
    const a = await hash("ip", "203.0.113.7", TODAY);
    const over = 20_415 * DAY + 30 * DAY;
    clock.set(over - 1);
    expect(await destroy()).toEqual({ destroyed: 0 });
    clock.set(over);
    expect(await destroy()).toEqual({ destroyed: 1 });
    expect(store.keys()).toEqual([]);
    expect(store.trail().at(-1)).toMatchObject({
      action: "key.destroyed",
      resource_type: "key",
      details: '{"purpose":"pseudonym:ip:20414"}',
    } as never);
    await hash("ip", "203.0.113.7", over as Instant);
    expect(await hash("ip", "203.0.113.7", TODAY)).not.toBe(a);
  });
});

describe("destroying expired keys", () => {
  test("goes through every batch and keeps what lives on", async () => {
    const { store, clock, deps, destroy } = setUp();
    const vault = makeKeyVault(deps);
    await vault.key("blind-index:email", null);
    for (let day = 0; day < 250; day += 1) await vault.key(`pseudonym:ip:${day}`, (TODAY + 1) as Instant);
    clock.set(TODAY + 1);
    expect(await destroy()).toEqual({ destroyed: 250 });
    expect(store.keys().map(({ id }) => id)).toEqual(["blind-index:email"]);
    expect(store.trail().filter(({ action }) => action === "key.destroyed")).toHaveLength(250);
  });

  test("leaves to another instance what that one destroys, and ends", async () => {
    const { store, clock, deps, destroy } = setUp();
    const vault = makeKeyVault(deps);
    for (let day = 0; day < 150; day += 1) await vault.key(`pseudonym:ip:${day}`, (TODAY + 1) as Instant);
    clock.set(TODAY + 1);
    const [a, b] = await Promise.all([destroy(), destroy()]);
    expect(a.destroyed + b.destroyed).toBe(150);
    expect(store.keys()).toEqual([]);
    expect(store.trail().filter(({ action }) => action === "key.destroyed")).toHaveLength(150);
  });
});
