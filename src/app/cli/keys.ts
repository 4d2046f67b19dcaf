import {
  deletePreviousSecretKey,
  previousKeyPath,
  replaceSecretKey,
  secretKeyFiles,
} from "../../adapters/crypto/secret-file.ts";
import { SEALED_COLLECTIONS } from "../../domain/personal-data/sealed-fields.ts";
import type { Instant } from "../../domain/shared/instant.ts";
import { compose } from "../compose.ts";
import { readSettings, type Settings } from "../config.ts";
import { countSealed, type SealedCounts } from "../keys/count-sealed.ts";
import { type RotationProgress, type RotationReport, rotateKeys } from "../keys/rotate-keys.ts";
import { CommandRefused } from "./command-refused.ts";

type Say = (text: string) => void;

const USAGE = "keys status | rotate | rotate-signing | revoke-signing KID";

const HOW = `There is no previous key, so there is nothing to rotate from. To rotate:
  1. make a new key:                          openssl rand -base64 32
  2. only where several instances run: give all of them SECRET_KEY=<old> SECRET_KEY_PREVIOUS=<new> and restart
     each, so that every one can read what the first restarted one writes
  3. give all of them SECRET_KEY=<new> SECRET_KEY_PREVIOUS=<old> and restart each
  4. with the same two settings, while they serve:  bun run cli keys rotate`;

const BACKUPS =
  "Backups made before now open with the old key only: keep it where they are, and nowhere else.";

const total = (counts: SealedCounts): number => Object.values(counts).reduce((sum, count) => sum + count, 0);

const list = (counts: SealedCounts): string =>
  SEALED_COLLECTIONS.filter((collection) => counts[collection] > 0)
    .map((collection) => `${counts[collection]} in ${collection}`)
    .join(", ");

/** One line: rewritten in a terminal, elsewhere written anew with every thousand records. */
const progressTo = (stream: NodeJS.WriteStream) => {
  let shown = "";
  return {
    show({ collection, verifying, seen, rewrapped }: RotationProgress): void {
      const step = `${verifying} ${Math.floor(seen / 1_000)}`;
      if (!stream.isTTY && step === shown) return;
      shown = step;
      const what = verifying ? "verifying" : "encrypting";
      const text = `${what}  ${seen} records seen, ${rewrapped} values encrypted anew (${collection})`;
      stream.write(stream.isTTY ? `\r\u001b[K${text}` : `${text}\n`);
    },
    end(): void {
      if (stream.isTTY) stream.write("\n");
    },
  };
};

const status = async (settings: Settings, say: Say): Promise<void> => {
  const service = await compose(settings);
  try {
    await service.store.migrator.up();
    const { current, previous } = service.deps.sealer.keyIds;
    const counts = await countSealed(service.deps);
    const lines: readonly (readonly [key: string | null, what: string])[] = [
      [current, "SECRET_KEY"],
      ...(previous === null ? [] : [[previous, "SECRET_KEY_PREVIOUS"] as const]),
      ...[...counts.keys()]
        .filter((key) => key !== current && key !== previous)
        .map((key) => [key, key === null ? "not an encrypted value" : "a key that is not here"] as const),
    ];
    for (const [key, what] of lines) {
      const found = counts.get(key);
      const values = found === undefined ? "no value" : `${total(found)} (${list(found)})`;
      say(`${key ?? "-".repeat(16)}  ${what.padEnd(22)}  ${values}`);
    }
    say(
      lines.slice(1).some(([key]) => counts.has(key))
        ? "Not every value is under SECRET_KEY: run `bun run cli keys rotate` while both keys are set."
        : "Every value is under SECRET_KEY.",
    );
  } finally {
    await service.close();
  }
};

const verdict = ({ outcome, unreadable }: RotationReport): string | null => {
  switch (outcome) {
    case "verified":
      return null;
    case "unreadable":
      return `Not finished: ${total(unreadable)} values open under neither key (${list(unreadable)}). Keep every old key. Set SECRET_KEY_PREVIOUS to the one they were encrypted with and run it again; \`keys status\` tells the keys apart.`;
    case "still-written":
      return "Not finished: values under the old key keep coming, so an instance still has it as SECRET_KEY. Restart that one with both keys, keep SECRET_KEY_PREVIOUS, and run it again.";
  }
};

