// The test log of transparency-dev/tessera: fifteen entries, sixteen checkpoints that its own implementation signed.
import { describe, expect, test } from "bun:test";
import { verifyEd25519 } from "../../src/adapters/crypto/log-signer.ts";
import { checkpointText } from "../../src/domain/audit/checkpoint.ts";
import { EMPTY_TREE, rootOfTree, withLeaves } from "../../src/domain/audit/grow-tree.ts";
import { leafHash } from "../../src/domain/audit/merkle-tree.ts";
import { openNote, parseVerifierKey } from "../../src/domain/audit/signed-note.ts";
import { joinHashes } from "../../src/domain/audit/tiles.ts";
import { openCheckpoint } from "../support/log-verifier.ts";

const ORIGIN = "example.com/log/testdata";
const KEY = `${ORIGIN}+33d7b496+AeHTu4Q3hEIMHNqc6fASMsq3rKNx280NI+oO5xCFkkSx`;
/** Spelled as they are. */
const ENTRIES = "one two three four five six seven eit nain ten ileven twelf threeten fourten fivten".split(
  " ",
);
const TILE_SHA256 = "93593af14d2cce39867d2e73fe4ca400a38581605c5c4501a03e752d9b51a130";
const SIGNATURES = [
  "M9e0lhxJACzE1KoUdqKuPa+9p6R7dSW8BlEvrg/noo8FkGg6PbJoRNOcdjqjOq89wVvTA60eubCc4oufo5BvIVEgtQc=",
  "M9e0lhr9kuLxGdAtaUrhm84TQffVsLdcy808sN0a3WyniNlfcr9+bywoiIke1YYciCNjJGkCgIlQ8b16jhsmg/SChAM=",
  "M9e0llH4NKmlf0u7C8tkJioQOmi7l5ELqljXgKRg6R3G5JJ7vx7emDWo5fpqKuA/Dk/jRrI6il+7QCVirNhyUAWGoAk=",
  "M9e0lvAQRtH832pk2RTbeSeZMkp4FZSdJYFBUjO5SKxuRbywPUF3cx+HUrb50kjd3rUWW/fj53Wj1dwcwh9bGQnqVAg=",
  "M9e0lnFuWt0cp60moO4jAkeXvMNLIIOGn4WdyeHQurBt9mBi0tWdfkldiAt9k0FpwuZymvttsVn9uwyouXU3vPpeNAc=",
  "M9e0lmn5eDHyHP10zJObZdFAX2y1V8fdDKBi4IiHbDYf1TCUBwxZOhqwv2QZCqrdda2zTRTrmnwjwscN5RBTEmZUYAs=",
  "M9e0ln+nHSdGSHEZBcjvqyYDXDbG8WxDwCDjbbGAMv/NTynAtJWhckSXIpuwpN3yJ4PTtzUbD34YGqIZr6RgJRn16gU=",
  "M9e0luA5JhTRUki/BBQD0QNiH6AEJ2pdtsA5CQjqJErViuuKrN6513RCTL2640wXJv0dCed3neRGI6dMzBq9uANf2Qc=",
  "M9e0lq1EK37dHtgv9O3UzPxisw5vwIPcJsX9ab0xt4mvVfbdUR1fbMjN6sBFYpBoBEmD4+cWhj/AVgI5MitCO5+mews=",
  "M9e0ls3mdnWX0qk4P3uGG0eYiFRWSwPR+RdeD1ARmrHPHjXP0x9UJWASPFTOTqJo0mp7Epck2O9RFB0J9IjDdAewagw=",
  "M9e0lrmwaVEOWFZ+HS5ITnRd2YMOSWE5QeoYu+6DHwJLnJ+SVeJ2ZiYeD7lVC5oGJx76gbfLSyCUEq6D8JkarrsuiQQ=",
  "M9e0lqbRtWirJwbUy4w3VrK2RyzfW8P+OIkc8t6b6AVG/tQd1Q2SN+uCLYzNNFnf/PhzeCdURSGQe1MRnohCxPu21wg=",
  "M9e0lrFzoTgi+ovhrqX0DpsEAp3wLu1coMLIkeCwSkGfS4Ox4pLXo2LHudqm4merh0ZkCNzHr8kQwq5gS5mmimIvdA4=",
  "M9e0liO8x8xfEOGmZVYODUjQajkEpjccPQ9EkG3yEEDet4K3BWE/DFRPH6H+b6gFFFaG5KS1bBmYS/xeZJs8lj+z+wM=",
  "M9e0lu8roIpjC+NXEG7JDkajIahoYDYWgxDtxfx/6rzLoztU9t/PvivZ48xt8ygJpjzaboSpkbVv3Jb+D3NdXWQf5wo=",
  "M9e0luh4jTG+UMBqOUo9/q+yAEvx1ilBEniMvjf1zfcBOhg+CKubMt53MvIt/uEWP6zdkdIQzd/fmwlM/dlPWF74ewI=",
];

const sha256 = (data: Uint8Array): Uint8Array => Bun.CryptoHasher.hash("sha256", data);

describe("the test log of tessera", () => {
  const key = parseVerifierKey(sha256, KEY) ?? expect.unreachable();
  const leaves = ENTRIES.map((text, position) => ({
    position,
    hash: leafHash(sha256, new TextEncoder().encode(text)),
  }));
  /** What was signed of the tree of this size, if its root is what we compute. */
  const noteOf = (size: number): string => {
    const { tree } = withLeaves(sha256, EMPTY_TREE, leaves.slice(0, size));
    const text = checkpointText({ origin: ORIGIN, size, root: rootOfTree(sha256, tree) });
    return `${text}\n\u2014 ${ORIGIN} ${SIGNATURES[size]}\n`;
  };

  test("has the leaf tile that we compute", () => {
    expect(sha256(joinHashes(leaves.map(({ hash }) => hash))).toHex()).toBe(TILE_SHA256);
    const { tiles } = withLeaves(sha256, EMPTY_TREE, leaves);
    expect(tiles.map(({ level, index, hashes }) => [level, index, hashes.length])).toEqual([[0, 0, 15]]);
  });

  test.each(SIGNATURES.map((_, size) => size))(
    "was signed with the root that we compute, at size %i",
    async (size) => {
      const note = noteOf(size);
      expect(openNote(sha256, verifyEd25519, note, [key])).toStartWith(`${ORIGIN}\n${size}\n`);
      expect((await openCheckpoint(note, KEY)).size).toBe(size);
      const other = noteOf((size + 1) % SIGNATURES.length).split("\n\n")[0];
      expect(openNote(sha256, verifyEd25519, `${other}\n\n${note.split("\n\n")[1]}`, [key])).toBeNull();
    },
  );
});
