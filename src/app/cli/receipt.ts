import { parseArgs } from "node:util";
import { verifyEd25519 } from "../../adapters/crypto/log-signer.ts";
import {
  type DocumentRefusal,
  keysOfSet,
  revokedAt,
  type VerifiedDocument,
  verifyDocument,
} from "../../adapters/crypto/verify-document.ts";
import { kantaraReceipt } from "../../domain/consent/kantara-receipt.ts";
import {
  type ProvedReceipt,
  type ReceiptProof,
  type ReceiptProofRefusal,
  verifyReceiptProof,
} from "../../domain/consent/receipt-proof.ts";
import type { Json } from "../../domain/shared/canonical-json.ts";
import type { Result } from "../../domain/shared/result.ts";
import { CommandRefused } from "./command-refused.ts";
import { parsed, sha256, type TrustedKeys, textOf, trustedKeys } from "./receipt-keys.ts";
import { receiptWords } from "./receipt-words.ts";

const USAGE = `receipt verify FILE [--jwks FILE|URL] [--proof FILE [--log-keys FILE|URL]]
receipt kantara FILE [--jwks FILE|URL]

  --jwks       public keys of receipts, as at /.well-known/jwks.json; without it, this installation's own
  --proof      proof that the audit log tells of it, as /v1/consents/{id}/receipt/proof gives it
  --log-keys   public keys of the audit log, as at /audit/keys; needed where --jwks is given, too`;

const REFUSED: Readonly<Record<DocumentRefusal, string>> = {
  "not-a-jws": "it is no signed receipt, or a character of it was changed.",
  "algorithm-not-allowed": "it names another algorithm than EdDSA.",
  "header-not-ours": "its header says more or less than ours do.",
  "another-kind": "it is signed, but it is no consent receipt.",
  "key-unknown":
    "the key that it names is not among these public keys. Are they of the service that gave it, and new enough?",
  "signature-wrong":
    "its signature does not fit: it was changed, or never signed with the key that it names.",
};

const NOT_PROVED: Readonly<Record<ReceiptProofRefusal, string>> = {
  "not-in-the-log": "it does not lead to a checkpoint that one of the log's keys has signed.",
  "another-entry": "it proves another entry of the log than the one that the receipt names.",
  "another-receipt": "the entry tells of another receipt, or not of which: these words are not in the log.",
};

/** The receipt itself, or an answer of the service that holds one. */
const receiptIn = (text: string): string => {
  const answer = parsed(text);
  const receipt =
    typeof answer === "object" && answer !== null
      ? (answer as Readonly<Record<string, unknown>>)["receipt"]
      : answer;
  return typeof receipt === "string" ? receipt : text.trim();
};

const isText = (value: unknown): value is string => typeof value === "string";

const proofIn = (text: string): ReceiptProof => {
  const { leaf, tlog_proof, payload } = (parsed(text) ?? {}) as Readonly<Record<string, unknown>>;
  const { salt, details } = (payload ?? {}) as Readonly<Record<string, unknown>>;
  if (isText(leaf) && isText(tlog_proof) && isText(salt) && isText(details))
    return { leaf, tlog_proof, payload: { salt, details } };
  throw new CommandRefused("The file after --proof is none, or what the entry told of was deleted since.");
};

const timeText = (milliseconds: number): string => new Date(milliseconds).toISOString();

const signed = async (
  jws: string,
  jwks: unknown,
): Promise<
  Result<VerifiedDocument, { readonly type: DocumentRefusal }> & { readonly revoked_at: number | null }
> => {
  const valid = await verifyDocument("receipt", jws, keysOfSet(jwks) ?? (async () => null));
  if (valid.ok || valid.error.type !== "key-unknown") return { ...valid, revoked_at: null };
  const revoked = await verifyDocument("receipt", jws, keysOfSet(jwks, "revoked") ?? (async () => null));
  return { ...revoked, revoked_at: revoked.ok ? (revokedAt(jwks, revoked.value.kid) ?? 0) : null };
};

