import { BackupBroken } from "../../adapters/backup/archive.ts";
import { SCOPES, type Scope } from "../../domain/roles/role.ts";
import { CopyRefused } from "../../ports/database-copy.ts";
import { LedgerBroken } from "../../ports/erasure-ledger.ts";
import { SealBroken } from "../../ports/secrets.ts";
import { StorageFailure } from "../../ports/unit-of-work.ts";
import { compose, openStore } from "../compose.ts";
import { readSettings, WrongSettings } from "../config.ts";
import { auditCommand } from "./audit.ts";
import { backupCommand } from "./backup.ts";
import { breachCommand } from "./breach.ts";
import { CommandRefused } from "./command-refused.ts";
import { dbCommand } from "./db-move.ts";
import { erasureCommand } from "./erasure.ts";
import { importCommentsCommand } from "./import-comments.ts";
import { keysCommand } from "./keys.ts";
import { migrateCommand } from "./migrate.ts";
import { receiptCommand } from "./receipt.ts";
import { retentionCommand } from "./retention.ts";
import { stagingCommand } from "./staging.ts";
import { supportCommand } from "./support.ts";

const USAGE = `Usage: bun run cli COMMAND

  admin add EMAIL                         make this address an admin; she signs in with it
  credential add NAME SCOPE [SCOPE ...]   a key for another program (${SCOPES.join(", ")}); shown once
  import comments --format FORMAT FILE    take comments from wxr, disqus, isso or remark42
  backup create | list | verify [NAME]    encrypted copies of the database in BACKUP_DIR
  backup restore [NAME] [--replace]       put one back; nobody who was erased since comes back with it
  backup adopt                            take an earlier database that was put back by other means
  backup drill [NAME]                     rehearse it beside the database, measure it, sign a report
  breach list | show | add | update       the register of breaches, what is late first (GDPR Art. 33, 34)
  staging export --to URL                 a working copy without the people, for a staging service
  db move --to URL | --confirm            take a SQLite installation to PostgreSQL; delete the old file
  support SUPPORT_ID                      the log lines of a problem
  keys status | rotate                    which key encrypts what; encrypt all of it with SECRET_KEY anew
  receipt verify FILE [--jwks FILE|URL]   what a consent receipt proves, with public keys alone
    [--proof FILE --log-keys FILE|URL]    and that the audit log tells of it
  receipt kantara FILE [--jwks FILE|URL]  the same as Kantara Consent Receipt 1.1, in JSON
  keys rotate-signing                     another key to sign receipts and reports with
  keys revoke-signing KID                 end one that leaked, at once
  retention run | rehearse                take what is due; only count it
  erasure maintenance                     rewrite the database so that nothing deleted is left in it
  audit verify [--from CHECKPOINT]        recompute the audit log, and name the first entry that is wrong
  audit rotate-key                        sign the audit log with a new key
  migrate status | up | down [STEPS]      where the schema stands; move it

Settings come from the environment and from .env, as for the service.`;

const say = (text: string): void => void process.stdout.write(`${text}\n`);

const addAdmin = async (email: string): Promise<void> => {
  const service = await compose(readSettings(process.env));
  try {
    await service.store.migrator.up();
    const added = await service.application.roles.addAdmin(email);
    if (!added.ok)
      throw new CommandRefused(`Not done (${added.error.type}): give an e-mail address of an active person.`);
    say(
      added.value.already
        ? "This address is an admin already."
        : `Done. Sign in with this address at ${service.deps.policies.publicUrl}/sign-in`,
    );
  } finally {
    await service.close();
  }
};

const addCredential = async (name: string, words: readonly string[]): Promise<void> => {
  const scopes = words.filter((word): word is Scope => (SCOPES as readonly string[]).includes(word));
  if (scopes.length === 0 || scopes.length !== words.length) {
    throw new CommandRefused(`Give one or more of these scopes: ${SCOPES.join(", ")}`);
  }
  const service = await compose(readSettings(process.env));
  try {
    await service.store.migrator.up();
    const created = await service.application.serviceCredentials.create("cli", { name, scopes });
    if (!created.ok)
      throw new CommandRefused(`Not done (${created.error.type}): give a name of 1 to 100 characters.`);
    say(`${created.value.token}\nKeep it safe: it is shown this once and stored as a hash only.`);
  } finally {
    await service.close();
  }
};

export const run = async (words: readonly string[]): Promise<void> => {
  const [command, verb, ...rest] = words;
  const [first] = rest;
  if (command === "admin" && verb === "add" && first !== undefined) return addAdmin(first);
  if (command === "credential" && verb === "add" && first !== undefined)
    return addCredential(first, rest.slice(1));
  if (command === "receipt" && verb !== undefined) return receiptCommand(verb, rest, say);
  if (command === "import" && verb === "comments") return importCommentsCommand(rest);
  if (command === "db") return dbCommand(words.slice(1), say);
  if (command === "backup") return backupCommand(words.slice(1), say);
  if (command === "breach") return breachCommand(words.slice(1), say);
  if (command === "support" && verb !== undefined) {
    return supportCommand(readSettings(process.env).logDir, verb, say);
  }
  if (command === "retention" && verb !== undefined) return retentionCommand(verb, say);
  if (command === "erasure" && verb !== undefined) return erasureCommand(verb, say);
  if (command === "staging") return stagingCommand(words.slice(1), say);
  if (command === "keys" && verb !== undefined) return keysCommand(verb, rest, say);
  if (command === "audit" && verb !== undefined) {
    if (!(await auditCommand(verb, rest, say))) process.exitCode = 1;
    return;
  }
  if (command === "migrate" && verb !== undefined) {
    const store = await openStore(readSettings(process.env).database);
    try {
      return await migrateCommand(store.migrator, verb, first ?? null, say);
    } finally {
      await store.close();
    }
  }
  throw new CommandRefused(USAGE);
};

if (import.meta.main) {
  try {
    await run(process.argv.slice(2));
  } catch (failure) {
    const refused =
      failure instanceof CommandRefused ||
      failure instanceof WrongSettings ||
      failure instanceof SealBroken ||
      failure instanceof LedgerBroken ||
      failure instanceof CopyRefused ||
      failure instanceof BackupBroken;
    if (!refused && !(failure instanceof StorageFailure)) throw failure;
    process.stderr.write(
      refused
        ? `${failure.message}\n`
        : `The database did not do this: ${failure.message}. The same command may be run again.\n`,
    );
    process.exit(refused ? 2 : 1);
  }
}
