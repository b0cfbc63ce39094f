//! The names that IAM knows for Bedrock.
//!
//! Taken from the Service Authorization Reference (`list_bedrock.html`, `list_bedrock-mantle.html`) as tools for
//! policies carry it, and from the operations of botocore 1.44.5 that are signed for `bedrock`. A name that is real and
//! missing here would be called invented, so in doubt a name stands here.

/// The actions of `bedrock`.
#[rustfmt::skip]
pub(crate) const BEDROCK: &[&str] = &[
    "AgenticRetrieveStream", "AllowVendedLogDeliveryForResource", "ApplyGuardrail", "AssociateAgentCollaborator",
    "AssociateAgentKnowledgeBase", "AssociateThirdPartyKnowledgeBase", "BatchDeleteAdvancedPromptOptimizationJob",
    "BatchDeleteEvaluationJob", "CallWithBearerToken", "CancelAutomatedReasoningPolicyBuildWorkflow", "CancelInvoke",
    "CheckIngestedDocumentAcl", "CopyBlueprintStage", "CountTokens", "CreateAdvancedPromptOptimizationJob",
    "CreateAgent", "CreateAgentActionGroup", "CreateAgentAlias", "CreateAutomatedReasoningPolicy",
    "CreateAutomatedReasoningPolicyTestCase", "CreateAutomatedReasoningPolicyVersion", "CreateBlueprint",
    "CreateBlueprintVersion", "CreateCustomModel", "CreateCustomModelDeployment", "CreateDataAutomationLibrary",
    "CreateDataAutomationProject", "CreateDataSource", "CreateDataSourceToken", "CreateEvaluationJob", "CreateFlow",
    "CreateFlowAlias", "CreateFlowVersion", "CreateFoundationModelAgreement", "CreateGuardrail",
    "CreateGuardrailVersion", "CreateInferenceProfile", "CreateInvocation", "CreateKnowledgeBase",
    "CreateMarketplaceModelEndpoint", "CreateModelCopyJob", "CreateModelCustomizationJob",
    "CreateModelEvaluationJob", "CreateModelImportJob", "CreateModelInvocationJob", "CreatePrompt",
    "CreatePromptRouter", "CreatePromptVersion", "CreateProvisionedModelThroughput", "CreateRetrievalInstruction",
    "CreateRetrievalInstructionVersion", "CreateSession", "CreateVpcConfiguration", "DeleteAgent",
    "DeleteAgentActionGroup", "DeleteAgentAlias", "DeleteAgentMemory", "DeleteAgentVersion",
    "DeleteAutomatedReasoningPolicy", "DeleteAutomatedReasoningPolicyBuildWorkflow",
    "DeleteAutomatedReasoningPolicyTestCase", "DeleteBlueprint", "DeleteCustomModel", "DeleteCustomModelDeployment",
    "DeleteDataAutomationLibrary", "DeleteDataAutomationProject", "DeleteDataSource",
    "DeleteEnforcedGuardrailConfiguration", "DeleteFlow", "DeleteFlowAlias", "DeleteFlowVersion",
    "DeleteFoundationModelAgreement", "DeleteGuardrail", "DeleteImportedModel", "DeleteInferenceProfile",
    "DeleteInvoke", "DeleteKnowledgeBase", "DeleteKnowledgeBaseDocuments", "DeleteMarketplaceModelAgreement",
    "DeleteMarketplaceModelEndpoint", "DeleteModelInvocationLoggingConfiguration", "DeletePrompt",
    "DeletePromptRouter", "DeleteProvisionedModelThroughput", "DeleteResourcePolicy", "DeleteRetrievalInstruction",
    "DeleteSession", "DeleteVpcConfiguration", "DeregisterMarketplaceModelEndpoint", "DetectGeneratedContent",
    "DisassociateAgentCollaborator", "DisassociateAgentKnowledgeBase", "EndSession",
    "ExportAutomatedReasoningPolicyVersion", "GenerateQuery", "GetAccountDataRetention",
    "GetAdvancedPromptOptimizationJob", "GetAgent", "GetAgentActionGroup", "GetAgentAlias", "GetAgentCollaborator",
    "GetAgentKnowledgeBase", "GetAgentMemory", "GetAgentVersion", "GetAsyncInvoke", "GetAutomatedReasoningPolicy",
    "GetAutomatedReasoningPolicyAnnotations", "GetAutomatedReasoningPolicyBuildWorkflow",
    "GetAutomatedReasoningPolicyBuildWorkflowResultAssets", "GetAutomatedReasoningPolicyNextScenario",
    "GetAutomatedReasoningPolicyTestCase", "GetAutomatedReasoningPolicyTestResult", "GetBlueprint",
    "GetBlueprintOptimizationStatus", "GetBlueprintRecommendation", "GetCustomModel", "GetCustomModelDeployment",
    "GetDataAutomationLibrary", "GetDataAutomationLibraryEntity", "GetDataAutomationLibraryIngestionJob",
    "GetDataAutomationProject", "GetDataAutomationStatus", "GetDataSource", "GetDataSourceAuthorizationUrl",
    "GetDocumentContent", "GetEvaluationJob", "GetExecutionFlowSnapshot", "GetFlow", "GetFlowAlias",
    "GetFlowExecution", "GetFlowVersion", "GetFoundationModel", "GetFoundationModelAvailability", "GetGuardrail",
    "GetImportedModel", "GetInferenceProfile", "GetIngestedDocumentAcl", "GetIngestionJob", "GetInvocationStep",
    "GetInvoke", "GetKnowledgeBase", "GetKnowledgeBaseDocuments", "GetMarketplaceModelEndpoint", "GetModelCopyJob",
    "GetModelCustomizationJob", "GetModelEvaluationJob", "GetModelImportJob", "GetModelInvocationJob",
    "GetModelInvocationLoggingConfiguration", "GetPrompt", "GetPromptRouter", "GetProvisionedModelThroughput",
    "GetResourcePolicy", "GetRetrievalInstruction", "GetSession", "GetUseCaseForModelAccess", "GetVpcConfiguration",
    "IngestKnowledgeBaseDocuments", "InvokeAgent", "InvokeAutomatedReasoningPolicy",
    "InvokeBlueprintOptimizationAsync", "InvokeBlueprintRecommendationAsync", "InvokeBuilder",
    "InvokeDataAutomation", "InvokeDataAutomationAsync", "InvokeDataAutomationLibraryIngestionJob", "InvokeFlow",
    "InvokeGuardrailChecks", "InvokeInlineAgent", "InvokeModel", "InvokeModelWithResponseStream", "InvokeTool",
    "ListAdvancedPromptOptimizationJobs", "ListAgentActionGroups", "ListAgentAliases", "ListAgentCollaborators",
    "ListAgentKnowledgeBases", "ListAgentVersions", "ListAgents", "ListAsyncInvokes",
    "ListAutomatedReasoningPolicies", "ListAutomatedReasoningPolicyBuildWorkflows",
    "ListAutomatedReasoningPolicyTestCases", "ListAutomatedReasoningPolicyTestResults", "ListBlueprints",
    "ListCustomModelDeployments", "ListCustomModels", "ListDataAutomationLibraries",
    "ListDataAutomationLibraryEntities", "ListDataAutomationLibraryIngestionJobs", "ListDataAutomationProjects",
    "ListDataSources", "ListEnforcedGuardrailsConfiguration", "ListEvaluationJobs", "ListFlowAliases",
    "ListFlowExecutionEvents", "ListFlowExecutions", "ListFlowVersions", "ListFlows",
    "ListFoundationModelAgreementOffers", "ListFoundationModels", "ListGuardrails", "ListImportedModels",
    "ListInferenceProfiles", "ListIngestionJobs", "ListInvocationSteps", "ListInvocations",
    "ListKnowledgeBaseDocuments", "ListKnowledgeBases", "ListMarketplaceModelEndpoints", "ListModelCopyJobs",
    "ListModelCustomizationJobs", "ListModelEvaluationJobs", "ListModelImportJobs", "ListModelInvocationJobs",
    "ListPromptRouters", "ListPrompts", "ListProvisionedModelThroughputs", "ListRetrievalInstructionVersions",
    "ListRetrievalInstructions", "ListSessions", "ListTagsForResource", "ListVpcConfigurations", "OptimizePrompt",
    "PrepareAgent", "PrepareFlow", "PutAccountDataRetention", "PutEnforcedGuardrailConfiguration",
    "PutFoundationModelEntitlement", "PutInvocationStep", "PutModelInvocationLoggingConfiguration",
    "PutResourcePolicy", "PutUseCaseForModelAccess", "RegisterMarketplaceModelEndpoint", "RenderPrompt", "Rerank",
    "Retrieve", "RetrieveAndGenerate", "StartAutomatedReasoningPolicyBuildWorkflow",
    "StartAutomatedReasoningPolicyTestWorkflow", "StartFlowExecution", "StartIngestionJob",
    "StopAdvancedPromptOptimizationJob", "StopEvaluationJob", "StopFlowExecution", "StopIngestionJob",
    "StopModelCustomizationJob", "StopModelInvocationJob", "TagResource", "UntagResource", "UpdateAgent",
    "UpdateAgentActionGroup", "UpdateAgentAlias", "UpdateAgentCollaborator", "UpdateAgentKnowledgeBase",
    "UpdateAutomatedReasoningPolicy", "UpdateAutomatedReasoningPolicyAnnotations",
    "UpdateAutomatedReasoningPolicyTestCase", "UpdateBlueprint", "UpdateCustomModelDeployment",
    "UpdateDataAutomationLibrary", "UpdateDataAutomationProject", "UpdateDataSource", "UpdateFlow",
    "UpdateFlowAlias", "UpdateGuardrail", "UpdateKnowledgeBase", "UpdateMarketplaceModelEndpoint", "UpdatePrompt",
    "UpdateProvisionedModelThroughput", "UpdateRetrievalInstruction", "UpdateSession", "ValidateFlowDefinition",
];

