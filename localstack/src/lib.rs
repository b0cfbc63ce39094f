//! A local AWS for Amazon Bedrock guardrail enforcement.
