terraform {
  required_version = ">= 1.9"
}

resource "aws_bedrock_guardrail" "a" {
  name = "a"
}