const provedBy = async (file: string, payload: Json, keys: TrustedKeys): Promise<ProvedReceipt> => {
  const verified = verifyReceiptProof(
    { sha256, verify: verifyEd25519, keys: keys.log },
    payload,
    proofIn(await textOf(file)),
  );
  if (!verified.ok)
    throw new CommandRefused(`Refused: the proof does not hold: ${NOT_PROVED[verified.error]}`);
  return verified.value;
};

interface Checked {
  readonly payload: Json;
  readonly words: readonly string[];
}

/** What the signature says, and what the log does: where the key leaked, only the log. */
const checked = async (jws: string, keys: TrustedKeys, proofFile: string | undefined): Promise<Checked> => {
  const { revoked_at, ...verified } = await signed(jws, keys.jwks);
  if (!verified.ok) throw new CommandRefused(`Refused: ${REFUSED[verified.error.type]}`);
  const { payload, kid } = verified.value;
  const proved = proofFile === undefined ? null : await provedBy(proofFile, payload, keys);
  const inLog =
    proved === null
      ? []
      : [
          `in the log    entry ${proved.index} of ${proved.size} at ${proved.origin}, made at ${timeText(proved.recorded_at)}`,
        ];
  if (revoked_at === null) return { payload, words: [`genuine       signed with the key ${kid}`, ...inLog] };
  const when = timeText(revoked_at * 1_000);
  if (proved === null)
    throw new CommandRefused(
      `Refused: the key ${kid} leaked and was revoked at ${when}: whoever has it may have signed this. Only the audit log can tell whether it is older: give its proof (--proof).`,
    );
  if (proved.recorded_at >= revoked_at * 1_000)
    throw new CommandRefused(
      `Refused: it was signed with the key ${kid}, which was revoked at ${when}, and is no older than that.`,
    );
  return {
    payload,
    words: [
      `older         than the leak of its key ${kid}, which was revoked at ${when}: its signature proves nothing any more, the audit log does`,
      ...inLog,
    ],
  };
};

/**
 * `receipt verify` checks a receipt with public keys alone and says in words what it proves. Refuses (exit code 2) what
 * was not signed with one of them, and says why. `receipt kantara` writes what was checked in the form of Kantara Consent
 * Receipt 1.1.
 */
export const receiptCommand = async (
  verb: string,
  args: readonly string[],
  say: (text: string) => void,
): Promise<void> => {
  const { values, positionals, tokens } = parseArgs({
    args: [...args],
    options: { jwks: { type: "string" }, proof: { type: "string" }, "log-keys": { type: "string" } },
    allowPositionals: true,
    strict: false,
    tokens: true,
  });
  const option = (name: string): string | undefined => {
    const value = values[name];
    return typeof value === "string" ? value : undefined;
  };
  const [file, ...more] = positionals;
  const [jwks, proof, logKeys] = [option("jwks"), option("proof"), option("log-keys")];
  const given = [jwks, proof, logKeys].filter((value) => value !== undefined).length;
  const isUsed =
    (verb === "verify" || (verb === "kantara" && proof === undefined)) &&
    file !== undefined &&
    more.length === 0 &&
    tokens.filter(({ kind }) => kind === "option").length === given &&
    (proof === undefined ? logKeys === undefined : (jwks === undefined) === (logKeys === undefined));
  if (!isUsed) throw new CommandRefused(USAGE);
  const jws = receiptIn(await textOf(file));
  const keys = await trustedKeys(jwks, logKeys);
  if (keysOfSet(keys.jwks) === null)
    throw new CommandRefused(`There are no public keys (a JWK Set) in ${jwks}.`);
  const { payload, words } = await checked(jws, keys, proof);
  if (verb === "kantara") return say(JSON.stringify(kantaraReceipt(payload, Date.parse), null, 2));
  say(
    [
      ...words,
      ...receiptWords(payload),
      "It proves what was decided then; whether it still stands, the service tells (GET /v1/consents/current).",
    ].join("\n"),
  );
};
