import { describe, expect, test } from "bun:test";
import { harness } from "../harness.ts";
import type { StoreKind } from "../stores.ts";

const HOUR_MS = 3_600_000;

export const leaseLaws = (kind: StoreKind): void => {
  describe("leases", () => {
    const h = harness(kind);
    const leases = () => h.store().leases;

    test("one at a time has a lease, and may prolong it", async () => {
      expect(await leases().take("one", "ada", HOUR_MS)).toBe(true);
      expect(await leases().take("one", "bob", HOUR_MS)).toBe(false);
      expect(await leases().take("one", "ada", HOUR_MS)).toBe(true);
      expect(await leases().take("another", "bob", HOUR_MS)).toBe(true);
    });

    test("one that ran out is anybody's", async () => {
      expect(await leases().take("short", "ada", 0)).toBe(true);
      expect(await leases().take("short", "bob", HOUR_MS)).toBe(true);
      expect(await leases().take("short", "ada", HOUR_MS)).toBe(false);
    });

    test("one that was given back is anybody's, and only its holder can give it back", async () => {
      await leases().take("given", "ada", HOUR_MS);
      await leases().release("given", "bob");
      expect(await leases().take("given", "bob", HOUR_MS)).toBe(false);
      await leases().release("given", "ada");
      expect(await leases().take("given", "bob", HOUR_MS)).toBe(true);
    });

    test("of many who ask at once, in two openings, one gets it", async () => {
      const other = await h.place().open();
      try {
        const asked = Array.from({ length: 20 }, (_, at) =>
          (at % 2 === 0 ? h.store() : other).leases.take("wanted", `runner ${at}`, HOUR_MS),
        );
        expect((await Promise.all(asked)).filter((got) => got)).toHaveLength(1);
      } finally {
        await other.close();
      }
    });
  });
};
