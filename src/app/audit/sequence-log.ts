import type { AuditEntry } from "../../domain/audit/audit-entry.ts";
import { checkpointText } from "../../domain/audit/checkpoint.ts";
import {
  EMPTY_TREE,
  type Leaf,
  rootOfTree,
  type Tile,
  type Tree,
  withLeaves,
} from "../../domain/audit/grow-tree.ts";
import { leafOf } from "../../domain/audit/log-leaf.ts";
import { joinHashes } from "../../domain/audit/tiles.ts";
import { DAY, type Instant } from "../../domain/shared/instant.ts";
import type { LoggedEntry, StoredCheckpoint, StoredTile } from "../../ports/audit-log-store.ts";
import type { AuditSeal } from "../../ports/audit-seal.ts";
import type { Leases } from "../../ports/leases.ts";
import type { Logger } from "../../ports/logger.ts";
import { logOrigin, requireOutside, requireSigned } from "./former-checkpoint.ts";
import type { LogDeps } from "./log-deps.ts";
import { readTree } from "./stored-tree.ts";

/** Entries that are read and hashed without letting anybody else run: about 10 ms. */
const PAGE = 1_024;
/**
 * Entries that go into the tree at once. With several processes on one SQLite file whoever commits after another one has
 * to find every page of the file anew: as many at once as come in a turn.
 */
const BATCH = 32_768;

/** So long a sequencer waits between its turns: an entry is in the tree within two seconds. */
export const TURN_MS = 750;

const LEASE = "audit-sequencer";
/** So long nobody goes on when the one whose turn it is has died. */
const LEASE_MS = 2_000;

export interface SequencerDeps extends LogDeps {
  readonly leases: Leases;
  readonly logger: Logger;
  /** Name of this instance. */
  readonly holder: string;
}

export interface Sequencer {
  /** Integrates what is there, if it is this instance's turn; answers how many entries. Rejects with AuditLogBroken. */
  run(): Promise<number>;
  /** Lets another instance take over at once. */
  release(): Promise<void>;
}

const dayOf = (instant: Instant): number => Math.floor(instant / DAY);

const stored = ({ level, index, hashes, first_position }: Tile): StoredTile => ({
  level,
  index,
  hashes: joinHashes(hashes).toBase64(),
  first_position,
});

/** The tree and the checkpoint over it, as this process knows them to be right. */
interface Known {
  readonly tree: Tree;
  readonly checkpoint: StoredCheckpoint | null;
}

const turn = (): Promise<void> => new Promise((resume) => setImmediate(resume));

/** Entries of before there were seals get theirs; afterwards whatever has none was not written by the service. */
const adopt = async (
  deps: LogDeps,
  seal: AuditSeal,
  page: readonly LoggedEntry[],
): Promise<readonly LoggedEntry[]> => {
  const now = deps.clock.now();
  const adopted = page.map(({ position, entry }) =>
    entry.seal === null && entry.salts === null
      ? { position, entry: seal.seal({ ...entry, version: entry.version + 1, updated_at: now }) }
      : { position, entry },
  );
  await deps.auditLog.replace(
    adopted.flatMap(({ entry }, index) => (entry === page[index]?.entry ? [] : [entry])),
  );
  return adopted;
};

/**
 * Brings entries into the tree in the order of their insertion and signs what it has become. Whatever dies in between
 * leaves the tree as it was or as it is then: tiles and checkpoint are stored in one transaction, which says from which
 * size it goes on, so that two that work at once cannot both. Never signs a tree that does not go on from the last one.
 */
