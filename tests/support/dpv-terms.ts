// Every term of the Data Privacy Vocabulary 2.3 in the four vocabularies that receipts speak (W3C, github.com/w3c/dpv, CSV
// exports; of the locations those with two letters). Facts, copied by hand: a receipt may use nothing else.

/** Names by prefix, separated by white space. */
export const DPV_TERMS: Readonly<Record<string, string>> = {
  dpv: `
    AIGovernance AILiteracy AINotice AcademicResearch AcademicScientificOrganisation AcceptContract
    AcceptableRule AcceptableUsePolicy Access AccessControlMethod AccountManagement Acquire ActiveRight
    ActivelyInvolved ActivityCompleted ActivityHalted ActivityMonitoring ActivityNotCompleted ActivityOngoing
    ActivityPlanned ActivityProposed ActivityStatus Adapt Adult Advertising AgeVerification Agent Aggregate
    AlgorithmicLogic Align Alter AmbulanceProvider Analyse Anonymisation Anonymise AnonymisedData Applicability
    Applicant ApprovalProcedure Assess Assessment AssetManagementProcedures AssistiveAutomation AsylumSeeker
    AsymmetricCryptography AsymmetricEncryption Audit AuditApproved AuditConditionallyApproved AuditNotRequired
    AuditRejected AuditRequested AuditRequired AuditStatus Authentication-ABC Authentication-PABC
    AuthenticationProtocols AuthorisationProcedure AuthorisationProtocols Authority AuthorityInformed
    AuthorityUninformed AutomatedDecisionMaking AutomatedScoringOfIndividuals AutomationLevel Autonomous
    B2B2CContract B2BContract B2CContract BackgroundChecks BiometricAuthentication C2BContract C2CContract
    CannotChallengeProcess CannotChallengeProcessInput CannotChallengeProcessOutput CannotCorrectProcess
    CannotCorrectProcessInput CannotCorrectProcessOutput CannotObjectToProcess CannotOptInToProcess
    CannotOptOutFromProcess CannotReverseProcessEffects CannotReverseProcessInput CannotReverseProcessOutput
    CannotWithdrawFromProcess Certification CertificationSeal ChallengingProcess ChallengingProcessInput
    ChallengingProcessOutput CharityOrganisation Child Citizen City Client Clinic CloudLocation CodeOfConduct
    Collect CollectedData CollectedPersonalData CombatClimateChange Combine CommercialPurpose CommercialResearch
    CommerciallyConfidentialData CommunicationForCustomerCare CommunicationManagement CompatibilityUnknown
    ComplianceAssessment ComplianceIndeterminate ComplianceMonitoring ComplianceStatus ComplianceUnknown
    ComplianceViolation Compliant ConditionalAutomation ConfidentialData ConfidentialityAgreement
    ConformanceAssessment ConformanceStatus Conformant Consent ConsentControl ConsentExpired ConsentGiven
    ConsentInvalidated ConsentManagement ConsentNotice ConsentReceipt ConsentRecord ConsentRefused
    ConsentRequestDeferred ConsentRequested ConsentRevoked ConsentStatus ConsentStatusInvalidForProcessing
    ConsentStatusValidForProcessing ConsentUnknown ConsentWithdrawn Consequence ConsequenceAsSideEffect
    ConsequenceOfFailure ConsequenceOfSuccess Consult Consultation ConsultationWithAuthority ConsultationWithDPO
    ConsultationWithDataSubject ConsultationWithDataSubjectRepresentative Consumer ConsumerStandardFormContract
    Context ContextuallyAnonymisedData ContinuousFrequency Contract ContractActivationStatus ContractActive
    ContractAmended ContractAmendmentClause ContractApproved ContractBeingPerformed ContractBreached
    ContractByDomain ContractByEntityType ContractByNegotiationType ContractConfidentialityClause
    ContractControl ContractDefinitions ContractDisputeResolutionClause ContractDisputed ContractDrafted
    ContractExecutionStatus ContractExpired ContractExtended ContractFulfilled ContractFulfilmentStatus
    ContractFullyExecuted ContractFullySigned ContractInactive ContractJurisdictionClause ContractNegotiated
    ContractNotFulfilled ContractOffered ContractPartiallyFulfilled ContractPartiallySigned ContractPerformance
    ContractPerformanceStatus ContractPreamble ContractPreparationStatus ContractRejected ContractRenewed
    ContractSignedByParty ContractStatus ContractTemporarilySuspended ContractTerminated
    ContractTerminationClause ContractTerminationStatus ContractUnderNegotiation ContractUnderReview
    ContractViolated ContractualClause ContractualClauseFulfilled ContractualClauseFulfilmentStatus
    ContractualClauseNotFulfilled ContractualClausePartiallyFulfilled ContractualClauseViolated ContractualTerms
    ControllerDataSubjectAgreement ControllerInformed ControllerProcessorAgreement ControllerUninformed Copy
    CorrectingProcess CorrectingProcessInput CorrectingProcessOutput CounterMoneyLaundering Counterterrorism
    Country CredentialManagement CrossBorderTransfer CryptographicAuthentication CryptographicKeyManagement
    CryptographicMethods Customer CustomerCare CustomerClaimsManagement CustomerManagement
    CustomerOrderManagement CustomerRelationshipManagement CustomerSolvencyMonitoring CybersecurityAssessment
    CybersecurityTraining DPIA DashboardNotice Data DataAltruism DataAvailabilityAssessment DataBackupProtocols
    DataBreachImpactAssessment DataBreachNotice DataBreachNotification DataBreachRecord DataController
    DataControllerContract DataControllerDataSource DataDeletionPolicy DataErasurePolicy DataExporter
    DataGovernance DataHandlingClause DataImporter DataInteroperabilityAssessment
    DataInteroperabilityImprovement DataInteroperabilityManagement DataInventoryManagement
    DataJurisdictionPolicy DataLiteracy DataProcessingAgreement DataProcessingPolicy DataProcessingRecord
    DataProcessor DataProcessorContract DataProtectionAuthority DataProtectionOfficer DataProtectionTraining
    DataPublishedByDataSubject DataQualityAssessment DataQualityImprovement DataQualityManagement DataRedaction
    DataRestorationPolicy DataReusePolicy DataSanitisationTechnique DataSecurityManagement DataSource
    DataStoragePolicy DataSubProcessor DataSubject DataSubjectContract DataSubjectDataSource DataSubjectInformed
    DataSubjectRight DataSubjectRightsManagement DataSubjectScale DataSubjectUninformed
    DataSuitabilityAssessment DataTransferImpactAssessment DataTransferLegalBasis DataTransferNotice
    DataTransferRecord DataVolume DecentralisedLocations DecisionMaking Deidentification Delete DeliveryOfGoods
    Derive DerivedData DerivedPersonalData DesignStandard Destruct DeterministicPseudonymisation Deterrence
    DeterrenceFollowed DeterrenceNotFollowed DeviceNotice DifferentialPrivacy DigitalLiteracy
    DigitalRightsManagement DigitalSignatures DirectMarketing DisasterRecoveryProcedures Disclose
    DiscloseByTransmission Display DisputeManagement Disseminate DistributedSystemSecurity DistributionAgreement
    DocumentRandomisedPseudonymisation DocumentSecurity Download Duration EULA EconomicUnion
    EducationalOrganisation EducationalTraining EffectivenessDeterminationProcedures ElderlyDataSubject
    ElderlyHuman EmergencyHealthcareProvider EmergencyServiceProvider Employee EmploymentContract Encryption
    EncryptionAtRest EncryptionInTransfer EncryptionInUse EndToEndEncryption EndlessDuration
    EnforceAccessControl EnforceSecurity EnterIntoContract Entity EntityActiveInvolvement EntityInformed
    EntityInformedStatus EntityIntendedInvolvement EntityInvolved EntityInvolvement EntityInvolvementStatus
    EntityNonInvolvement EntityNonPermissiveInvolvement EntityNotInvolved EntityPassiveInvolvement
    EntityPermissiveInvolvement EntityUninformed EntityUnintendedInvolvement EnvironmentalProtection Erase
    EstablishContractualAgreement EvaluationOfIndividuals EvaluationScoring ExpectationStatus Expected
    ExplicitlyExpressedConsent Export ExpressedConsent FRIA FailSafeProtocols FederatedLocations FeeNotRequired
    FeeRequired FeeRequirement FileSystemSecurity Filter FireDepartment FixedLocation FixedMultipleLocations
    FixedOccurrencesDuration FixedSingularLocation ForProfitOrganisation Format FraudPreventionAndDetection
    Frequency FulfilmentOfContractualObligation FulfilmentOfObligation FullAutomation
    FullyRandomisedPseudonymisation G2BContract G2CContract G2GContract Generate GeneratedData
    GeneratedPersonalData GeographicCoverage GlobalScale GovernanceProcedures GovernmentalOrganisation
    GraphicalNotice GuardianOfDataSubject GuardianOfHuman Guideline GuidelinesPrinciple
    HardwareSecurityProtocols HashFunctions HashMessageAuthenticationCode HealthcareOrganisation HighAutomation
    HomomorphicEncryption Hospital HugeDataVolume HugeScaleOfDataSubjects HumanInvolved HumanInvolvement
    HumanInvolvementForControl HumanInvolvementForDecision HumanInvolvementForInput
    HumanInvolvementForIntervention HumanInvolvementForOversight HumanInvolvementForVerification
    HumanNotInvolved HumanOversight HumanResourceManagement HumanSubject HybridPublicPrivateSpace IPRManagement
    IdentifyingPersonalData IdentityAuthentication IdentityManagementMethod IdentityVerification Immigrant
    Impact ImpactAssessment ImpliedConsent Importance ImproveExistingProductsAndServices ImproveHealthcare
    ImproveInternalCRMProcesses ImprovePublicServices ImproveTransportMobility IncidentManagementProcedures
    IncidentReportingCommunication IncorrectData IncreaseServiceRobustness IndeterminateDuration
    IndustryConsortium Infer InferredData InferredPersonalData InformationAudit InformationFlowControl
    InformationSecurityPolicy InformedConsent InnovativeUseOfExistingTechnology InnovativeUseOfNewTechnologies
    InnovativeUseOfTechnology IntellectualPropertyData Intended IntentionStatus InternalResourceOptimisation
    InternationalOrganisation IntrusionDetectionSystem InverseJurisdiction InvolvementStatus JITNotice
    JobApplicant JointDataControllers JointDataControllersAgreement JudicialOrganisation Jurisdiction
    Justification LargeDataVolume LargeScaleOfDataSubjects LargeScaleProcessing Law LawEnforcementOrganisation
    Lawful Lawfulness LawfulnessUnknown LayeredNotice LegalAgent LegalAgreement LegalBasis LegalCompliance
    LegalComplianceAssessment LegalComplianceAudit LegalEntity LegalMeasure LegalObligation
    LegalObligationCompleted LegalObligationOngoing LegalObligationPending LegalObligationStatus
    LegitimateInterest LegitimateInterestAssessment LegitimateInterestInformed LegitimateInterestNotObjected
    LegitimateInterestObjected LegitimateInterestOfController LegitimateInterestOfDataSubject
    LegitimateInterestOfThirdParty LegitimateInterestStatus LegitimateInterestUninformed LicenseAgreement
    Likelihood LocalEnvironmentScale LocalLocation LocalityScale Location LocationFixture LocationLocality
    LoggingPolicy MaintainFraudDatabase MakeAvailable ManageConsent ManagementStandard Marketing Match
    MediumDataVolume MediumScaleOfDataSubjects MediumScaleProcessing Member MemberPartnerManagement
    MentallyVulnerableDataSubject MentallyVulnerableHuman MessageAuthenticationCodes MetadataManagement
    MisusePreventionAndDetection MobilePlatformSecurity Modify Monitor MonitoringPolicy
    MonotonicCounterPseudonymisation Move MultiFactorAuthentication MultiNationalScale NDA NationalAuthority
    NationalScale NaturalPerson NearlyGlobalScale Necessity NegotiateContract NegotiatedContract
    NetworkProxyRouting NetworkSecurityProtocols NonCitizen NonCommercialPurpose NonCommercialResearch
    NonCompliant NonConformant NonGovernmentalOrganisation NonPersonalData NonPersonalDataProcess
    NonProfitOrganisation NonPublicDataSource NotApplicable NotAutomated NotAvailable NotInvolved NotRequired
    Notice NoticeCommunicated NoticeGenerated NoticeIcon NoticeLatest NoticeLayer NoticeStale NoticeStatus
    NoticeUnused NoticeUpdated NoticeUsed Notification NotificationCompleted NotificationFailed
    NotificationNotNeeded NotificationOngoing NotificationPlanned NotificationStatus ObjectingToProcess
    Obligation ObligationFulfilled ObligationUnfulfilled ObligationViolated Observe ObservedData
    ObservedPersonalData Obtain ObtainConsent OfferContract OfficialAuthorityExerciseCompleted
    OfficialAuthorityExerciseOngoing OfficialAuthorityExercisePending OfficialAuthorityExerciseStatus
    OfficialAuthorityOfController OftenFrequency OperatingSystemSecurity OptimisationForConsumer
    OptimisationForController OptimiseUserInterface OptingInToProcess OptingOutFromProcess Optional OralNotice
    Organisation OrganisationComplianceManagement OrganisationGovernance OrganisationRiskManagement
    OrganisationalMeasure OrganisationalUnit Organise PIA ParentLegalEntity ParentOfDataSubject ParentOfHuman
    PartialAutomation PartiallyCompliant Participant PassiveRight PassivelyInvolved PasswordAuthentication
    Patient PaymentManagement PenetrationTestingMethods Permission PermissionManagement PermissionNotUtilised
    PermissionUtilised PersonalData PersonalDataAudit PersonalDataHandling PersonalDataProcess PersonalSpace
    Personalisation PersonalisedAdvertising PersonalisedBenefits PersonnelBehaviourMonitoring PersonnelHiring
    PersonnelManagement PersonnelMonitoring PersonnelOffboarding PersonnelOnboarding PersonnelPayment
    PersonnelPerformanceEvaluation PersonnelPerformanceManagement PersonnelPerformanceMonitoring
    PersonnelPerformancePrediction PersonnelPromotionManagement PersonnelTerminationManagement
    PersonnelWorkloadManagement PhysicalAccessControlMethod PhysicalAuthentication PhysicalAuthorisation
    PhysicalDeviceSecurity PhysicalInterceptionProtection PhysicalInterruptionProtection PhysicalMeasure
    PhysicalNetworkSecurity PhysicalSecureStorage PhysicalSupplySecurity PhysicalSurveillance Policy
    PoliticalCampaign PostQuantumCryptography PostedNotice PrimaryImportance PrimaryUse Principle PrintedNotice
    PrivacyByDefault PrivacyByDesign PrivacyNotice PrivacyPreservingProtocol PrivateCommunalSpace
    PrivateInformationRetrieval PrivateLocation PrivateSectorBody PrivateSpace PrivatelyOperatedPublicSpace
    PrivatelyOwnedPublicSpace PrivatelyOwnedSpace Process Processing ProcessingCondition ProcessingContext
    ProcessingDuration ProcessingLocation ProcessingScale ProfessionalConfidentialData ProfessionalTraining
    Profiling Prohibition ProhibitionUnviolated ProhibitionViolated ProtectionOfIPR ProtectionOfNationalSecurity
    ProtectionOfPublicSecurity ProvideConsent ProvideEventRecommendations ProvideOfficialStatistics
    ProvidePersonalisedRecommendations ProvideProductRecommendations ProvidedData ProvidedPersonalData
    ProviderStandardFormContract Pseudonymisation Pseudonymise PseudonymisedData PublicBenefit PublicDataSource
    PublicInterest PublicInterestCompleted PublicInterestObjected PublicInterestOngoing PublicInterestPending
    PublicInterestStatus PublicLocation PublicPolicyMaking PublicRegisterOfEntities PublicRelations
    PublicSectorBody PublicSpace PubliclyAccessibleSpace PubliclyOwnedSpace Purpose QuantumCryptography Query
    RNGPseudonymisation ROPA RandomLocation ReaffirmConsent RecertificationPolicy Recipient RecipientInformed
    RecipientUninformed Recommendation RecommendationFollowed RecommendationNotFollowed Record RecordManagement
    RecordsOfActivities RecruitmentAdvertising RecruitmentApplicantBackgroundCheck
    RecruitmentApplicantCriminalBackgroundCheck RecruitmentApplicantInformationAuthentication
    RecruitmentApplicantSelection RecruitmentApplicationAnalysis RecruitmentApplicationManagement
    RecruitmentApplicationScreening RecruitmentInterviewAnalysis RecruitmentInterviewAssessment
    RecruitmentInterviewManagement RecruitmentInterviewScheduling RecruitmentManagement
    RecruitmentTargetedAdvertising Reformat RefuseConsent RefuseContract Region RegionalAuthority RegionalScale
    RegulatorySandbox ReligiousAssociations RemoteLocation Remove RenewedConsentGiven RepairImpairments
    Representative RequestAccepted RequestAcknowledged RequestActionDelayed RequestFulfilled RequestInitiated
    RequestRejected RequestRequiredActionPerformed RequestRequiresAction RequestStatus RequestStatusQuery
    RequestUnfulfilled RequestedServiceProvision Required ResearchAndDevelopment ResidualRisk Restrict Retrieve
    ReuseCompatibility ReversingProcessEffects ReversingProcessInput ReversingProcessOutput
    ReviewImpactAssessment ReviewProcedure Right RightExerciseActivity RightExerciseNotice RightExerciseRecord
    RightFulfilmentNotice RightNonFulfilmentNotice RightNotice RightsFulfilment RightsImpactAssessment
    RightsManagement Risk RiskAssessment RiskConcept RiskLevel RiskMitigationMeasure Rule RuleFulfilled
    RuleFulfilmentStatus RuleUnfulfilled RuleViolated SMEOrganisation Safeguard SafeguardForDataTransfer Scale
    ScientificResearch Scope ScoringOfIndividuals Screen Seal SearchFunctionalities SecondaryImportance
    SecondaryUse SecretSharingSchemes Sector SecureMultiPartyComputation SecureProcessingEnvironment
    SecurityAssessment SecurityAudit SecurityIncidentNotice SecurityIncidentNotification SecurityIncidentRecord
    SecurityKnowledgeTraining SecurityMethod SecurityProcedure SecurityRoleProcedures SellDataToThirdParties
    SellInsightsFromData SellProducts SellProductsToDataSubject SemiPrivateSpace SensitiveData
    SensitiveNonPersonalData SensitivePersonalData SensitivityLevel Service ServiceAccessDetermination
    ServiceConsumer ServiceLevelAgreement ServiceManagement ServiceMonitoring ServiceOptimisation
    ServicePersonalisation ServiceProvider ServiceProvision ServiceRegistration ServiceUsageAnalytics Severity
    Share SingleSignOn SingularDataVolume SingularFrequency SingularScaleOfDataSubjects SmallDataVolume
    SmallScaleOfDataSubjects SmallScaleProcessing SocialMediaMarketing SpecialCategoryPersonalData
    SporadicDataVolume SporadicFrequency SporadicScaleOfDataSubjects StaffTraining Standard StandardFormContract
    StandardsConformance StartupOrganisation StatisticalConfidentialityAgreement StatisticallyConfidentialData
    Status StorageCondition StorageDeletion StorageDuration StorageLocation StorageRestoration Store Structure
    Student SubProcessorAgreement Subscriber SubsidiaryLegalEntity SupportContractNegotiation
    SupportEntityDecisionMaking SupportExchangeOfViews SupportInformedConsentDecision SupraNationalAuthority
    SupraNationalUnion SymmetricCryptography SymmetricEncryption SyntheticData SystematicMonitoring
    TargetedAdvertising TechnicalMeasure TechnicalOrganisationalMeasure TechnicalServiceProvision
    TechnicalStandard Technology TemporalDuration TerminateContract TermsOfService ThirdCountry ThirdParty
    ThirdPartyAgreement ThirdPartyContract ThirdPartyDataSource ThirdPartySecurityProcedures Tourist Tracking
    TrackingByFirstParty TrackingByThirdParty Transfer Transform Transmit TrustedComputing
    TrustedExecutionEnvironment UnacceptableRule UncategorisedData Unexpected UninformedConsent Unintended
    UnknownApplicability Unlawful UnstructuredData UntilEventDuration UntilTimeDuration UnverifiedData
    UsageControl Use UseSyntheticData User UserInterfacePersonalisation VariableLocation VendorManagement
    VendorPayment VendorRecordsManagement VendorSelectionAssessment Verification VerifiedData
    VirtualisationSecurity Visitor VitalInterest VitalInterestCompleted VitalInterestObjected
    VitalInterestOfDataSubject VitalInterestOfNaturalPerson VitalInterestOngoing VitalInterestPending
    VitalInterestStatus VulnerabilityTestingMethods VulnerableDataSubject VulnerableHuman WebBrowserSecurity
    WebSecurityProtocols WirelessSecurityProtocols WithdrawConsent WithdrawingFromProcess WithinDevice
    WithinPhysicalEnvironment WithinVirtualEnvironment ZeroKnowledgeAuthentication hasActiveEntity
    hasActivityStatus hasAddress hasAlgorithmicLogic hasApplicability hasApplicableLaw hasAssessment
    hasAuditStatus hasAuthority hasAutomationLevel hasComplianceStatus hasConformanceStatus hasConsentControl
    hasConsentStatus hasConsequence hasConsequenceOn hasContact hasContext hasContractControl hasContractStatus
    hasContractualClause hasContractualFulfilmentStatus hasCountry hasData hasDataController hasDataExporter
    hasDataImporter hasDataProcessor hasDataProtectionOfficer hasDataSource hasDataSubject hasDataSubjectScale
    hasDataVolume hasDeterrence hasDuration hasEntity hasEntityControl hasEntityInvolvement hasExpectation
    hasFee hasFrequency hasFulfilmentStatus hasGeographicCoverage hasHumanInvolvement hasHumanSubject
    hasIdentifier hasImpact hasImpactAssessment hasImpactOn hasImportance hasIndicationMethod hasInformedStatus
    hasIntention hasInverseJurisdiction hasInvolvement hasJointDataControllers hasJurisdiction hasJustification
    hasLawfulness hasLegalBasis hasLegalMeasure hasLikelihood hasLocation hasName hasNecessity
    hasNonInvolvedEntity hasNonPersonalDataProcess hasNotice hasNoticeIcon hasNoticeLayer hasNoticeStatus
    hasNotificationStatus hasObligation hasOrganisationalMeasure hasOrganisationalUnit hasOutcome hasParty
    hasPassiveEntity hasPermission hasPersonalData hasPersonalDataHandling hasPersonalDataProcess
    hasPhysicalMeasure hasPolicy hasProcess hasProcessing hasProcessingCondition hasProcessingScale
    hasProhibition hasPurpose hasRecipient hasRecipientDataController hasRecipientThirdParty hasRecommendation
    hasRecordOfActivity hasRelationWithDataSubject hasRepresentative hasRequestStatus hasResidualRisk
    hasResponsibleEntity hasReuseCompatibility hasRight hasRisk hasRiskAssessment hasRiskLevel hasRule hasScale
    hasScope hasSector hasSensitivityLevel hasService hasServiceConsumer hasServiceProvider hasSeverity
    hasStatus hasStorageCondition hasSubsidiary hasTechnicalMeasure hasTechnicalOrganisationalMeasure
    hasThirdCountry hasThirdParty hasUncategorisedData hasUnstructuredData isAfter isApplicableFor
    isAuthorityFor isBefore isDeterminedByEntity isDuring isExercisedAt isImplementedByEntity
    isImplementedUsingTechnology isIndicatedAtTime isIndicatedBy isMitigatedByMeasure isNotApplicableFor
    isOrganisationalUnitOf isOutsideOfLocation isPolicyFor isRepresentativeFor isResidualRiskOf isSubsidiaryOf
    mitigatesRisk supportsComplianceWith
  `,
  pd: `
    Accent AccountIdentifier Acquaintance Age AgeExact AgeRange ApartmentOwned Association Attitude
    Authenticating AuthenticationHistory BankAccount Behavioural Biometric BirthCountry BirthDate BirthPlace
    BloodType BrowserFingerprint BrowserHistory BrowsingBehaviour BrowsingReferral CallLog CarOwned Character
    Citizenship City Communication CommunicationsMetadata Connection Contact Country Credit CreditCapacity
    CreditCardNumber CreditRecord CreditScore CreditStanding CreditWorthiness Criminal CriminalCharge
    CriminalConviction CriminalOffence CriminalPardon CurrentEmployment CurrentLocation DNACode Demeanour
    Demographic DeviceApplications DeviceBased DeviceOperatingSystem DeviceSoftware Dialect DigitalFingerprint
    Disability DisciplinaryAction Dislike Divorce Domicile DrugTestResult Education EducationExperience
    EducationQualification EducationTraining EmailAddress EmailAddressPersonal EmailAddressWork EmailContent
    Emotion EmploymentHistory EthnicOrigin Ethnicity External FacialExpression FacialPrint Family
    FamilyHealthHistory FamilyStructure Favourite FavouriteColour FavouriteFood FavouriteMusic Fetish Financial
    FinancialAccount FinancialAccountNumber FinancialStatus Fingerprint Friend GPSCoordinate Gender
    GeneralReputation Genetic Geographic GroupMembership GroupProfile HairColour Health HealthHistory
    HealthRecord Height Historical HomeLocation HouseNumber HouseOwned Household IPAddress Identifier
    Identifying Income IncomeBracket IndividualHealthHistory IndividualProfile Insurance Intention Interaction
    Interest Internal Job KnowledgeBelief Language LifeHistory Like LinkClicked LoanRecord Locality Location
    MACAddress MaritalStatus Marriage MedicalHealth MentalHealth Mood Name Nationality OfficialID Offspring
    Opinion Ownership PINCode Parent Passport Password PastEmployment PaymentCard PaymentCardExpiry
    PaymentCardNumber PerformanceAtWork PersonalDocuments PersonalPossession Personality PhilosophicalBelief
    PhysicalAddress PhysicalCharacteristic PhysicalHealth PhysicalTrait Picture Piercing PoliticalAffiliation
    PoliticalOpinion PostalCode Preference Prescription PrivacyPreference Proclivity Professional
    ProfessionalCertification ProfessionalEvaluation ProfessionalExperience ProfessionalInterview
    ProfessionalTraining Profile PublicLife PubliclyAvailableSocialMedia Purchase PurchasesAndSpendingHabit Race
    Reference Region Relationship Reliability Religion ReligiousBelief Residency Retina RoomNumber Salary Sale
    School SecretText ServiceConsumptionBehaviour Sexual SexualHistory SexualPreference Sibling SkinTone Social
    SocialBehaviour SocialMedia SocialMediaCommunication SocialNetwork SocialStatus Street TVViewingBehaviour
    Tattoo Tax TechnicalKnowledge TelephoneNumber Thought Tracking TradeUnionMembership Transaction
    Transactional TravelHistory UID UserAgent Username VehicalLicenseNumber VehicalLicenseRegistration Vehicle
    VehicleLicense VehicleUsage VoiceCommunicationRecording VoiceMail Vulnerability Weight WorkEnvironment
    WorkExperience WorkHistory WorkLocation
  `,
  "eu-gdpr": `
    A13 A13-Denied A13-Eroded A13-ExercisePrevented A13-Impact A13-Limited A13-Obstructed A13-Unfulfilled
    A13-Violated A14 A14-Impact A15 A15-Impact A16 A16-Impact A17 A17-Impact A18 A18-Impact A19 A19-Impact A20
    A20-Impact A21 A21-Impact A22 A22-3-a A22-3-b A22-3-c A22-Impact A45-3 A46-2-a A46-2-b A46-2-c A46-2-d
    A46-2-e A46-2-f A46-3-a A46-3-b A49-1-a A49-1-b A49-1-c A49-1-d A49-1-e A49-1-f A49-1-g A49-2 A6-1-a
    A6-1-a-explicit-consent A6-1-a-non-explicit-consent A6-1-b A6-1-b-contract-performance
    A6-1-b-enter-into-contract A6-1-c A6-1-d A6-1-d-data-subject A6-1-d-natural-person A6-1-e
    A6-1-e-official-authority A6-1-e-public-interest A6-1-f A6-1-f-controller A6-1-f-third-party A7-3
    A7-3-Impact A77 A77-Impact A78 A79 A9-2-a A9-2-b A9-2-c A9-2-d A9-2-e A9-2-f A9-2-g A9-2-h A9-2-i A9-2-j
    AccountabilityPrinciple AccuracyPrinciple AdHocContractualClauses AdequacyDecision AvailabilityBreach
    BalancingTest BindingCorporateRules BiometricData BreachNotificationNotNeeded
    CertificationMechanismsForDataTransfers CodesOfConductForDataTransfers ConcernedSupervisoryAuthority
    ConfidentialityBreach Consent Controller ControllerBreachNotice ControllerBreachNotificationNeeded
    CrossBorderDataBreach CrossBorderProcessing DBIAIndicatesHighRisk DBIAIndicatesLowRisk DBIAIndicatesNoRisk
    DBIARiskStatus DPABreachInitialNotice DPABreachNotice DPABreachNotificationNeeded DPABundledBreachNotice
    DPAPhasedBreachNotice DPIAConformant DPIAConformity DPIAIndicatesHighRisk DPIAIndicatesLowRisk
    DPIAIndicatesNoRisk DPIANecessityAssessment DPIANecessityStatus DPIANonConformant DPIANotRequired
    DPIAOutcome DPIAOutcomeDPAConsultation DPIAOutcomeHighResidualRisk DPIAOutcomeRisksAcceptable
    DPIAOutcomeRisksMitigated DPIAOutcomeStatus DPIAProcedure DPIAProcessingRecommendation
    DPIARecommendsProcessingContinue DPIARecommendsProcessingNotContinue DPIARequired DPIARiskStatus DataBreach
    DataBreachConcludingReport DataBreachDetectionReport DataBreachJustification DataBreachNotice
    DataBreachNoticeRequirement DataBreachOngoingReport DataBreachPreliminaryReport DataBreachRegister
    DataBreachReport DataMinimisationPrinciple DataProtectionAuthority DataSubject DataSubjectBreachNotice
    DataSubjectBreachNotificationNeeded DataTransferTool DirectDataCollectionNotice Disproportionate
    Establishment FairnessPrinciple GDPRComplianceUnknown GDPRCompliant GDPRLawfulness GDPRNonCompliant
    GDPRRightsImpact GeneticData HealthData IndirectDataCollectionNotice InformationSocietyService
    IntegrityBreach IntegrityConfidentialityPrinciple InternationalOrganisation JustificationA12Complexity
    JustificationA12Delay JustificationA12HighVolume JustificationA12IdentityFailure
    JustificationA12IdentityRequired JustificationA12InformationRequired JustificationA12LackOfIntent
    JustificationA12MaliciousIntent JustificationA12ManifestlyExcessive JustificationA12ManifestlyUnfounded
    JustificationA13EntityAlreadyInformed JustificationA14ConfidentialityCompromised
    JustificationA14DisproportionateEffort JustificationA14EntityAlreadyInformed
    JustificationA14FulfilmentImpossible JustificationA14LegallyExempted JustificationA14ObjectivesImpaired
    JustificationA17Archiving JustificationA17ChildData JustificationA17FreedomOfExpression
    JustificationA17LegalClaims JustificationA17LegalErasure JustificationA17LegallyRequired
    JustificationA17NoLegalBasis JustificationA17NonNecessity JustificationA17ObjectA21
    JustificationA17OfficialAuthority JustificationA17PublicHealth JustificationA17PublicInterest
    JustificationA17UnlawfulProcessing JustificationA33BreachedDataIneffective
    JustificationA33DisproportionateEffort JustificationA33NotificationDelay JustificationA33RiskMitigated
    JustificationA33RiskUnlikely LawfulnessPrinciple LeadSupervisoryAuthority LocalSupervisoryAuthority
    MainEstablishment NecessityAssessment PersonalData Processing Processor ProcessorBreachNotice
    ProcessorBreachNotificationNeeded Profiling ProportionalityAssessment ProportionalityStatus Proportionate
    Pseudonymisation PurposeCompatibility PurposeCompatibilityAssessment PurposeCompatible PurposeIncompatible
    PurposeLimitationPrinciple Recipient Representative RightsRecipientsNotice SARNotice SCCByCommission
    SCCBySupervisoryAuthority SingleEstablishment StandardContractualClauses StorageLimitationPrinciple
    SuitabilityAssessment SupplementaryMeasure ThirdParty TransparencyPrinciple hasConcernedSA hasEstablishment
    hasLeadSA hasLocalSA hasMainEstablishment isMainEstablishmentFor
  `,
  loc: `
    AD AE AF AG AI AL AM AO AQ AR AS AT AU AW AX AZ BA BB BD BE BF BG BH BI BJ BL BM BN BO BQ BR BS BT BV BW BY
    BZ CA CC CD CF CG CH CI CK CL CM CN CO CR CU CV CW CX CY CZ DE DJ DK DM DO DZ EC EE EG EH ER ES ET EU FI FJ
    FK FM FO FR GA GB GD GE GF GG GH GI GL GM GN GP GQ GR GS GT GU GW GY HK HM HN HR HT HU ID IE IL IM IN IO IQ
    IR IS IT JE JM JO JP KE KG KH KI KM KN KP KR KW KY KZ LA LB LC LI LK LR LS LT LU LV LY MA MC MD ME MF MG MH
    MK ML MM MN MO MP MQ MR MS MT MU MV MW MX MY MZ NA NC NE NF NG NI NL NO NP NR NU NZ OM PA PE PF PG PH PK PL
    PM PN PR PS PT PW PY QA RE RO RS RU RW SA SB SC SD SE SG SH SI SJ SK SL SM SN SO SR SS ST SV SX SY SZ TC TD
    TF TG TH TJ TK TL TM TN TO TR TT TV TW TZ UA UG UM US UY UZ VA VC VE VG VI VN VU WF WS YE YT ZA ZM ZW
  `,
};
