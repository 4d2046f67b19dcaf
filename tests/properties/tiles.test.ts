import { describe, expect, test } from "bun:test";
import fc from "fast-check";
import {
  EMPTY_TREE,
  openTilesOf,
  rootOfTree,
  type Tile,
  withLeaves,
} from "../../src/domain/audit/grow-tree.ts";
import { type Hash, rangeHash } from "../../src/domain/audit/merkle-tree.ts";
import {
  joinHashes,
  levelsOf,
  parseTilePath,
  perfectHash,
  placeOfNode,
  splitHashes,
  tilePath,
  tilesOfLevel,
  tileWidth,
} from "../../src/domain/audit/tiles.ts";
import { countedTree, sha256 } from "../support/merkle.ts";

const SIZE_MAX = 70_000;
const tree = countedTree(SIZE_MAX);
const leaves = tree.leaves.map((hash, index) => ({ hash, position: 3 * index + 1 }));

describe("tiles", () => {
  test("a tree of 70,000 has those that the standard counts", () => {
    expect([0, 1, 2, 3].map((level) => tilesOfLevel(70_000, level))).toEqual([
      { count: 274, last: 112 },
      { count: 2, last: 17 },
      { count: 1, last: 1 },
      { count: 0, last: 0 },
    ]);
    expect(levelsOf(70_000)).toBe(3);
    expect([272, 273, 274].map((index) => tileWidth(70_000, { level: 0, index }))).toEqual([256, 112, 0]);
  });

  test("have one path each", () => {
    expect(tilePath({ level: 0, index: 1_234_067 }, 256)).toBe("tile/0/x001/x234/067");
    expect(tilePath({ level: 1, index: 0 }, 17)).toBe("tile/1/000.p/17");
    fc.assert(
      fc.property(
        fc.nat(63),
        fc.integer({ min: 0, max: 2 ** 45 }),
        fc.integer({ min: 1, max: 256 }),
        (level, index, width) => {
          const path = tilePath({ level, index }, width);
          expect(parseTilePath(path.slice("tile/".length))).toEqual({ level, index, width });
        },
      ),
    );
    const strangers = [
      "",
      "0",
      "0/0",
      "0/00",
      "0/0000",
      "00/000",
      "0/x000/000",
      "0/x001/x000/x000",
      "64/000",
    ];
    const more = [
      "-1/000",
      "0/000.p/0",
      "0/000.p/256",
      "0/000.p/01",
      "0/000.p/257",
      "0/000/",
      "0/x0a1/000",
      "entries/000",
    ];
    for (const path of [...strangers, ...more]) expect(parseTilePath(path)).toBeNull();
  });

  test("hold every node of the tree", () => {
    const hashesOf = ({ level, index }: { level: number; index: number }): Hash[] =>
      Array.from({ length: tileWidth(SIZE_MAX, { level, index }) }, (_, i) =>
        tree.nodeOf(8 * level, 256 * index + i),
      );
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 16 }), fc.nat(), (level, pick) => {
        const index = pick % Math.floor(SIZE_MAX / 2 ** level);
        const { tile, from, count } = placeOfNode(level, index);
        const hashes = hashesOf(tile).slice(from, from + count);
        expect(perfectHash(sha256, hashes)).toEqual(tree.nodeOf(level, index));
      }),
    );
  });

  test("are joined and split again", () => {
    const some = tree.leaves.slice(0, 5);
    expect(joinHashes(some)).toHaveLength(160);
    expect(splitHashes(joinHashes(some))).toEqual([...some]);
    expect(splitHashes(new Uint8Array(33))).toBeNull();
  });
});

describe("growing", () => {
  test("in whatever batches gives the tiles and roots of the whole tree", () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 0, max: 1_500 }), { maxLength: 12 }), (batches) => {
        const stored = new Map<string, Tile>();
        let grown = EMPTY_TREE;
        for (const batch of batches) {
          const added = withLeaves(sha256, grown, leaves.slice(grown.size, grown.size + batch));
          grown = added.tree;
          for (const tile of added.tiles) stored.set(`${tile.level}/${tile.index}`, tile);
          expect(rootOfTree(sha256, grown)).toEqual(tree.roots[grown.size] as Hash);
        }
        const wanted = Array.from({ length: levelsOf(grown.size) }, (_, level) =>
          Array.from({ length: tilesOfLevel(grown.size, level).count }, (_, index) => ({
            level,
            index,
            hashes: Array.from({ length: tileWidth(grown.size, { level, index }) }, (_, i) =>
              tree.nodeOf(8 * level, 256 * index + i),
            ),
            first_position: 3 * index * 256 ** (level + 1) + 1,
          })),
        ).flat();
        expect([...stored.values()].toSorted((a, b) => a.level - b.level || a.index - b.index)).toEqual(
          wanted,
        );
        expect(grown.open.map((tile) => tile && { index: tile.index, width: tile.hashes.length })).toEqual([
          ...openTilesOf(grown.size),
        ]);
      }),
      { numRuns: 20 },
    );
  });

  test("past three levels of tiles", () => {
    const { tree: grown } = withLeaves(sha256, EMPTY_TREE, leaves);
    expect(rootOfTree(sha256, grown)).toEqual(tree.roots[SIZE_MAX] as Hash);
    expect(rangeHash(sha256, { start: 0, end: SIZE_MAX }, tree.nodeOf)).toEqual(tree.roots[SIZE_MAX] as Hash);
  });
});