/// Those of [`BEDROCK`] that no resource narrows, so that a policy can name `*` only. Among them those that make what is not
/// there yet, and take besides what it is made with, if with anything: `CreateGuardrail` a guardrail profile.
#[rustfmt::skip]
pub(crate) const WITHOUT_RESOURCE: &[&str] = &[
    "AgenticRetrieveStream", "AssociateThirdPartyKnowledgeBase", "CallWithBearerToken", "CheckIngestedDocumentAcl",
    "CreateAgent", "CreateAutomatedReasoningPolicy", "CreateBlueprint", "CreateCustomModel",
    "CreateDataAutomationLibrary", "CreateDataAutomationProject", "CreateDataSourceToken", "CreateFlow",
    "CreateFoundationModelAgreement", "CreateGuardrail", "CreateKnowledgeBase", "CreateMarketplaceModelEndpoint", "CreateModelImportJob", "CreatePrompt",
    "CreateRetrievalInstruction", "CreateSession", "DeleteEnforcedGuardrailConfiguration",
    "DeleteFoundationModelAgreement", "DeleteMarketplaceModelAgreement", "DeleteModelInvocationLoggingConfiguration",
    "GenerateQuery", "GetAccountDataRetention", "GetBlueprintRecommendation", "GetDataSourceAuthorizationUrl",
    "GetDocumentContent", "GetFoundationModelAvailability", "GetIngestedDocumentAcl",
    "GetModelInvocationLoggingConfiguration", "GetUseCaseForModelAccess", "InvokeBuilder", "InvokeGuardrailChecks",
    "InvokeInlineAgent", "ListAdvancedPromptOptimizationJobs", "ListAgents", "ListAsyncInvokes",
    "ListCustomModelDeployments", "ListCustomModels", "ListEnforcedGuardrailsConfiguration", "ListEvaluationJobs",
    "ListFlows", "ListFoundationModelAgreementOffers", "ListFoundationModels", "ListImportedModels",
    "ListInferenceProfiles", "ListKnowledgeBases", "ListMarketplaceModelEndpoints", "ListModelCopyJobs",
    "ListModelCustomizationJobs", "ListModelEvaluationJobs", "ListModelImportJobs", "ListModelInvocationJobs",
    "ListPromptRouters", "ListProvisionedModelThroughputs", "ListRetrievalInstructions", "ListSessions",
    "OptimizePrompt", "PutAccountDataRetention", "PutEnforcedGuardrailConfiguration",
    "PutFoundationModelEntitlement", "PutModelInvocationLoggingConfiguration", "PutUseCaseForModelAccess", "Rerank",
    "RetrieveAndGenerate", "ValidateFlowDefinition",
];

