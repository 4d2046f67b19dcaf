import { afterAll, beforeAll } from "bun:test";
import type { Changes } from "../../src/domain/shared/changes.ts";
import type { Verdict } from "../../src/ports/group-store.ts";
import type { Readers, Store } from "../../src/ports/store.ts";
import { changes } from "../support/records.ts";
import type { Place, StoreKind } from "./stores.ts";

/** One migrated store for the laws of one `describe`; use it inside tests only. */
export interface Harness {
  readonly place: () => Place;
  readonly store: () => Store;
  readonly readers: () => Readers;
  /** Commits one decision alone. */
  readonly commit: (member: Changes) => Promise<Verdict["type"]>;
  /** Commits decisions as one group; answers the type of each verdict. */
  readonly commitGroup: (members: readonly Changes[]) => Promise<readonly Verdict["type"][]>;
  /** Commits writes that a law stands on. */
  readonly given: (...writes: Changes["writes"][number][]) => Promise<void>;
  /** Closes the store and opens it again. */
  readonly reopen: () => Promise<void>;
}

export const harness = (kind: StoreKind): Harness => {
  let place: Place | undefined;
  let store: Store | undefined;
  const opened = (): Store => {
    if (store === undefined) throw new Error("the store is not open yet");
    return store;
  };
  const placed = (): Place => {
    if (place === undefined) throw new Error("the store has no place yet");
    return place;
  };
  beforeAll(async () => {
    place = await kind.place();
    store = await place.open();
    await store.migrator.up();
  });
  afterAll(async () => {
    await store?.close();
    await place?.remove();
  });
  const commitGroup = async (members: readonly Changes[]) =>
    (await opened().groups.commitGroup(members)).map((verdict) => verdict.type);
  const commit = async (member: Changes) => {
    const [verdict] = await commitGroup([member]);
    if (verdict === undefined) throw new Error("a group of one got no verdict");
    return verdict;
  };
  return {
    place: placed,
    store: opened,
    readers: () => opened().readers,
    commit,
    commitGroup,
    given: async (...writes) => {
      const verdict = await commit(changes(writes));
      if (verdict !== "stored") throw new Error(`what the law stands on was not stored: ${verdict}`);
    },
    reopen: async () => {
      await opened().close();
      store = await placed().open();
    },
  };
};
