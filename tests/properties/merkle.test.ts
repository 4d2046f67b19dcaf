import { describe, expect, test } from "bun:test";
import fc from "fast-check";
import { verifiesConsistency, verifiesInclusion } from "../../src/domain/audit/merkle-proof.ts";
import { emptyRoot, type Hash, leafHash, nodeHash, rangeHash } from "../../src/domain/audit/merkle-tree.ts";
import { countedTree, grownTree, sha256 } from "../support/merkle.ts";
import vectors from "../support/merkle-vectors.json" with { type: "json" };

const hashes: readonly Hash[] = vectors.hashes.map((hex) => Uint8Array.fromHex(hex));
const at = (place: number): Hash => hashes[place] ?? new Uint8Array();
const all = (places: readonly number[]): Hash[] => places.map(at);

describe("the reference tree", () => {
  const tree = grownTree(vectors.tree.leaves.map((hex) => Uint8Array.fromHex(hex)));

  test("has the known leaves and roots", () => {
    expect(tree.leaves).toEqual(all(vectors.tree.leafHashes));
    expect(tree.roots.slice(1)).toEqual(all(vectors.tree.roots));
    expect(tree.roots[0]?.toHex()).toBe("e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
    expect(emptyRoot(sha256)).toEqual(tree.roots[0] as Hash);
  });

  test("hashes leaves and nodes apart", () => {
    const text = new TextEncoder();
    expect(leafHash(sha256, text.encode("L123456")).toHex()).toBe(
      "395aa064aa4c29f7010acfe3f25db9485bbd4b91897b6ad7ad547639252b4d56",
    );
    const [left, right] = [new Uint8Array(32), new Uint8Array(32).fill(1)];
    expect(nodeHash(sha256, left, right)).not.toEqual(leafHash(sha256, Uint8Array.of(...left, ...right)));
  });

  test("gives the known proofs", () => {
    for (const { index, size, path } of vectors.tree.inclusion) {
      expect(tree.inclusion(index, size)).toEqual(all(path));
    }
    for (const { size1, size2, path } of vectors.tree.consistency) {
      expect(tree.consistency(size1, size2)).toEqual(all(path));
    }
  });
});

describe("every probe of the reference implementation", () => {
  test.each(vectors.inclusion)(
    "inclusion of $index in $size: $what",
    ({ index, size, root, leaf, path, refused }) => {
      const inclusion = { leaf: at(leaf), index, size, path: all(path), root: at(root) };
      expect(verifiesInclusion(sha256, inclusion)).toBe(!refused);
    },
  );

  test.each(vectors.consistency)("consistency of $size1 with $size2: $what", (probe) => {
    const { size1, size2, root1, root2, path, refused } = probe;
    const consistency = { size1, size2, root1: at(root1), root2: at(root2), path: all(path) };
    expect(verifiesConsistency(sha256, consistency)).toBe(!refused);
  });

  test("there are 98 of each, and both outcomes among them", () => {
    for (const probes of [vectors.inclusion, vectors.consistency]) {
      expect(probes).toHaveLength(98);
      expect(new Set(probes.map(({ refused }) => refused)).size).toBe(2);
    }
  });
});

const SIZE_MAX = 2_000;
const tree = countedTree(SIZE_MAX);
const leafOf = (index: number): Hash => tree.leaves[index] as Hash;
const rootOf = (size: number): Hash => tree.roots[size] as Hash;

/** Every size up to 200 and some above; all 2,000 with MERKLE_SIZES=all, which takes a minute. */
const SIZES =
  process.env["MERKLE_SIZES"] === "all"
    ? Array.from({ length: SIZE_MAX }, (_, i) => i + 1)
    : [
        ...Array.from({ length: 200 }, (_, i) => i + 1),
        255,
        256,
        257,
        511,
        513,
        1_023,
        1_024,
        1_025,
        1_999,
        2_000,
      ];

describe("trees up to 2,000 leaves", () => {
  test("every entry of every tree proves", () => {
    let wrong = 0;
    for (const size of SIZES) {
      for (let index = 0; index < size; index += 1) {
        const path = tree.inclusion(index, size);
        if (!verifiesInclusion(sha256, { leaf: leafOf(index), index, size, path, root: rootOf(size) }))
          wrong += 1;
      }
    }
    expect(wrong).toBe(0);
  }, 300_000);

  test("every tree proves that it begins with every smaller one", () => {
    let wrong = 0;
    for (const size2 of SIZES) {
      for (let size1 = 1; size1 <= size2; size1 += 1) {
        const path = tree.consistency(size1, size2);
        const proof = { size1, size2, root1: rootOf(size1), root2: rootOf(size2), path };
        if (!verifiesConsistency(sha256, proof)) wrong += 1;
      }
    }
    expect(wrong).toBe(0);
  }, 300_000);

  test("the root is the hash of the whole range", () => {
    for (const size of SIZES) {
      expect(rangeHash(sha256, { start: 0, end: size }, tree.nodeOf)).toEqual(rootOf(size));
    }
  });

  const pair = fc
    .tuple(fc.integer({ min: 1, max: SIZE_MAX }), fc.nat())
    .map(([size, pick]) => ({ size, index: pick % size }));
  const flipped = (hash: Hash, bit: number): Hash => {
    const copy = Uint8Array.from(hash);
    const byte = (bit >> 3) % 32;
    copy[byte] = (copy[byte] ?? 0) ^ (1 << (bit & 7));
    return copy;
  };
  const swapped = <T>(list: readonly T[], place: number, value: T): readonly T[] =>
    list.map((each, i) => (i === place ? value : each));

  test("no mutated proof of inclusion verifies", () => {
    fc.assert(
      fc.property(pair, fc.nat(255), fc.nat(), fc.nat(SIZE_MAX - 1), ({ size, index }, bit, pick, other) => {
        const path = tree.inclusion(index, size);
        const right = { leaf: leafOf(index), index, size, path, root: rootOf(size) };
        const place = path.length === 0 ? 0 : pick % path.length;
        const mutants = [
          { ...right, leaf: flipped(right.leaf, bit) },
          { ...right, root: flipped(right.root, bit) },
          { ...right, path: [...path, leafOf(other)] },
          { ...right, path: [leafOf(other), ...path] },
          { ...right, index: size },
          { ...right, index: index + 0.5 },
          { ...right, index: -1 },
          { ...right, size: 0 },
          { ...right, leaf: right.leaf.subarray(1) },
          ...(path.length === 0
            ? []
            : [
                { ...right, path: path.slice(1) },
                { ...right, path: path.slice(0, -1) },
                { ...right, path: swapped(path, place, flipped(path[place] as Hash, bit)) },
                { ...right, path: swapped(path, place, (path[place] as Hash).subarray(1)) },
              ]),
          ...(other < size && other !== index
            ? [
                { ...right, index: other },
                { ...right, leaf: leafOf(other) },
              ]
            : []),
        ];
        expect(mutants.filter((mutant) => verifiesInclusion(sha256, mutant))).toEqual([]);
      }),
      { numRuns: 500 },
    );
  });

  test("no mutated proof of consistency verifies", () => {
    fc.assert(
      fc.property(pair, fc.nat(255), fc.nat(), ({ size: size2, index }, bit, pick) => {
        const size1 = index + 1;
        const path = tree.consistency(size1, size2);
        const right = { size1, size2, root1: rootOf(size1), root2: rootOf(size2), path };
        const place = path.length === 0 ? 0 : pick % path.length;
        const mutants = [
          { ...right, root1: flipped(right.root1, bit) },
          { ...right, root2: flipped(right.root2, bit) },
          { ...right, path: [...path, leafOf(0)] },
          { ...right, path: [leafOf(0), ...path] },
          { ...right, size1: 0 },
          { ...right, size1: size2 + 1 },
          { ...right, size2: size1 - 1 },
          ...(path.length === 0
            ? []
            : [
                { ...right, path: path.slice(1) },
                { ...right, path: path.slice(0, -1) },
                { ...right, path: swapped(path, place, flipped(path[place] as Hash, bit)) },
                { ...right, size1: size2 },
              ]),
        ];
        expect(mutants.filter((mutant) => verifiesConsistency(sha256, mutant))).toEqual([]);
      }),
      { numRuns: 500 },
    );
  });
});
