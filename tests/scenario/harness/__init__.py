"""Drives the real worker against a real Kafka broker and the stand-in for Mattermost."""
