// Verifies the audit log as a stranger would: from what is served alone, with the verifier key, by the published
// standards (RFC 6962 and 9162, C2SP signed-note, tlog-checkpoint, tlog-tiles, tlog-proof). Imports nothing of the service.
// As a program: `bun tests/support/log-verifier.ts URL VERIFIER_KEY [FORMER_CHECKPOINT_FILE]`.

type Bytes = Uint8Array<ArrayBuffer>;

/** `url` ends before `/checkpoint`. */
export type Fetch = (url: string) => Promise<Response>;

const text = new TextEncoder();

const sha256 = async (...parts: readonly Uint8Array[]): Promise<Bytes> =>
  new Uint8Array(await crypto.subtle.digest("SHA-256", Buffer.concat(parts)));

const hashLeaf = (data: Uint8Array) => sha256(Uint8Array.of(0), data);
const hashNode = (left: Uint8Array, right: Uint8Array) => sha256(Uint8Array.of(1), left, right);
const base64 = (encoded: string): Bytes => Uint8Array.from(Buffer.from(encoded, "base64"));
const equal = (a: Uint8Array, b: Uint8Array): boolean => Buffer.compare(a, b) === 0;

export interface SignedTree {
  readonly origin: string;
  readonly size: number;
  readonly root: Bytes;
}

/** Opens a checkpoint with a verifier key; throws when it is not signed by it. */
export const openCheckpoint = async (note: string, verifierKey: string): Promise<SignedTree> => {
  const [name = "", id = "", ...encoded] = verifierKey.split("+");
  const algorithmAndKey = base64(encoded.join("+"));
  if (algorithmAndKey[0] !== 1 || algorithmAndKey.length !== 33) throw new Error("no Ed25519 key");
  const hashed = await sha256(text.encode(`${name}\n`), algorithmAndKey);
  if (Buffer.from(hashed.subarray(0, 4)).toString("hex") !== id)
    throw new Error("the key is not the one it says");
  const split = note.lastIndexOf("\n\n");
  const body = note.slice(0, split + 1);
  const key = await crypto.subtle.importKey("raw", algorithmAndKey.subarray(1), "Ed25519", false, ["verify"]);
  let signed = false;
  for (const line of note
    .slice(split + 2)
    .trimEnd()
    .split("\n")) {
    const [dash, signer, signature = ""] = line.split(" ");
    const bytes = base64(signature);
    if (dash !== "—" || signer !== name || Buffer.from(bytes.subarray(0, 4)).toString("hex") !== id) continue;
    signed = await crypto.subtle.verify("Ed25519", key, bytes.subarray(4), text.encode(body));
    if (!signed) throw new Error("a wrong signature");
  }
  if (!signed) throw new Error("not signed by this key");
  const [origin = "", size = "", root = ""] = body.split("\n");
  if (origin !== name || !/^(0|[1-9][0-9]*)$/.test(size)) throw new Error("no checkpoint");
  return { origin, size: Number(size), root: base64(root) };
};

const tileUrl = (level: number, index: number, width: number): string => {
  let path = String(index % 1000).padStart(3, "0");
  for (let rest = Math.floor(index / 1000); rest > 0; rest = Math.floor(rest / 1000)) {
    path = `x${String(rest % 1000).padStart(3, "0")}/${path}`;
  }
  return `tile/${level}/${path}${width === 256 ? "" : `.p/${width}`}`;
};

/** Every leaf hash of a tree, from its tiles. */
const leavesOf = async (fetcher: Fetch, size: number): Promise<readonly Bytes[]> => {
  const leaves: Bytes[] = [];
  for (let index = 0; leaves.length < size; index += 1) {
    const width = Math.min(256, size - leaves.length);
    const response = await fetcher(tileUrl(0, index, width));
    const bytes = new Uint8Array(await response.arrayBuffer());
    if (response.status !== 200 || bytes.length !== 32 * width)
      throw new Error(`no tile ${index} of ${width}`);
    for (let i = 0; i < width; i += 1) leaves.push(bytes.slice(32 * i, 32 * i + 32));
  }
  return leaves;
};

