/** SHA-256, given by whoever asks: the domain makes no hashes of its own. */
export type Sha256 = (data: Uint8Array) => Uint8Array;

/** 32 bytes. */
export type Hash = Uint8Array;

export const HASH_BYTES = 32;

export const sameHash = (a: Hash, b: Hash): boolean =>
  a.length === b.length && a.every((byte, i) => byte === b[i]);

/** RFC 6962, 2.1: a leaf and a node are hashed apart, so that neither can pass for the other. */
export const leafHash = (sha256: Sha256, data: Uint8Array): Hash => {
  const prefixed = new Uint8Array(1 + data.length);
  prefixed.set(data, 1);
  return sha256(prefixed);
};

export const nodeHash = (sha256: Sha256, left: Hash, right: Hash): Hash => {
  const prefixed = new Uint8Array(1 + 2 * HASH_BYTES);
  prefixed[0] = 1;
  prefixed.set(left, 1);
  prefixed.set(right, 1 + HASH_BYTES);
  return sha256(prefixed);
};

export const emptyRoot = (sha256: Sha256): Hash => sha256(new Uint8Array());

/** Leaves from `start` up to `end`, without it. `start` is a multiple of the largest power of two that fits. */
export interface Range {
  readonly start: number;
  readonly end: number;
}

/** The largest power of two below `n`, for n > 1: where RFC 6962 splits a tree. */
const splitOf = (n: number): number => {
  let k = 1;
  while (k * 2 < n) k *= 2;
  return k;
};

/** Node `index` of a level, with 2^level leaves below it, all of which are there. */
export type NodeOf = (level: number, index: number) => Hash;

/** A perfect subtree of a range. */
interface Peak {
  readonly level: number;
  readonly index: number;
}

/** The perfect subtrees that a range is made of, left to right, each smaller than the one before. */
export const peaksOf = ({ start, end }: Range): readonly Peak[] => {
  const peaks: Peak[] = [];
  for (let from = start; from < end; ) {
    let level = 0;
    while (2 ** (level + 1) <= end - from && from % 2 ** (level + 1) === 0) level += 1;
    peaks.push({ level, index: from / 2 ** level });
    from += 2 ** level;
  }
  return peaks;
};

/** MTH of a range that is not empty. */
export const rangeHash = (sha256: Sha256, range: Range, nodeOf: NodeOf): Hash => {
  const [last, ...others] = peaksOf(range)
    .map(({ level, index }) => nodeOf(level, index))
    .reverse();
  if (last === undefined) throw new RangeError("a range without leaves has no hash");
  return others.reduce((right, left) => nodeHash(sha256, left, right), last);
};

/** PATH(index, D[size]) of RFC 6962, 2.1.1: the ranges whose hashes are the proof, from the leaf up. */
export const inclusionRanges = (index: number, size: number): readonly Range[] => {
  if (!(index >= 0 && index < size)) throw new RangeError("no such leaf");
  const path: Range[] = [];
  let start = 0;
  let end = size;
  while (end - start > 1) {
    const middle = start + splitOf(end - start);
    if (index < middle) {
      path.push({ start: middle, end });
      end = middle;
    } else {
      path.push({ start, end: middle });
      start = middle;
    }
  }
  return path.reverse();
};

/** PROOF(size1, D[size2]) of RFC 6962, 2.1.2: the ranges whose hashes show that the larger tree begins with the smaller. */
export const consistencyRanges = (size1: number, size2: number): readonly Range[] => {
  if (!(size1 > 0 && size1 <= size2)) throw new RangeError("no such trees");
  const path: Range[] = [];
  let start = 0;
  let end = size2;
  while (end !== size1) {
    const middle = start + splitOf(end - start);
    if (size1 <= middle) {
      path.push({ start: middle, end });
      end = middle;
    } else {
      path.push({ start, end: middle });
      start = middle;
    }
  }
  if (start > 0) path.push({ start, end });
  return path.reverse();
};

/** The right edge of a growing tree: all that is needed to add leaves and to know the root. */
export interface Frontier {
  readonly size: number;
  /** Hashes of the perfect subtrees, left to right. */
  readonly peaks: readonly Hash[];
}

export const EMPTY_FRONTIER: Frontier = { size: 0, peaks: [] };

export const grown = (sha256: Sha256, { size, peaks }: Frontier, leaf: Hash): Frontier => {
  const kept = [...peaks];
  let hash = leaf;
  for (let rest = size; rest % 2 === 1; rest = (rest - 1) / 2) {
    const left = kept.pop();
    if (left === undefined) throw new RangeError("a frontier without its peaks");
    hash = nodeHash(sha256, left, hash);
  }
  kept.push(hash);
  return { size: size + 1, peaks: kept };
};

export const rootOf = (sha256: Sha256, { peaks }: Frontier): Hash => {
  const last = peaks.at(-1);
  if (last === undefined) return emptyRoot(sha256);
  return peaks.slice(0, -1).reduceRight((right, left) => nodeHash(sha256, left, right), last);
};
