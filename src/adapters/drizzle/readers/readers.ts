import type { Readers } from "../../../ports/store.ts";
import type { Source } from "../portable.ts";
import { auditReader } from "./audit.ts";
import { breachReader } from "./breach.ts";
import { commentReader } from "./comment.ts";
import { commentReportReader } from "./comment-report.ts";
import { configurationReader } from "./configuration.ts";
import { consentReader } from "./consent.ts";
import { consentPolicyReader } from "./consent-policy.ts";
import { erasureReader } from "./erasure.ts";
import { idempotentAnswerReader } from "./idempotent-answer.ts";
import { identityReader } from "./identity.ts";
import { keyReader } from "./key.ts";
import { legalHoldReader } from "./legal-hold.ts";
import { mailPreferencesReader } from "./mail-preferences.ts";
import { outgoingMailReader } from "./outgoing-mail.ts";
import { personalDataReader } from "./personal-data.ts";
import { privacyRequestReader } from "./privacy-request.ts";
import { recordReader } from "./record.ts";
import { restorePointReader } from "./restore-point.ts";
import { retentionRunReader } from "./retention-run.ts";
import { sealedFieldReader } from "./sealed-field.ts";
import { serviceCredentialReader } from "./service-credential.ts";
import { sessionReader } from "./session.ts";
import { signInLinkReader } from "./sign-in-link.ts";
import { signedReportReader } from "./signed-report.ts";
import { subjectReader } from "./subject.ts";
import { webhookReader } from "./webhook.ts";
import { webhookDeliveryReader } from "./webhook-delivery.ts";

/**
 * Every reader over one opened database. Nothing is asked of it before the first read. What goes through all there is, page
 * by page, asks `walked`, where a store has something else for that.
 */
export const readersOf = (source: Source, walked: Source = source): Readers => ({
  subjects: subjectReader(source),
  identities: identityReader(source),
  consents: { ...consentReader(source), history: consentReader(walked).history },
  consentPolicies: consentPolicyReader(source),
  signInLinks: signInLinkReader(source),
  sessions: sessionReader(source),
  comments: commentReader(source),
  commentReports: commentReportReader(source),
  erasures: erasureReader(source),
  serviceCredentials: serviceCredentialReader(source),
  outgoingMails: outgoingMailReader(source),
  mailPreferences: mailPreferencesReader(source),
  privacyRequests: privacyRequestReader(source),
  idempotentAnswers: idempotentAnswerReader(source),
  legalHolds: legalHoldReader(source),
  signedReports: signedReportReader(source),
  retentionRuns: retentionRunReader(source),
  personalData: personalDataReader(walked),
  restorePoints: restorePointReader(source),
  webhooks: webhookReader(source),
  webhookDeliveries: webhookDeliveryReader(source),
  breaches: breachReader(source),
  keys: keyReader(source),
  configuration: configurationReader(source),
  sealedFields: sealedFieldReader(recordReader(walked)),
  records: recordReader(walked),
  audit: auditReader(walked),
});
