"""Measurements of the trainer, each with its machine."""
