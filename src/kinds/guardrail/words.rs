//! AWS's enumerations of guardrails (botocore model `bedrock` 2023-04-20).

use crate::model::words;

words! {
    /// How strict a content filter is.
    Strength { None = "NONE", Low = "LOW", Medium = "MEDIUM", High = "HIGH", }
}
words! {
    /// What happens to a prompt or an answer that a topic, filter or word catches.
    BlockAction { None = "NONE", Block = "BLOCK", }
}
words! {
    /// What happens to personal data or a match.
    PiiAction { None = "NONE", Anonymize = "ANONYMIZE", Block = "BLOCK", }
}
words! {
    /// The safeguard tier; `STANDARD` needs a cross-Region profile (AWS user guide, guardrails-tiers).
    Tier { Classic = "CLASSIC", Standard = "STANDARD", }
}
words! {
    /// What a content filter examines.
    Modality { Text = "TEXT", Image = "IMAGE", }
}
words! {
    /// The categories of harmful content.
    ContentFilterType {
        Hate = "HATE",
        Insults = "INSULTS",
        Misconduct = "MISCONDUCT",
        PromptAttack = "PROMPT_ATTACK",
        Sexual = "SEXUAL",
        Violence = "VIOLENCE",
    }
}
words! {
    /// AWS's own word lists.
    ManagedWordList { Profanity = "PROFANITY", }
}
words! {
    /// The grounding checks.
    GroundingFilterType { Grounding = "GROUNDING", Relevance = "RELEVANCE", }
}
words! {
    /// The types of personal data.
    PiiType {
        Address = "ADDRESS",
        Age = "AGE",
        AwsAccessKey = "AWS_ACCESS_KEY",
        AwsSecretKey = "AWS_SECRET_KEY",
        CaHealthNumber = "CA_HEALTH_NUMBER",
        CaSocialInsuranceNumber = "CA_SOCIAL_INSURANCE_NUMBER",
        CreditDebitCardCvv = "CREDIT_DEBIT_CARD_CVV",
        CreditDebitCardExpiry = "CREDIT_DEBIT_CARD_EXPIRY",
        CreditDebitCardNumber = "CREDIT_DEBIT_CARD_NUMBER",
        DriverId = "DRIVER_ID",
        Email = "EMAIL",
        InternationalBankAccountNumber = "INTERNATIONAL_BANK_ACCOUNT_NUMBER",
        IpAddress = "IP_ADDRESS",
        LicensePlate = "LICENSE_PLATE",
        MacAddress = "MAC_ADDRESS",
        Name = "NAME",
        Password = "PASSWORD",
        Phone = "PHONE",
        Pin = "PIN",
        SwiftCode = "SWIFT_CODE",
        UkNationalHealthServiceNumber = "UK_NATIONAL_HEALTH_SERVICE_NUMBER",
        UkNationalInsuranceNumber = "UK_NATIONAL_INSURANCE_NUMBER",
        UkUniqueTaxpayerReferenceNumber = "UK_UNIQUE_TAXPAYER_REFERENCE_NUMBER",
        Url = "URL",
        Username = "USERNAME",
        UsBankAccountNumber = "US_BANK_ACCOUNT_NUMBER",
        UsBankRoutingNumber = "US_BANK_ROUTING_NUMBER",
        UsIndividualTaxIdentificationNumber = "US_INDIVIDUAL_TAX_IDENTIFICATION_NUMBER",
        UsPassportNumber = "US_PASSPORT_NUMBER",
        UsSocialSecurityNumber = "US_SOCIAL_SECURITY_NUMBER",
        VehicleIdentificationNumber = "VEHICLE_IDENTIFICATION_NUMBER",
    }
}
words! {
    /// Whether a guardrail acts on what it finds. The spec's own: to AWS it is the action of each policy.
    Mode { Enforce = "ENFORCE", Detect = "DETECT", }
}