export const sequenceLog = (deps: SequencerDeps): Sequencer => {
  const { auditLog, auditSeals, logSigner, checkpointFile, clock, leases, logger, holder } = deps;
  let known: Known | null = null;
  let outside: string | null = null;
  let leasedUntil = 0;

  /** Each time is a write, so it is prolonged along with the tree. Whoever lost it unawares does no harm. */
  const isOurTurn = async (): Promise<boolean> => {
    const now = performance.now();
    if (now < leasedUntil - LEASE_MS / 2) return true;
    const taken = await leases.take(LEASE, holder, LEASE_MS);
    leasedUntil = taken ? now + LEASE_MS : 0;
    return taken;
  };

  /** The stored tree, checked once whenever it is not the one that this process made itself. */
  const current = async (): Promise<Known> => {
    const checkpoint = await auditLog.newest();
    if (known !== null && known.checkpoint?.note === checkpoint?.note) return known;
    const size = checkpoint?.size ?? 0;
    const tree = size === 0 ? EMPTY_TREE : await readTree(auditLog, size);
    if (checkpoint !== null) await requireSigned(deps, checkpoint, tree);
    const note = await checkpointFile.read();
    if (note !== null && note !== outside) await requireOutside(deps, note, size);
    outside = note;
    known = { tree, checkpoint };
    return known;
  };

  const check = (seal: AuditSeal, entries: readonly AuditEntry[]): void => {
    const strange = entries.filter((entry) => !seal.isSealed(entry)).length;
    // They go into the tree as they are, so that nothing more can be done to them; `audit verify` names them.
    if (strange > 0) logger.error("audit_entries_not_sealed", { count: strange });
  };

  const integrate = async (): Promise<number> => {
    const { tree, checkpoint } = await current();
    const seal = await auditSeals.open();
    const tiles = new Map<string, Tile>();
    let grown = tree;
    let after = checkpoint?.last_position ?? 0;
    while (grown.size - tree.size < BATCH) {
      const found = await auditLog.entries(after, PAGE);
      const page = checkpoint === null ? await adopt(deps, seal, found) : found;
      check(
        seal,
        page.map(({ entry }) => entry),
      );
      const leaves = page.map(({ position, entry }): Leaf => {
        return { position, hash: leafOf(auditSeals.sha256, entry) };
      });
      const more = withLeaves(auditSeals.sha256, grown, leaves);
      for (const tile of more.tiles) tiles.set(`${tile.level}/${tile.index}`, tile);
      grown = more.tree;
      after = page.at(-1)?.position ?? after;
      if (page.length < PAGE) break;
      await turn();
    }
    const { size } = grown;
    if (size === tree.size) return 0;
    const root = rootOfTree(auditSeals.sha256, grown);
    const origin = logOrigin(deps);
    const now = clock.now();
    const next: StoredCheckpoint = {
      size,
      last_position: after,
      root: root.toBase64(),
      note: await logSigner.sign(origin, checkpointText({ origin, size, root })),
      created_at: now,
    };
    const replaces = checkpoint !== null && dayOf(checkpoint.created_at) === dayOf(now);
    const began = performance.now();
    const went = await auditLog.integrate({
      from: tree.size,
      tiles: [...tiles.values()].map(stored),
      checkpoint: next,
      replaces,
      lease: { name: LEASE, holder, ttlMs: LEASE_MS },
    });
    // Somebody else came first: what he made is read and checked next time.
    known = went ? { tree: grown, checkpoint: next } : null;
    if (!went) return 0;
    leasedUntil = began + LEASE_MS;
    await checkpointFile.write(next.note);
    outside = next.note;
    return size - tree.size;
  };

  const isThereSomething = async (): Promise<boolean> => {
    const newest = await auditLog.newest();
    return (await auditLog.entries(newest?.last_position ?? 0, 1)).length > 0;
  };

  return {
    run: async () => {
      let integrated = 0;
      // Asked first: taking a lease is a write, and most of the time there is nothing to do.
      while (await isThereSomething()) {
        if (!(await isOurTurn())) break;
        const more = await integrate();
        integrated += more;
        if (more < BATCH) break;
      }
      return integrated;
    },
    release: async () => {
      leasedUntil = 0;
      await leases.release(LEASE, holder);
    },
  };
};
