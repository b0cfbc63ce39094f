"""What a guardrail's document has to be, written down again from the service model and from what others measured."""