/// The actions of `bedrock-mantle`, the endpoint that speaks as other vendors' clients expect.
#[rustfmt::skip]
pub(crate) const MANTLE: &[&str] = &[
    "ArchiveProject", "AssociateCustomizedModel", "CallWithBearerToken", "CancelFineTuningJob", "CancelInference",
    "CountTokens", "CreateCustomizedModel", "CreateFile", "CreateFineTuningJob", "CreateInference", "CreateProject",
    "CreateReservation", "DeleteCustomizedModel", "DeleteFile", "DeleteInference", "DeleteReservation",
    "DisassociateCustomizedModel", "GetAccountDataRetention", "GetCustomizedModel", "GetFile", "GetFineTuningJob",
    "GetInference", "GetModel", "GetProject", "GetReservation", "ListCustomizedModelAssociations",
    "ListCustomizedModels", "ListFiles", "ListFineTuningJobs", "ListModels", "ListProjects", "ListReservations",
    "ListTagsForResource", "ListTagsForResources", "PutAccountDataRetention", "TagResource", "UntagResource",
    "UpdateProject", "UpdateReservation",
];

/// Operations of Bedrock's API that IAM has no action for, each with the actions that authorise it.
pub(crate) const OPERATIONS: &[(&str, &[&str])] = &[
    ("Converse", &["InvokeModel"]),
    ("ConverseStream", &["InvokeModelWithResponseStream"]),
    ("InvokeModelWithBidirectionalStream", &["InvokeModel"]),
    ("StartAsyncInvoke", &["InvokeModel"]),
    ("RetrieveAndGenerateStream", &["RetrieveAndGenerate"]),
];

