import {
  createServiceCredential,
  revokeServiceCredential,
  SERVICE_CREDENTIAL_NAME_MAX,
} from "../../domain/roles/service-credential.ts";
import { parseId, type ServiceCredentialId } from "../../domain/shared/ids.ts";
import { err, ok } from "../../domain/shared/result.ts";
import { parseText } from "../../domain/shared/text.ts";
import type { Application } from "../application.ts";
import { requirePermission, SYSTEM_CALLER } from "../caller.ts";
import { decideAndCommit, occasionOf } from "../commit.ts";
import type { Deps } from "../deps.ts";
import { badCursor, pageOf } from "../paging.ts";
import type { KnownCredentials } from "./known-credentials.ts";

/** A new credential; its token is in the answer and nowhere else. */
export const createCredential =
  (deps: Deps): Application["serviceCredentials"]["create"] =>
  async (caller, input) => {
    if (caller !== "cli") {
      const allowed = requirePermission(caller.principal, "system:administer");
      if (!allowed.ok) return allowed;
    }
    const name = parseText(input.name, SERVICE_CREDENTIAL_NAME_MAX);
    if (!name.ok) return err({ type: "invalid-input", errors: [{ pointer: "/name", reason: name.error }] });
    return decideAndCommit(deps, caller === "cli" ? SYSTEM_CALLER : caller, async () => {
      const { token, hash: token_hash } = deps.tokens.issue("gnk");
      const { credential, changes } = createServiceCredential(
        { id: deps.ids.next(), name: name.value, scopes: [...new Set(input.scopes)], token_hash },
        await occasionOf(deps, caller === "cli" ? SYSTEM_CALLER : caller),
      );
      return ok({ changes, value: { credential, token } });
    });
  };

export const listCredentials =
  ({ readers }: Deps): Application["serviceCredentials"]["list"] =>
  async (caller, { limit, cursor }) => {
    const allowed = requirePermission(caller.principal, "system:administer");
    if (!allowed.ok) return allowed;
    const after = cursor === null ? null : parseId<ServiceCredentialId>(cursor);
    if (cursor !== null && after === null) return badCursor();
    const rows = await readers.serviceCredentials.list(after, limit + 1);
    return ok(
      pageOf(
        rows,
        limit,
        (last) => last.id,
        (credential) => credential,
      ),
    );
  };

/** Takes a credential back: this instance refuses it when the answer comes, the others within a second. */
export const revokeCredential =
  (deps: Deps, known: KnownCredentials): Application["serviceCredentials"]["revoke"] =>
  async (caller, id) => {
    const allowed = requirePermission(caller.principal, "system:administer");
    if (!allowed.ok) return allowed;
    const revoked = await decideAndCommit(deps, caller, async () => {
      const credential = await deps.readers.serviceCredentials.byId(id);
      if (credential === null) return err({ type: "not-found" });
      return ok({
        changes: revokeServiceCredential(credential, await occasionOf(deps, caller)),
        value: credential.token_hash,
      });
    });
    if (!revoked.ok) return revoked;
    known.forget(revoked.value);
    return ok(null);
  };
