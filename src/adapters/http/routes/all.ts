import type { Service } from "../context.ts";
import type { Route } from "../route.ts";
import { adminAuditEntryRoutes } from "./admin-audit-entries.ts";
import { adminBreachRoutes } from "./admin-breaches.ts";
import { adminConfigurationRoutes } from "./admin-configuration.ts";
import { adminConsentPolicyRoutes } from "./admin-consent-policies.ts";
import { adminFlagRoutes } from "./admin-flags.ts";
import { adminLegalHoldRoutes } from "./admin-legal-holds.ts";
import { adminPrivacyRequestRoutes } from "./admin-privacy-requests.ts";
import { adminProcessingRecordRoutes } from "./admin-processing-record.ts";
import { adminReportRoutes } from "./admin-reports.ts";
import { adminRetentionRoutes } from "./admin-retention.ts";
import { adminServiceCredentialRoutes } from "./admin-service-credentials.ts";
import { adminSubjectRoutes } from "./admin-subjects.ts";
import { adminWebhookRoutes } from "./admin-webhooks.ts";
import { auditLogRoutes } from "./audit-log.ts";
import { commentRoutes } from "./comments.ts";
import { confirmRequestPageRoutes } from "./confirm-request-page.ts";
import { consentPolicyRoutes } from "./consent-policy.ts";
import { consentReceiptRoutes } from "./consent-receipts.ts";
import { consentRoutes } from "./consents.ts";
import { docsRoutes } from "./docs.ts";
import { healthRoutes } from "./health.ts";
import { metricsRoutes } from "./metrics.ts";
import { moderationRoutes } from "./moderation.ts";
import { ofrepRoutes } from "./ofrep.ts";
import { privacyExportRoutes } from "./privacy-exports.ts";
import { privacyRequestRoutes } from "./privacy-requests.ts";
import { problemRoutes } from "./problems.ts";
import { sessionRoutes } from "./sessions.ts";
import { signInLinkRoutes } from "./sign-in-links.ts";
import { signInPageRoutes } from "./sign-in-page.ts";
import { threadRoutes } from "./threads.ts";
import { unsubscribeRoutes } from "./unsubscribe.ts";
import { webhookAcknowledgementRoutes } from "./webhook-acknowledgements.ts";
import { wellKnownRoutes } from "./well-known.ts";

/** Every route there is, in the order of the document. */
export const allRoutes = (service: Service): readonly Route[] => {
  const routes: readonly Route[] = [
    ...consentPolicyRoutes(service),
    ...consentRoutes(service),
    ...consentReceiptRoutes(service),
    ...signInLinkRoutes(service),
    ...signInPageRoutes(),
    ...sessionRoutes(service),
    ...threadRoutes(service),
    ...commentRoutes(service),
    ...privacyRequestRoutes(service),
    ...privacyExportRoutes(service),
    ...confirmRequestPageRoutes(),
    ...adminPrivacyRequestRoutes(service),
    ...unsubscribeRoutes(service),
    ...moderationRoutes(service),
    ...adminSubjectRoutes(service),
    ...adminWebhookRoutes(service),
    ...adminProcessingRecordRoutes(service),
    ...webhookAcknowledgementRoutes(service),
    ...adminBreachRoutes(service),
    ...adminLegalHoldRoutes(service),
    ...adminServiceCredentialRoutes(service),
    ...adminConfigurationRoutes(service),
    ...adminFlagRoutes(service),
    ...adminConsentPolicyRoutes(service),
    ...adminRetentionRoutes(service),
    ...adminReportRoutes(service),
    ...adminAuditEntryRoutes(service),
    ...auditLogRoutes(service),
    ...ofrepRoutes(service),
    ...healthRoutes(service),
    ...metricsRoutes(service),
    ...wellKnownRoutes(service),
    ...problemRoutes(),
    ...docsRoutes(() => routes),
  ];
  return routes;
};
