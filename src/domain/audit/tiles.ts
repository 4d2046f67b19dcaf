import { HASH_BYTES, type Hash, nodeHash, type Sha256 } from "./merkle-tree.ts";

/** Hashes of a full tile: eight levels of the tree (C2SP tlog-tiles). */
export const TILE_WIDTH = 256;
const TILE_HEIGHT = 8;

/** One tile's place: its level counted in tiles, and its number from the left. */
export interface TilePlace {
  readonly level: number;
  readonly index: number;
}

/** How many tiles of a level a tree of this size has, the last one perhaps partial, and how wide that one is. */
export const tilesOfLevel = (
  size: number,
  level: number,
): { readonly count: number; readonly last: number } => {
  const hashes = Math.floor(size / TILE_WIDTH ** level);
  const count = Math.ceil(hashes / TILE_WIDTH);
  return { count, last: hashes === 0 ? 0 : hashes - (count - 1) * TILE_WIDTH };
};

/** Width of a tile in a tree of this size; 0 where there is none. */
export const tileWidth = (size: number, { level, index }: TilePlace): number => {
  const hashes = Math.floor(size / TILE_WIDTH ** level) - index * TILE_WIDTH;
  return Math.max(0, Math.min(TILE_WIDTH, hashes));
};

/** Levels on which a tree of this size has a tile. */
export const levelsOf = (size: number): number => {
  let levels = 0;
  while (size >= TILE_WIDTH ** levels) levels += 1;
  return levels;
};

/** Which hashes of which tile a node stands over. */
export const placeOfNode = (
  level: number,
  index: number,
): { readonly tile: TilePlace; readonly from: number; readonly count: number } => {
  const count = 2 ** (level % TILE_HEIGHT);
  const first = index * count;
  const tile = { level: Math.floor(level / TILE_HEIGHT), index: Math.floor(first / TILE_WIDTH) };
  return { tile, from: first - tile.index * TILE_WIDTH, count };
};

/** Hash of a perfect subtree from the hashes at its bottom, a power of two of them. */
export const perfectHash = (sha256: Sha256, hashes: readonly Hash[]): Hash => {
  let row = hashes;
  while (row.length > 1) {
    const above: Hash[] = [];
    for (let i = 0; i + 1 < row.length; i += 2) {
      above.push(nodeHash(sha256, row[i] ?? new Uint8Array(), row[i + 1] ?? new Uint8Array()));
    }
    row = above;
  }
  const [top] = row;
  if (top === undefined) throw new RangeError("no hashes");
  return top;
};

/** The hashes of a tile as they are served, one after the other. */
export const joinHashes = (hashes: readonly Hash[]): Uint8Array => {
  const bytes = new Uint8Array(hashes.length * HASH_BYTES);
  hashes.forEach((hash, i) => {
    bytes.set(hash, i * HASH_BYTES);
  });
  return bytes;
};

/** Null when the bytes are not whole hashes. */
export const splitHashes = (bytes: Uint8Array): readonly Hash[] | null =>
  bytes.length % HASH_BYTES !== 0
    ? null
    : Array.from({ length: bytes.length / HASH_BYTES }, (_, i) =>
        bytes.subarray(i * HASH_BYTES, (i + 1) * HASH_BYTES),
      );

const group = (n: number): string => String(n).padStart(3, "0");

const indexPath = (index: number): string => {
  const last = group(index % 1_000);
  let path = last;
  for (let rest = Math.floor(index / 1_000); rest > 0; rest = Math.floor(rest / 1_000)) {
    path = `x${group(rest % 1_000)}/${path}`;
  }
  return path;
};

/** `tile/0/x001/x234/067`, and `.p/112` behind a partial one. */
export const tilePath = ({ level, index }: TilePlace, width: number): string =>
  `tile/${level}/${indexPath(index)}${width === TILE_WIDTH ? "" : `.p/${width}`}`;

const PATH = /^(0|[1-9]\d?)\/((?:x\d{3}\/)*\d{3})(?:\.p\/([1-9]\d{0,2}))?$/;

/** What follows `tile/`, or null when it is not the one spelling of a tile. */
export const parseTilePath = (path: string): (TilePlace & { readonly width: number }) | null => {
  const [, level, groups, partial] = PATH.exec(path) ?? [];
  if (level === undefined || groups === undefined) return null;
  const index = Number(groups.replace(/[x/]/g, ""));
  const width = partial === undefined ? TILE_WIDTH : Number(partial);
  const place = { level: Number(level), index };
  if (place.level > 63 || !Number.isSafeInteger(index) || width > TILE_WIDTH) return null;
  return tilePath(place, width) === `tile/${path}` ? { ...place, width } : null;
};