/** MTH of RFC 6962, 2.1, by its definition. */
const rootOf = async (leaves: readonly Bytes[]): Promise<Bytes> => {
  const [only] = leaves;
  if (only === undefined) return sha256();
  if (leaves.length === 1) return only;
  let k = 1;
  while (k * 2 < leaves.length) k *= 2;
  return hashNode(await rootOf(leaves.slice(0, k)), await rootOf(leaves.slice(k)));
};

/** That the served tree is the signed one, every level of it, and begins with the former one. Throws otherwise. */
export const verifyServedLog = async (
  fetcher: Fetch,
  verifierKey: string,
  former: string | null = null,
): Promise<SignedTree> => {
  const signed = await openCheckpoint(await (await fetcher("checkpoint")).text(), verifierKey);
  const leaves = await leavesOf(fetcher, signed.size);
  if (!equal(await rootOf(leaves), signed.root)) throw new Error("the tiles do not give the signed root");
  for (let level = 1, span = 256; span <= signed.size; level += 1, span *= 256) {
    const count = Math.floor(signed.size / span);
    for (let index = 0; index * 256 < count; index += 1) {
      const width = Math.min(256, count - index * 256);
      const response = await fetcher(tileUrl(level, index, width));
      const bytes = new Uint8Array(await response.arrayBuffer());
      for (let i = 0; i < width; i += 1) {
        const at = (index * 256 + i) * span;
        const root = await rootOf(leaves.slice(at, at + span));
        if (!equal(bytes.slice(32 * i, 32 * i + 32), root))
          throw new Error(`tile ${level}/${index} is wrong`);
      }
    }
  }
  if (former !== null) {
    const before = await openCheckpoint(former, verifierKey);
    if (before.size > signed.size || !equal(await rootOf(leaves.slice(0, before.size)), before.root)) {
      throw new Error("the log does not go on from the former checkpoint");
    }
  }
  return signed;
};

/** That a proof (C2SP tlog-proof) shows the leaf to be in the signed log. Throws otherwise. */
export const verifyProof = async (proof: string, leaf: string, verifierKey: string): Promise<void> => {
  const split = proof.indexOf("\n\n");
  const [version, indexLine = "", ...lines] = proof.slice(0, split).split("\n");
  if (version !== "c2sp.org/tlog-proof@v1") throw new Error("no proof");
  const index = Number(/^index (\d+)$/.exec(indexLine)?.[1]);
  const { size, root } = await openCheckpoint(proof.slice(split + 2), verifierKey);
  // RFC 9162, 2.1.3.2.
  let fn = index;
  let sn = size - 1;
  if (!(fn <= sn)) throw new Error("no such leaf");
  let hash = await hashLeaf(text.encode(leaf));
  for (const sibling of lines.map(base64)) {
    if (sn === 0) throw new Error("the path is too long");
    if (fn % 2 === 1 || fn === sn) {
      hash = await hashNode(sibling, hash);
      while (fn % 2 === 0 && fn !== 0) {
        fn = Math.floor(fn / 2);
        sn = Math.floor(sn / 2);
      }
    } else hash = await hashNode(hash, sibling);
    fn = Math.floor(fn / 2);
    sn = Math.floor(sn / 2);
  }
  if (sn !== 0 || !equal(hash, root)) throw new Error("the path does not lead to the signed root");
};

if (import.meta.main) {
  const [url, key, former] = process.argv.slice(2);
  if (url === undefined || key === undefined) throw new Error("give the log's URL and its verifier key");
  const { origin, size } = await verifyServedLog(
    (path) => fetch(`${url.replace(/\/$/, "")}/${path}`),
    key,
    former === undefined ? null : await Bun.file(former).text(),
  );
  console.log(`${origin}: ${size} leaves, as signed`);
}
