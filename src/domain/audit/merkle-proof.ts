import { HASH_BYTES, type Hash, nodeHash, type Sha256, sameHash } from "./merkle-tree.ts";

const isSize = (size: number): boolean => Number.isSafeInteger(size) && size >= 0;

const areHashes = (hashes: readonly Hash[]): boolean => hashes.every(({ length }) => length === HASH_BYTES);

/** Halves without the 32 bits that shifts have. */
const half = (n: number): number => Math.floor(n / 2);

export interface Inclusion {
  readonly leaf: Hash;
  readonly index: number;
  readonly size: number;
  readonly path: readonly Hash[];
  readonly root: Hash;
}

/** RFC 9162, 2.1.3.2: whether `path` shows that the tree of this size and root has the leaf at this index. */
export const verifiesInclusion = (sha256: Sha256, { leaf, index, size, path, root }: Inclusion): boolean => {
  if (!isSize(index) || !isSize(size) || index >= size || !areHashes([leaf, root, ...path])) return false;
  let fn = index;
  let sn = size - 1;
  let hash = leaf;
  for (const sibling of path) {
    if (sn === 0) return false;
    if (fn % 2 === 1 || fn === sn) {
      hash = nodeHash(sha256, sibling, hash);
      while (fn % 2 === 0 && fn !== 0) {
        fn = half(fn);
        sn = half(sn);
      }
    } else {
      hash = nodeHash(sha256, hash, sibling);
    }
    fn = half(fn);
    sn = half(sn);
  }
  return sn === 0 && sameHash(hash, root);
};

export interface Consistency {
  readonly size1: number;
  readonly size2: number;
  readonly root1: Hash;
  readonly root2: Hash;
  readonly path: readonly Hash[];
}

/** RFC 9162, 2.1.4.2: whether `path` shows that the second tree begins with the whole of the first, which is not empty. */
export const verifiesConsistency = (
  sha256: Sha256,
  { size1, size2, root1, root2, path }: Consistency,
): boolean => {
  if (!isSize(size1) || !isSize(size2) || size1 === 0 || size1 > size2) return false;
  if (size1 === size2) return path.length === 0 && sameHash(root1, root2);
  if (!areHashes([root1, root2, ...path])) return false;
  let fn = size1 - 1;
  let sn = size2 - 1;
  while (fn % 2 === 1) {
    fn = half(fn);
    sn = half(sn);
  }
  // A first tree that is one perfect subtree of the second is its own beginning.
  const [first, ...others] = fn === 0 ? [root1, ...path] : path;
  if (first === undefined || path.length === 0) return false;
  let fr = first;
  let sr = first;
  for (const each of others) {
    if (sn === 0) return false;
    if (fn % 2 === 1 || fn === sn) {
      fr = nodeHash(sha256, each, fr);
      sr = nodeHash(sha256, each, sr);
      while (fn % 2 === 0 && fn !== 0) {
        fn = half(fn);
        sn = half(sn);
      }
    } else {
      sr = nodeHash(sha256, sr, each);
    }
    fn = half(fn);
    sn = half(sn);
  }
  return sn === 0 && sameHash(fr, root1) && sameHash(sr, root2);
};
