import { ok } from "../domain/shared/result.ts";
import type { Store } from "../ports/store.ts";
import { accessTrail } from "./access/access-trail.ts";
import type { Application } from "./application.ts";
import { listEntries } from "./audit/list-entries.ts";
import { proveEntry } from "./audit/prove-entry.ts";
import { readCheckpoint, readTile, verifierKeys } from "./audit/publish-log.ts";
import { listReports, readReport } from "./audit/read-reports.ts";
import {
  changeBreach,
  listBreaches,
  openBreaches,
  readBreach,
  recordBreach,
} from "./breaches/manage-breaches.ts";
import { editComment, readComment, removeComment, reportComment } from "./comments/change-comment.ts";
import { listThread } from "./comments/list-thread.ts";
import { moderateComment, moderationQueue } from "./comments/moderate-comment.ts";
import { postComment } from "./comments/post-comment.ts";
import {
  listConfiguration,
  readConfiguration,
  removeConfiguration,
  writeConfiguration,
} from "./configuration/manage-configuration.ts";
import { evaluateFlags, listFlags, readFlag, writeFlag } from "./configuration/manage-flags.ts";
import { checkConsent } from "./consent/check-consent.ts";
import { proveReceipt, readKantaraReceipt, readReceipt } from "./consent/issue-receipt.ts";
import {
  listPolicies,
  previewPolicy,
  publishPolicyDraft,
  readPolicy,
  writePolicyDraft,
} from "./consent/manage-policies.ts";
import { consentHistory, currentConsent } from "./consent/read-consent.ts";
import { recordConsent } from "./consent/record-consent.ts";
import { showPolicy } from "./consent/show-policy.ts";
import { withdrawConsent } from "./consent/withdraw-consent.ts";
import type { Deps } from "./deps.ts";
import { failing } from "./health/failing.ts";
import { idempotentRequests } from "./idempotency/begin-request.ts";
import { liftLegalHold, listLegalHolds, placeLegalHold } from "./legal-holds/manage-legal-holds.ts";
import { checkUnsubscribeLink, unsubscribe } from "./mail/unsubscribe.ts";
import {
  announceRestrictionLift,
  askRequestIdentity,
  decidePrivacyRequest,
  extendPrivacyRequest,
  refusePrivacyRequest,
} from "./privacy-requests/answer-request.ts";
import { cancelPrivacyRequest } from "./privacy-requests/cancel-request.ts";
import { confirmPrivacyRequest, confirmRequestIdentity } from "./privacy-requests/confirm-request.ts";
import { enterPrivacyRequest } from "./privacy-requests/enter-request.ts";
import { exportArchive, handOverArchive } from "./privacy-requests/export-archive.ts";
import { fileRequest } from "./privacy-requests/file-request.ts";
import { listPrivacyRequests, readPrivacyRequest, requestInbox } from "./privacy-requests/read-requests.ts";
import { readProcessingRecord } from "./processing-record/read-processing-record.ts";
import { acknowledge } from "./recipients/acknowledge.ts";
import { listDeliveries, redeliver } from "./recipients/manage-deliveries.ts";
import {
  addWebhook,
  listWebhooks,
  removeWebhook,
  rotateWebhookSecret,
} from "./recipients/manage-webhooks.ts";
import { listRetentionRuns, readRetentionRun } from "./retention/read-runs.ts";
import type { RetentionRunner } from "./retention/retention-runner.ts";
import { showRetention } from "./retention/show-retention.ts";
import { startRetentionRun } from "./retention/start-run.ts";
import { addAdmin, changeRole, readSubject } from "./roles/change-role.ts";
import { knownCredentials } from "./service-credentials/known-credentials.ts";
import {
  createCredential,
  listCredentials,
  revokeCredential,
} from "./service-credentials/manage-service-credentials.ts";
import { authenticate, recallProgram } from "./sessions/authenticate.ts";
import { createServiceSession } from "./sessions/create-service-session.ts";
import { currentSession, signOut, signOutEverywhere } from "./sessions/end-session.ts";
import { requestSignInLink } from "./sessions/request-sign-in-link.ts";
import { signIn } from "./sessions/sign-in.ts";