const rotate = async (settings: Settings, keptInFile: boolean, say: Say): Promise<void> => {
  const service = await compose(settings);
  const progress = progressTo(process.stderr);
  try {
    await service.store.migrator.up();
    const { current, previous } = service.deps.sealer.keyIds;
    if (previous === null) throw new CommandRefused(HOW);
    if (previous === current) throw new CommandRefused("SECRET_KEY and SECRET_KEY_PREVIOUS are the same.");
    const report = await rotateKeys(service.deps, progress.show);
    progress.end();
    const problem = verdict(report);
    if (problem !== null) throw new CommandRefused(problem);
    await service.ledgerFiles.rewrap();
    say(
      `encrypted anew  ${report.rewrapped}\nverified        ${total(report.values)} (${list(report.values)})`,
    );
  } finally {
    await service.close();
  }
  if (keptInFile) {
    await deletePreviousSecretKey(settings.dataDir);
    say(`Done. Every value is under the new key and opens; ${previousKeyPath(settings.dataDir)} is deleted.`);
  } else {
    say(
      `Done. Every value is under SECRET_KEY and opens. The old key is not needed any more: remove SECRET_KEY_PREVIOUS and restart when it suits.\n${BACKUPS}`,
    );
  }
};

/** Without SECRET_KEY the key is a file: the first call makes another one, the second encrypts with it. */
const rotateFile = async (settings: Settings, say: Say): Promise<void> => {
  switch (await secretKeyFiles(settings.dataDir)) {
    case "none":
      throw new CommandRefused(
        "There is no key yet: the first start makes one, and nothing is encrypted before.",
      );
    case "one":
      await replaceSecretKey(settings.dataDir);
      say(
        [
          `There is a new key now; the old one is in ${previousKeyPath(settings.dataDir)} until the rotation is done.`,
          "If the service is running, restart it first: it must know both. Then run `bun run cli keys rotate` again.",
          "Backups made before then open with the old key only: copy it to where they are if they matter.",
        ].join("\n"),
      );
      return;
    case "rotating":
      return rotate(settings, true, say);
  }
};

const timeText = (instant: Instant): string => new Date(instant).toISOString();

/** Another key for receipts and reports: published now, in use later; what the old ones signed can be checked for ever. */
const rotateSigning = async (settings: Settings, say: Say): Promise<void> => {
  const service = await compose(settings);
  try {
    await service.store.migrator.up();
    const key = await service.documentKeys.rotate();
    if (key === null) throw new CommandRefused("Another rotation came first: its key is the new one.");
    say(
      [
        `new key  ${key.kid}`,
        `It is published now and signs from ${timeText(key.signs_from)}, when everybody can know it.`,
        `The private halves of the keys before it are destroyed at ${timeText(key.older_destroyed_at)}; their public ones stay.`,
      ].join("\n"),
    );
  } finally {
    await service.close();
  }
};

/** For a key that leaked. What it signed is refused from now on, but for receipts that the trail tells of. */
const revokeSigning = async (settings: Settings, kid: string, say: Say): Promise<void> => {
  const service = await compose(settings);
  try {
    await service.store.migrator.up();
    const revocation = await service.documentKeys.revoke(kid);
    switch (revocation.outcome) {
      case "unknown":
        throw new CommandRefused(
          `There is no such key. A document names its key in its header (kid), and there are:\n${revocation.kids.map((each) => `  ${each}`).join("\n")}`,
        );
      case "conflict":
        throw new CommandRefused("Not done: the keys were changed at this very moment. Run it again.");
      case "already-revoked":
        return say("This key was revoked before; nothing was changed.");
      case "revoked":
        say(
          [
            `revoked  ${kid}`,
            revocation.created === null
              ? "Another key that there is already signs instead."
              : `new key  ${revocation.created}, which signs from now on`,
            "No instance signs with the revoked one or takes what it signed, and its private half is destroyed. Receipts that the audit trail tells of are taken still.",
            `${service.deps.policies.publicUrl}/.well-known/jwks.json lists it under \`revoked\`; who keeps that list may believe it for 5 minutes yet.`,
            "A backup made before now brings it back: revoke it again after restoring one.",
          ].join("\n"),
        );
    }
  } finally {
    await service.close();
  }
};

/** `keys status` counts values by key; `keys rotate` encrypts all of them with SECRET_KEY while the service serves; `keys rotate-signing` makes another key to sign with; `keys revoke-signing` ends one that leaked. */
export const keysCommand = async (verb: string, words: readonly string[], say: Say): Promise<void> => {
  const settings = readSettings(process.env);
  if (verb === "status") return status(settings, say);
  const [kid, ...more] = words;
  if (verb === "revoke-signing" && kid !== undefined && more.length === 0)
    return revokeSigning(settings, kid, say);
  if (verb === "rotate-signing") return rotateSigning(settings, say);
  if (verb !== "rotate") throw new CommandRefused(USAGE);
  return settings.secretKey === null && settings.secretKeyPrevious === null
    ? rotateFile(settings, say)
    : rotate(settings, false, say);
};
