"""Alerts: spikes in volume or tone, with what they were compared with, and who takes part."""