/** Gives every use case what it stands on. */
export const createApplication = (
  deps: Deps,
  store: Pick<Store, "ping" | "migrator" | "retention">,
  runner: Pick<RetentionRunner, "wake">,
  known = knownCredentials(deps),
): Application => ({
  consent: {
    showPolicy: showPolicy(deps),
    recordConsent: recordConsent(deps),
    withdrawConsent: withdrawConsent(deps),
    currentConsent: currentConsent(deps),
    checkConsent: checkConsent(deps),
    consentHistory: consentHistory(deps),
    readReceipt: readReceipt(deps),
    proveReceipt: proveReceipt(deps),
    readKantaraReceipt: readKantaraReceipt(deps),
  },
  policies: {
    list: listPolicies(deps),
    read: readPolicy(deps),
    preview: previewPolicy(deps),
    draft: writePolicyDraft(deps),
    publish: publishPolicyDraft(deps),
  },
  sessions: {
    authenticate: authenticate(deps, known),
    recallProgram: recallProgram(deps, known),
    requestSignInLink: requestSignInLink(deps),
    signIn: signIn(deps),
    createServiceSession: createServiceSession(deps),
    currentSession: currentSession(),
    signOut: signOut(deps),
    signOutEverywhere: signOutEverywhere(deps),
  },
  comments: {
    listThread: listThread(deps),
    postComment: postComment(deps),
    readComment: readComment(deps),
    editComment: editComment(deps),
    removeComment: removeComment(deps),
    reportComment: reportComment(deps),
    moderateComment: moderateComment(deps),
    moderationQueue: moderationQueue(deps),
  },
  privacyRequests: {
    file: fileRequest(deps),
    list: listPrivacyRequests(deps),
    read: readPrivacyRequest(deps),
    exportArchive: exportArchive(deps),
    handOver: handOverArchive(deps),
    cancel: cancelPrivacyRequest(deps),
    confirm: confirmPrivacyRequest(deps),
    inbox: requestInbox(deps),
    enter: enterPrivacyRequest(deps),
    extend: extendPrivacyRequest(deps),
    refuse: refusePrivacyRequest(deps),
    decide: decidePrivacyRequest(deps),
    askIdentity: askRequestIdentity(deps),
    confirmIdentity: confirmRequestIdentity(deps),
    announceLift: announceRestrictionLift(deps),
  },
  notifications: { checkUnsubscribeLink: checkUnsubscribeLink(deps), unsubscribe: unsubscribe(deps) },
  roles: { changeRole: changeRole(deps), readSubject: readSubject(deps), addAdmin: addAdmin(deps) },
  serviceCredentials: {
    create: createCredential(deps),
    list: listCredentials(deps),
    revoke: revokeCredential(deps, known),
  },
  processingRecord: readProcessingRecord(deps),
  recipients: {
    list: listWebhooks(deps),
    add: addWebhook(deps),
    rotateSecret: rotateWebhookSecret(deps),
    remove: removeWebhook(deps),
    deliveries: listDeliveries(deps),
    redeliver: redeliver(deps),
    acknowledge: acknowledge(deps),
  },
  breaches: {
    list: listBreaches(deps),
    open: openBreaches(deps),
    read: readBreach(deps),
    record: recordBreach(deps),
    change: changeBreach(deps),
  },
  legalHolds: {
    place: placeLegalHold(deps),
    list: listLegalHolds(deps),
    lift: liftLegalHold(deps),
  },
  configuration: {
    read: readConfiguration(deps),
    list: listConfiguration(deps),
    write: writeConfiguration(deps),
    remove: removeConfiguration(deps),
  },
  flags: {
    list: listFlags(deps),
    read: readFlag(deps),
    write: writeFlag(deps),
    evaluate: evaluateFlags(deps),
  },
  retention: {
    show: showRetention(deps, store.retention),
    start: startRetentionRun(deps, runner),
    runs: listRetentionRuns(deps),
    run: readRetentionRun(deps),
  },
  reports: { list: listReports(deps), read: readReport(deps) },
  access: accessTrail(deps),
  idempotency: idempotentRequests(deps),
  audit: {
    checkpoint: readCheckpoint(deps),
    keys: async () => ok(await verifierKeys(deps)),
    tile: readTile(deps),
    list: listEntries(deps),
    proof: proveEntry(deps),
  },
  documents: { publicKeys: async () => ok(await deps.documents.jwks()) },
  health: { failing: failing(store) },
});