/// Names that circulate and that no distance of letters leads to the right one, each with what is meant.
pub(crate) const MEANT: &[(&str, &str)] = &[
    ("InvokeGuardrail", "ApplyGuardrail"),
    ("UseGuardrail", "ApplyGuardrail"),
    ("InvokeModelStream", "InvokeModelWithResponseStream"),
    ("InvokeModelWithStream", "InvokeModelWithResponseStream"),
    ("InvokeModelStreaming", "InvokeModelWithResponseStream"),
    ("InvokeWithResponseStream", "InvokeModelWithResponseStream"),
    ("InvokeFoundationModel", "InvokeModel"),
    ("InvokeInferenceProfile", "InvokeModel"),
    ("PublishGuardrail", "CreateGuardrailVersion"),
    ("PutGuardrail", "UpdateGuardrail"),
    ("PutGuardrailPolicy", "PutResourcePolicy"),
    ("PutGuardrailResourcePolicy", "PutResourcePolicy"),
    ("DescribeGuardrail", "GetGuardrail"),
];

/// The condition keys of `bedrock` and `bedrock-mantle`.
#[rustfmt::skip]
pub(crate) const KEYS: &[&str] = &[
    "bedrock-mantle:BearerTokenType", "bedrock-mantle:CustomizedModelArn", "bedrock-mantle:DataRetentionMode",
    "bedrock-mantle:Files", "bedrock-mantle:FineTuningJob", "bedrock-mantle:Model", "bedrock-mantle:ProjectArn",
    "bedrock-mantle:ReservationArn", "bedrock-mantle:ServiceTier", "bedrock:BearerTokenType",
    "bedrock:DataRetentionMode", "bedrock:GuardrailIdentifier", "bedrock:InferenceProfileArn",
    "bedrock:InlineAgentName", "bedrock:PromptRouterArn", "bedrock:ServiceTier",
    "bedrock:ThirdPartyKnowledgeBaseCredentialsSecretArn",
];

/// Names that circulate for a condition key, without the prefix, each with the key that is meant.
pub(crate) const MEANT_KEYS: &[(&str, &str)] = &[
    ("GuardrailId", "bedrock:GuardrailIdentifier"),
    ("GuardrailArn", "bedrock:GuardrailIdentifier"),
    ("GuardrailConfiguration", "bedrock:GuardrailIdentifier"),
    ("GuardrailConfig", "bedrock:GuardrailIdentifier"),
    ("GuardrailVersion", "bedrock:GuardrailIdentifier"),
    ("GuardrailName", "bedrock:GuardrailIdentifier"),
    ("Guardrail", "bedrock:GuardrailIdentifier"),
    ("InferenceProfile", "bedrock:InferenceProfileArn"),
    ("InferenceProfileId", "bedrock:InferenceProfileArn"),
];
