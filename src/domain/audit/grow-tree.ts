import { emptyRoot, type Hash, rangeHash, type Sha256 } from "./merkle-tree.ts";
import { levelsOf, perfectHash, placeOfNode, TILE_WIDTH } from "./tiles.ts";

/** A tile as it stands: what it holds, and the position of the first entry below it. */
export interface Tile {
  readonly level: number;
  readonly index: number;
  readonly hashes: readonly Hash[];
  readonly first_position: number;
}

/** A tree, by the tiles at its right edge that are not full: all that is needed to add leaves and to know the root. */
export interface Tree {
  readonly size: number;
  /** By level; null where the last tile is full, or there is none. */
  readonly open: readonly (Tile | null)[];
}

export const EMPTY_TREE: Tree = { size: 0, open: [] };

export interface Leaf {
  readonly position: number;
  readonly hash: Hash;
}

/** The open tile of a level in a tree of this size; null where the last one is full, or there is none. */
export const openTileOf = (
  size: number,
  level: number,
): { readonly index: number; readonly width: number } | null => {
  const hashes = Math.floor(size / TILE_WIDTH ** level);
  const width = hashes % TILE_WIDTH;
  return width === 0 ? null : { index: Math.floor(hashes / TILE_WIDTH), width };
};

/** The tree with these leaves added, and every tile that is new or has grown. */
export const withLeaves = (
  sha256: Sha256,
  tree: Tree,
  leaves: readonly Leaf[],
): { readonly tree: Tree; readonly tiles: readonly Tile[] } => {
  const open: (({ hashes: Hash[] } & Omit<Tile, "hashes">) | null)[] = tree.open.map((tile) =>
    tile === null ? null : { ...tile, hashes: [...tile.hashes] },
  );
  const full: Tile[] = [];
  const grown = new Set<number>();
  let { size } = tree;

  const add = (level: number, hash: Hash, position: number): void => {
    const index = Math.floor((Math.ceil(size / TILE_WIDTH ** level) - 1) / TILE_WIDTH);
    const tile = open[level] ?? { level, index, hashes: [], first_position: position };
    tile.hashes.push(hash);
    open[level] = tile;
    grown.add(level);
    if (tile.hashes.length < TILE_WIDTH) return;
    full.push(tile);
    open[level] = null;
    grown.delete(level);
    add(level + 1, perfectHash(sha256, tile.hashes), tile.first_position);
  };

  for (const { hash, position } of leaves) {
    size += 1;
    add(0, hash, position);
  }
  const partial = [...grown].map((level) => open[level] ?? null).filter((tile) => tile !== null);
  return { tree: { size, open }, tiles: [...full, ...partial] };
};

/** The root, from the tiles that are not full: every peak of the tree stands over hashes of one of them. */
export const rootOfTree = (sha256: Sha256, { size, open }: Tree): Hash => {
  if (size === 0) return emptyRoot(sha256);
  return rangeHash(sha256, { start: 0, end: size }, (level, index) => {
    const { tile, from, count } = placeOfNode(level, index);
    return perfectHash(sha256, (open[tile.level]?.hashes ?? []).slice(from, from + count));
  });
};

/** Which tiles a tree of this size must have open, by level. */
export const openTilesOf = (
  size: number,
): readonly ({ readonly index: number; readonly width: number } | null)[] =>
  Array.from({ length: levelsOf(size) }, (_, level) => openTileOf(size, level));
