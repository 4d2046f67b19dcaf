import {
  consistencyRanges,
  EMPTY_FRONTIER,
  type Frontier,
  grown,
  type Hash,
  inclusionRanges,
  leafHash,
  nodeHash,
  rangeHash,
  rootOf,
} from "../../src/domain/audit/merkle-tree.ts";

export const sha256 = (data: Uint8Array): Hash => new Uint8Array(Bun.CryptoHasher.hash("sha256", data));

/** A tree held in memory whole, whose every prefix can be proved. */
export interface GrownTree {
  readonly leaves: readonly Hash[];
  /** Roots by size. */
  readonly roots: readonly Hash[];
  nodeOf(level: number, index: number): Hash;
  inclusion(index: number, size: number): readonly Hash[];
  consistency(size1: number, size2: number): readonly Hash[];
}

export const grownTree = (data: readonly Uint8Array[]): GrownTree => {
  const leaves = data.map((each) => leafHash(sha256, each));
  const levels: Hash[][] = [leaves];
  for (let below = leaves; below.length > 1; below = levels.at(-1) ?? []) {
    const above = Array.from({ length: Math.floor(below.length / 2) }, (_, i) =>
      nodeHash(sha256, below[2 * i] as Hash, below[2 * i + 1] as Hash),
    );
    levels.push(above);
  }
  let frontier: Frontier = EMPTY_FRONTIER;
  const roots = [rootOf(sha256, frontier)];
  for (const leaf of leaves) {
    frontier = grown(sha256, frontier, leaf);
    roots.push(rootOf(sha256, frontier));
  }
  const nodeOf = (level: number, index: number): Hash => levels[level]?.[index] as Hash;
  return {
    leaves,
    roots,
    nodeOf,
    inclusion: (index, size) => inclusionRanges(index, size).map((range) => rangeHash(sha256, range, nodeOf)),
    consistency: (size1, size2) =>
      consistencyRanges(size1, size2).map((range) => rangeHash(sha256, range, nodeOf)),
  };
};

/** A tree whose leaves are their own numbers. */
export const countedTree = (size: number): GrownTree =>
  grownTree(Array.from({ length: size }, (_, i) => new TextEncoder().encode(`leaf ${i}`)));
