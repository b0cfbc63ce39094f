"""Judges the emulator's answers by the service models that botocore carries."""
