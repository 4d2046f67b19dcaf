import type { Leases } from "../../ports/leases.ts";
import type { MemoryContents } from "./contents.ts";

export const takeLease = (
  { leases }: MemoryContents,
  ...[name, holder, ttlMs]: Parameters<Leases["take"]>
): boolean => {
  const held = leases.get(name);
  if (held !== undefined && held.holder !== holder && held.expiresAt > Date.now()) return false;
  leases.set(name, { holder, expiresAt: Date.now() + ttlMs });
  return true;
};

export const createMemoryLeases = (
  contents: MemoryContents,
  attempt: <T>(operation: string, work: () => T) => Promise<T>,
): Leases => ({
  take: (...lease) => attempt("leases.take", () => takeLease(contents, ...lease)),
  release: (name, holder) =>
    attempt("leases.release", () => {
      if (contents.leases.get(name)?.holder === holder) contents.leases.delete(name);
    }),
});
